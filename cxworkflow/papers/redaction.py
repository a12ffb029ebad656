"""A document without what is withheld: each passage, cell or row gives way to words that say why.

What is taken away is taken away from what people read and from what programs read, and from all that could be reckoned
back to it: no total of a table is shown of which something is withheld.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cxworkflow.papers.model import Block, Cell, Document, Part, Table, Text

TITLE = "title"  # the field of what is withheld of the title, under no clause
RANGED = frozenset({"text", "line"})  # of these, a passage can be withheld alone
NO_TOTALS = "Totals are not shown, since part of this table is withheld."


@dataclass(frozen=True)
class Gap:
    """What is withheld, and the words that stand in its place.

    Of a text a passage from `begins` up to `ends`, or all of it where they are None; of a table a row, or in it one
    column. Rows and characters are counted from 0.
    """

    clause: str
    field: str
    words: str
    row: int | None = None
    column: str = ""
    begins: int | None = None
    ends: int | None = None


def without(document: Document, gaps: Sequence[Gap]) -> Document:
    """The document as the public may read it."""
    title = _without_passages(document["title"], [gap for gap in gaps if (gap.clause, gap.field) == ("", TITLE)])
    return {**document, "title": title, "parts": [_part(part, gaps) for part in document["parts"]]}


def _part(part: Part, gaps: Iterable[Gap]) -> Part:
    here = [gap for gap in gaps if gap.clause == part["key"]]
    blocks: list[Block] = []
    for block in part["blocks"]:
        its = [gap for gap in here if gap.field == block["key"]]
        blocks.append(block if not its else _table(block, its) if block["kind"] == "table" else _text(block, its))
    return {**part, "blocks": blocks}


def _text(block: Text, gaps: Sequence[Gap]) -> Text:
    if block["type"] not in RANGED:
        words = _joined(gap.words for gap in gaps)
        return {**block, "words": words, "value": None}
    words = _without_passages(block["words"], gaps)
    return {**block, "words": words, "value": words}


def _without_passages(words: str, gaps: Sequence[Gap]) -> str:
    """The words with each stretch that is withheld replaced; what overlaps or touches is one stretch."""
    stretches: list[tuple[int, int, list[str]]] = []
    for begins, ends, why in sorted(
        (gap.begins or 0, len(words) if gap.ends is None else gap.ends, gap.words) for gap in gaps
    ):
        if stretches and begins <= stretches[-1][1]:
            first, last, reasons = stretches[-1]
            stretches[-1] = (first, max(last, ends), [*reasons, why])
        else:
            stretches.append((begins, ends, [why]))
    shown, at = "", 0
    for begins, ends, reasons in stretches:
        shown += words[at:begins] + _joined(reasons)
        at = ends
    return shown + words[at:]


def _table(block: Table, gaps: Sequence[Gap]) -> Table:
    rows = [
        [
            _cell(cell, [gap for gap in gaps if gap.row in (None, number) and gap.column in ("", column["key"])])
            for cell, column in zip(row, block["columns"], strict=True)
        ]
        for number, row in enumerate(block["rows"])
    ]
    return {**block, "rows": rows, "totals": [NO_TOTALS] if block["totals"] else []}


def _cell(cell: Cell, gaps: Sequence[Gap]) -> Cell:
    return {"words": _joined(gap.words for gap in gaps), "value": None} if gaps else cell


def _joined(reasons: Iterable[str]) -> str:
    return " ".join(dict.fromkeys(reasons))
