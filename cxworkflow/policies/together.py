"""The sections of two editions together, to set beside each other what was written under each: pure."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from cxworkflow.policies.model import Policy
from cxworkflow.policies.questions import Field, Section

Part = TypeVar("Part")


def together(before: Policy, after: Policy) -> list[Section]:
    """Every section of either, with the fields, columns and choices of both: the later's words, where both have it.

    In the order of the later; what only the earlier has stands at the end.
    """
    if before == after:
        return list(after.sections)
    old = {each.clause: each for each in before.sections}
    return [
        _section(old.get(each.clause), each)
        for each in _united(before.sections, after.sections, lambda part: part.clause)
    ]


def _section(old: Section | None, new: Section) -> Section:
    if old is None:
        return new
    return new.model_copy(update={"fields": _fields(old.fields, new.fields)})


def _fields(old: Sequence[Field], new: Sequence[Field]) -> tuple[Field, ...]:
    known = {each.key: each for each in old}
    return tuple(_field(known.get(each.key), each) for each in _united(old, new, lambda part: part.key))


def _field(old: Field | None, new: Field) -> Field:
    if old is None or old == new:
        return new
    choices = tuple(_united(old.choices, new.choices, lambda part: part.value))
    return new.model_copy(update={"columns": _fields(old.columns, new.columns), "choices": choices})


def _united(old: Sequence[Part], new: Sequence[Part], name: Callable[[Part], str]) -> list[Part]:
    there = {name(each) for each in new}
    return [*new, *(each for each in old if name(each) not in there)]
