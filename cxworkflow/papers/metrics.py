"""The metrics of a document, as open data and as charts have them: only what the document itself still says."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypedDict

from cxworkflow.papers.model import Document, Table

NEEDED = {"name", "unit", "direction", "baseline", "target", "by"}


class Reading(TypedDict):
    """Where a metric stood on a day."""

    on: str
    value: float


class Metric(TypedDict):
    """A metric; what is withheld of it is None, or stands as the words that say so."""

    clause: str
    name: str
    kind: str | None
    unit: str | None
    direction: str | None
    baseline: float | None
    target: float | None
    by: str | None
    readings: list[Reading]


ReadingsOf = Callable[[str, str, int], Sequence[Reading]]
"""The readings of a metric: of the clause, the field and the row (from 0) in which it stands."""


def metrics_in(document: Document, readings_of: ReadingsOf = lambda *_: ()) -> list[Metric]:
    """Every metric of the document. Of one of which something is withheld, no readings are told."""
    return [
        _metric(part["key"], block, number, readings_of)
        for part in document["parts"]
        for block in part["blocks"]
        if block["kind"] == "table" and {column["key"] for column in block["columns"]} >= NEEDED
        for number in range(len(block["rows"]))
    ]


def _metric(clause: str, table: Table, number: int, readings_of: ReadingsOf) -> Metric:
    row: dict[str, Any] = dict(_values(table, number))
    words = {column["key"]: cell["words"] for column, cell in zip(table["columns"], table["rows"][number], strict=True)}
    whole = all(row[key] is not None for key in NEEDED)
    return {
        "clause": clause,
        "name": words["name"],
        "kind": row.get("kind"),
        "unit": row["unit"],
        "direction": row["direction"],
        "baseline": row["baseline"],
        "target": row["target"],
        "by": row["by"],
        "readings": list(readings_of(clause, table["key"], number)) if whole else [],
    }


def _values(table: Table, number: int) -> Iterator[tuple[str, Any]]:
    for column, cell in zip(table["columns"], table["rows"][number], strict=True):
        yield column["key"], cell["value"]
