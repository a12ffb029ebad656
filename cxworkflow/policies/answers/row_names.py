"""Which row is which: a name that each row keeps while it is changed and moved, beside the content and not in it.

The names are no part of what is hashed: two equal texts stay equal.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cxworkflow.policies.answers.sections import Content
from cxworkflow.policies.questions import Field, Section

RowNames = dict[str, list[str]]
"""For each field of rows, a name per row in the order of the rows."""

NAME = "row-id"  # the box of a form that carries a row's name; no column can be called so


def name_rows(
    section: Section,
    content: Content,
    told: Mapping[str, Sequence[str]],
    *,
    before: Content,
    names_before: Mapping[str, Sequence[str]],
    state: int,
) -> RowNames:
    """The names of a section's rows, where `state` numbers this saved state and so makes new names unique.

    A row keeps the name it came with (`told`, "" for none), or else that of the row before which says the same, or
    which at least begins with the same.
    """
    return {
        field.key: _names(
            field,
            content.get(field.key, []),
            told.get(field.key, ()),
            dict(zip(names_before.get(field.key, ()), before.get(field.key, []), strict=False)),
            state,
        )
        for field in section.fields
        if field.type == "rows"
    }


def _names(
    field: Field, rows: Sequence[Content], told: Sequence[str], left: dict[str, Content], state: int
) -> list[str]:
    names = [""] * len(rows)
    for place, name in enumerate(told[: len(rows)]):
        if left.pop(name, None) is not None:
            names[place] = name
    first = field.columns[0].key
    _match(rows, names, left, lambda row, old: row == old)
    _match(rows, names, left, lambda row, old: bool(row[first]) and row[first] == old.get(first))
    return [name or f"{state}.{place}" for place, name in enumerate(names, start=1)]


def _match(
    rows: Sequence[Content], names: list[str], left: dict[str, Content], same: Callable[[Content, Content], Any]
) -> None:
    for place, row in enumerate(rows):
        if not names[place]:
            names[place] = next((name for name, old in left.items() if same(row, old)), "")
            left.pop(names[place], None)
