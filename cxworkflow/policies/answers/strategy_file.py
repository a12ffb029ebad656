"""Reads a whole strategy from a file: complete and right in every part, or refused with every fault."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cxworkflow.errors import Fault, InvalidInput
from cxworkflow.policies.answers.completeness import missing_in
from cxworkflow.policies.answers.json_text import read_json
from cxworkflow.policies.answers.sections import Content, check_section, unknown_keys
from cxworkflow.policies.answers.values import check_value, kind_of
from cxworkflow.policies.characters import shown
from cxworkflow.policies.model import Policy
from cxworkflow.policies.questions import Field, Section
from cxworkflow.policies.wording import as_many_as_are_read

TITLE = Field(key="title", label="Title", type="line", max_length=300)
_KEYS = ("policy", "component", "title", "answers")


@dataclass(frozen=True)
class StrategyFile:
    """A strategy as it came in a file: `answers` by clause, in normal form and in the order of the policy."""

    policy: str
    component: str
    title: str
    answers: dict[str, Content]


def read_strategy(
    raw: bytes,
    policy: Policy,
    components: Mapping[str, bool],
    *,
    file: str | None = None,
    as_component: str | None = None,
) -> StrategyFile:
    """The strategy in these bytes; raises InvalidInput with every fault, keys such as `answers.IV.c.1.funds[0].source`.

    `components` says of every Component code whether it is a HISP. `as_component` files the content under another
    name: a HISP then needs the HISP sections in the file, for any other they are left out.
    """
    value, faults = read_json(raw, file=file)
    if not isinstance(value, dict):
        raise InvalidInput(file, [Fault("", f"A strategy is an object in {{braces}}, not {kind_of(value)}.")])
    component = as_component or value.get("component")
    hisp = components.get(component) if isinstance(component, str) else None
    title, title_faults = check_title(value.get("title"))
    answers, answer_faults = _read_answers(value.get("answers"), policy, hisp, borrowed=as_component is not None)
    found = [*unknown_keys(value, _KEYS, "", "There is no such key in a strategy file. Remove it.")]
    found += _policy_faults(value.get("policy"), policy)
    found += _component_faults(value.get("component"), as_component, components)
    found += title_faults
    found += answer_faults
    told = {fault.key for fault in faults}
    faults += [fault for fault in found if fault.key not in told]
    if faults:
        raise InvalidInput(file, as_many_as_are_read(faults))
    return StrategyFile(policy.id, str(component), title, answers)


def check_title(written: object) -> tuple[str, list[Fault]]:
    """A strategy's title as it is stored, and what is wrong with it."""
    title, faults = check_value(TITLE, written, "title")
    return title, faults or ([] if title else [Fault("title", "Give the strategy a title.")])


def _policy_faults(code: object, policy: Policy) -> Iterator[Fault]:
    if code is None:
        yield Fault("policy", f"Say which policy this answers: “{policy.id}”.")
    elif code != policy.id:
        found = f"“{shown(code)}”" if isinstance(code, str) else kind_of(code)
        yield Fault("policy", f"{found} is not the policy this is read for. Write “{policy.id}”.")


def _component_faults(code: object, as_component: str | None, components: Mapping[str, bool]) -> Iterator[Fault]:
    known = list(components)
    if code is None:
        yield Fault("component", f"Say whose strategy this is. Use one of: {', '.join(known)}.")
    elif not isinstance(code, str):
        yield Fault(
            "component", f"Write a Component's code in quotation marks, such as “{known[0]}”, not {kind_of(code)}."
        )
    elif code not in components:
        yield Fault("component", f"“{shown(code)}” is not a Component here. Use one of: {', '.join(known)}.")
    if as_component is not None and as_component not in components:
        yield Fault("as", f"“{shown(as_component)}” is not a Component here. Use one of: {', '.join(known)}.")


def _read_answers(
    written: object, policy: Policy, hisp: bool | None, *, borrowed: bool
) -> tuple[dict[str, Content], list[Fault]]:
    """`hisp` is None where the Component is not known: then the HISP sections are neither asked for nor refused."""
    if written is None:
        return {}, [Fault("answers", "The answers are missing. Add them, keyed by clause.")]
    if not isinstance(written, dict):
        return {}, [Fault("answers", f"Write an object in {{braces}}, keyed by clause, not {kind_of(written)}.")]
    clauses = [section.clause for section in policy.sections]
    no_such = f"The policy asks for no such section. Remove it, or use one of: {', '.join(clauses)}."
    faults = list(unknown_keys(written, clauses, "answers", no_such))
    answers: dict[str, Content] = {}
    for section in policy.sections:
        asked = section.applies == "all" or bool(hisp)
        if section.clause in written:
            content, found = _read_section(section, written[section.clause], complete=asked)
            faults += found
            if asked:
                answers[section.clause] = content
            elif hisp is False and not borrowed:
                faults.append(
                    Fault(f"answers.{section.clause}", "Only High Impact Service Providers are asked this. Remove it.")
                )
        elif asked:
            faults.append(Fault(f"answers.{section.clause}", f"This section is missing: {section.title}. Add it."))
    return answers, faults


def _read_section(section: Section, written: object, *, complete: bool) -> tuple[Content, list[Fault]]:
    at = f"answers.{section.clause}"
    content, faults = check_section(section, written, at_key=at)
    if complete:
        wrong = {fault.key for fault in faults}
        around_wrong = {place for key in wrong for place in _around(key)}
        missing = [Fault(f"{at}.{fault.key}", fault.reason) for fault in missing_in(section, content)]
        # What is there but wrong is not missing too.
        faults += [each for each in missing if each.key not in around_wrong and wrong.isdisjoint(_around(each.key))]
    return content, faults


def _around(key: str) -> Iterator[str]:
    """A key and the keys of all that it is part of."""
    yield key
    for position, character in enumerate(key):
        if character in ".[":
            yield key[:position]
