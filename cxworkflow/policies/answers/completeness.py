"""What a strategy still lacks, by clause."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from cxworkflow.errors import Fault
from cxworkflow.policies.answers.sections import Content, check_section, empty_content
from cxworkflow.policies.model import Policy
from cxworkflow.policies.questions import Field, Section


@dataclass(frozen=True)
class ChecklistItem:
    """How one section stands: `missing` nothing is written, `incomplete` something lacks, `complete` nothing does."""

    section: Section
    state: Literal["complete", "incomplete", "missing"]
    missing: tuple[Fault, ...]


def missing_in(section: Section, content: object) -> list[Fault]:
    """What is not yet there, with keys such as `metrics[0].baseline`. Takes content in or out of its normal form."""
    normal, _ = check_section(section, content, at_key="")
    if section.as_needed and normal["needed"] is not True:
        return list(_missing_unneeded(section, normal))
    missing = [fault for field in section.fields for fault in _missing_in_field(field, normal[field.key], field.key)]
    if section.as_needed and normal.get("reason"):
        missing.append(Fault("reason", "This says both that it is needed and why it is not. Remove one of the two."))
    return missing


def checklist(policy: Policy, answers: Mapping[str, object], *, hisp: bool) -> list[ChecklistItem]:
    """Every section the Component is asked, in the order of the policy; `answers` is keyed by clause."""
    return [_item(section, answers.get(section.clause)) for section in policy.sections_for(hisp=hisp)]


def missing_overall(policy: Policy, answers: Mapping[str, object], *, hisp: bool) -> list[Fault]:
    """All that keeps the strategy from being submitted, with keys such as `IV.c.3.metrics[0].baseline`."""
    return [
        Fault(f"{item.section.clause}.{fault.key}", fault.reason)
        for item in checklist(policy, answers, hisp=hisp)
        for fault in item.missing
    ]


def _item(section: Section, content: object) -> ChecklistItem:
    missing = tuple(missing_in(section, content))
    if not missing:
        return ChecklistItem(section, "complete", ())
    started = check_section(section, content, at_key="")[0] != empty_content(section)
    return ChecklistItem(section, "incomplete" if started else "missing", missing)


def _missing_unneeded(section: Section, normal: Content) -> Iterator[Fault]:
    if normal["needed"] is None:
        yield Fault("needed", "Say whether this is needed: yes or no.")
        return
    if not normal.get("reason"):
        yield Fault("reason", "Say why this is not needed.")
    for field in section.fields:
        if normal.get(field.key):
            yield Fault(field.key, f"This says “not needed”, but “{field.label}” is filled in. Remove one of the two.")


def _missing_in_field(field: Field, value: Any, at: str) -> Iterator[Fault]:
    if field.type != "rows":
        if field.required and value == field.empty:
            yield Fault(at, f"Fill in “{field.label}”.")
        return
    if field.required and len(value) < field.min_rows:
        noun = field.row_noun or "row"
        yield Fault(
            at, f"Add at least {field.min_rows} × {noun}." if field.min_rows > 1 else f"Add at least one {noun}."
        )
    for position, row in enumerate(value):
        for column in field.columns:
            yield from _missing_in_field(column, row[column.key], f"{at}[{position}].{column.key}")
