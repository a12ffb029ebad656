"""The one model of a document: every file and page is made from it, so that all say the same in the same words.

It is nothing but JSON values, so it can be kept, hashed and published as it is. `words` are what people read, `value`
is what programs read: of a text, a number or a date the stored value, or None where there is none.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Literal, TypedDict

Kind = Literal["text", "line", "number", "integer", "money", "date", "fiscal-year", "choice", "principles"]
NUMBERS = frozenset({"number", "integer", "money"})


class Fact(TypedDict):
    """Something about the whole document: "Approved", "January 9, 2024"."""

    label: str
    words: str


class Text(TypedDict):
    """An answer, or a passage; its label may be empty."""

    kind: Literal["text"]
    key: str
    label: str
    type: str
    words: str
    value: Any


class Column(TypedDict):
    """A column of a table."""

    key: str
    label: str
    type: str


class Cell(TypedDict):
    """What stands in a row under a column."""

    words: str
    value: Any


class Table(TypedDict):
    """Rows under columns, and below them what the rows come to, in words."""

    kind: Literal["table"]
    key: str
    label: str
    columns: list[Column]
    rows: list[list[Cell]]
    totals: list[str]


Block = Text | Table


class Part(TypedDict):
    """A part with a heading; `key` is its clause, where it has one, and `lead` a line on what it is about."""

    key: str
    title: str
    lead: str
    blocks: list[Block]


class Document(TypedDict):
    """The whole: `about` says under which policy, `code` and `owner` of which Component (or Department) it is."""

    title: str
    subtitle: str
    about: str
    code: str
    owner: str
    facts: list[Fact]
    parts: list[Part]
    notes: list[str]


def text(label: str, words: str, *, key: str = "", kind: str = "text") -> Text:
    """A passage whose value is what it says."""
    return {"kind": "text", "key": key, "label": label, "type": kind, "words": words, "value": words or None}


def cell(words: str, value: Any = None) -> Cell:
    """A cell; without a value of another kind, its words are its value."""
    return {"words": words, "value": value if value is not None else words or None}


def unsaid(words: str) -> Cell:
    """A cell that has no value, with words in its place: "Not yet"."""
    return {"words": words, "value": None}


def table(
    label: str,
    columns: Sequence[tuple[str, str, str]],
    rows: Iterable[list[Cell]],
    *,
    key: str = "",
    totals: Iterable[str] = (),
) -> Table:
    """A table; each column is its key, its label and its type."""
    named: list[Column] = [{"key": name, "label": words, "type": kind} for name, words, kind in columns]
    return {
        "kind": "table",
        "key": key,
        "label": label,
        "columns": named,
        "rows": list(rows),
        "totals": list(totals),
    }


def heading(part: Part) -> str:
    """The heading of a part, with its clause: "IV.c.3 Metrics"."""
    return f"{part['key']} {part['title']}".strip()
