"""A stored answer as people read it: dates in words, money with commas, choices by their labels."""

from collections.abc import Callable
from typing import Any

from cxworkflow.policies import Field
from cxworkflow.wording import long_date


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
