"""Whether what is written in a section is of the right kind, brought into one normal form."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from cxworkflow.errors import Fault
from cxworkflow.policies.answers.values import check_value, kind_of
from cxworkflow.policies.characters import shown
from cxworkflow.policies.questions import Field, Section
from cxworkflow.policies.wording import long_date, nearest

Content = dict[str, Any]
"""A section's answers by field key: JSON values only."""

_NO_FIELD = "There is no field of this name here. Remove it, or use its right name."
_MOST_UNKNOWN = 100

# Asked first in an as-needed section.
NEEDED = Field(key="needed", label="Is this needed?", type="choice")
REASON = Field(key="reason", label="Why this is not needed", type="text")


def check_section(section: Section, content: object, *, at_key: str) -> tuple[Content, list[Fault]]:
    """The content in its normal form, and every fault of kind; what is missing is no fault here.

    In the normal form every field has its key, text is trimmed, whole numbers are integers, and a value at fault gives
    way to the field's empty value. Fault keys begin with `at_key`, where there is one.
    """
    if content is None:
        content = {}
    if not isinstance(content, dict):
        return empty_content(section), [Fault(at_key, f"Write an object in {{braces}} here, not {kind_of(content)}.")]
    known = [field.key for field in section.fields] + (["needed", "reason"] if section.as_needed else [])
    faults = list(unknown_keys(content, known, at_key, _NO_FIELD))
    normal: Content = {}
    if section.as_needed:
        normal["needed"], found = _check_needed(content.get("needed"), _join(at_key, "needed"))
        faults += found
        normal["reason"], found = check_value(REASON, content.get("reason"), _join(at_key, "reason"))
        faults += found
    for field in section.fields:
        normal[field.key], found = _check_field(field, content.get(field.key), _join(at_key, field.key))
        faults += found
    return _without_unused(section, normal), faults


def empty_content(section: Section) -> Content:
    """A section in which nothing is written yet."""
    return check_section(section, {}, at_key="")[0]


def _without_unused(section: Section, normal: Content) -> Content:
    """An as-needed section keeps the reason for a no, or the fields of a yes; the other only where it is filled in."""
    if not section.as_needed:
        return normal
    if normal["needed"] is not False and not normal["reason"]:
        del normal["reason"]
    if normal["needed"] is False:
        for field in section.fields:
            if normal[field.key] == field.empty:
                del normal[field.key]
    return normal


def _check_needed(value: object, at: str) -> tuple[bool | None, list[Fault]]:
    if value is None or isinstance(value, bool):
        return value, []
    return None, [Fault(at, f"Answer yes (true) or no (false) here, not {kind_of(value)}.")]


def _check_field(field: Field, value: object, at: str) -> tuple[Any, list[Fault]]:
    if field.type != "rows":
        return check_value(field, value, at)
    if value is None:
        return [], []
    if not isinstance(value, list):
        return [], [Fault(at, f"Write a list of objects in [square brackets] here, not {kind_of(value)}.")]
    if len(value) > field.max_rows:
        return [], [Fault(at, f"There are {len(value):,} rows; the most allowed is {field.max_rows:,}. Combine some.")]
    rows: list[Content] = []
    faults: list[Fault] = []
    for position, each in enumerate(value):
        row, found = _check_row(field, each, f"{at}[{position}]")
        rows.append(row)
        faults += found
    return rows, faults


def _check_row(field: Field, row: object, at: str) -> tuple[Content, list[Fault]]:
    normal: Content = {column.key: column.empty for column in field.columns}
    if not isinstance(row, dict):
        return normal, [Fault(at, f"Write an object in {{braces}} for each row, not {kind_of(row)}.")]
    faults = list(unknown_keys(row, list(normal), at, _NO_FIELD))
    for column in field.columns:
        normal[column.key], found = check_value(column, row.get(column.key), f"{at}.{column.key}")
        faults += found
    for column in field.columns:
        start, end = normal.get(column.not_before or ""), normal[column.key]
        if start and end and end < start:
            faults.append(
                Fault(f"{at}.{column.key}", f"{_day(end)} lies before the start, {_day(start)}. Swap or mend them.")
            )
    return normal, faults


def unknown_keys(content: Mapping[str, object], known: Sequence[str], at: str, reason: str) -> Iterator[Fault]:
    """One fault for each key that is not known, up to as many as anybody reads."""
    unknown = [key for key in content if key not in known]
    for key in unknown[:_MOST_UNKNOWN]:
        yield Fault(_join(at, shown(key)), f"{reason}{nearest(key, known)}")
    if len(unknown) > _MOST_UNKNOWN:
        yield Fault(at, f"There are {len(unknown) - _MOST_UNKNOWN:,} more unknown names here. Remove them.")


def _join(at: str, key: str) -> str:
    return f"{at}.{key}" if at else key


def _day(iso: str) -> str:
    return long_date(date.fromisoformat(iso))
