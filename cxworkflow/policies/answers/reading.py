"""How an answer is read by people: dates in words, money with commas, choices by their labels."""

from collections.abc import Callable
from typing import Any

from cxworkflow.policies.questions import Field, Section
from cxworkflow.wording import long_date, one_line

LONGEST_ROW_NAME = 80  # characters, in a list of rows


def row_words(section: Section, field_key: str, position: int, content: dict[str, Any]) -> str:
    """What a row is called: "Metric 2: Days to an answer"."""
    field = next(each for each in section.fields if each.key == field_key)
    noun = field.row_noun or "row"
    row = content.get(field_key, [])[position]
    named = as_read(row.get(field.columns[0].key), field.columns[0])
    return f"{noun[:1].upper()}{noun[1:]} {position + 1}{': ' if named else ''}{one_line(named, LONGEST_ROW_NAME)}"


def as_read(value: Any, field: Field) -> str:
    """A stored value as text for people; empty where nothing was answered."""
    if value is None or value in ("", []):
        return ""
    said = _SAID.get(field.type)
    return said(value, field) if said else str(value)


def _number(value: float, _: Field) -> str:
    return f"{value:,}"


_SAID: dict[str, Callable[[Any, Field], str]] = {
    "money": lambda value, _: f"${value:,.2f}".removesuffix(".00"),
    "number": _number,
    "integer": _number,
    "date": lambda value, _: long_date(value),
    "choice": lambda value, field: _label(field, value),
    "principles": lambda value, field: "; ".join(f"{number}. {_label(field, str(number))}" for number in value),
}


def _label(field: Field, value: str) -> str:
    return next((choice.label for choice in field.choices if choice.value == value), value)
