"""A document as CSV, one line for each value, and as JSON, the model itself."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import rfc8785

from cxworkflow.documents.csv_file import csv_bytes
from cxworkflow.papers import Block, Document

COLUMNS = ("Organization", "Section", "Section title", "Question", "Row", "Column", "Answer", "Value")


def csv_of(document: Document, *, at: datetime) -> bytes:  # noqa: ARG001  # all files are asked for alike
    """Every answer and every cell of every table on a line of its own."""
    return csv_bytes([COLUMNS, *_lines(document)])


def json_of(document: Document, *, at: datetime | None = None) -> bytes:  # noqa: ARG001  # all files are asked for alike
    """The document as canonical JSON (RFC 8785), so that equal documents have equal hashes."""
    values: Any = document
    return rfc8785.dumps(values)


def _lines(document: Document) -> Iterator[tuple[str, ...]]:
    yield document["code"], "", "", "Title", "", "", document["title"], document["title"]
    for fact in document["facts"]:
        yield document["code"], "", "", fact["label"], "", "", fact["words"], fact["words"]
    for part in document["parts"]:
        for block in part["blocks"]:
            place = (document["code"], part["key"], part["title"], block["label"])
            for line in _values(block):
                yield (*place, *line)


def _values(block: Block) -> Iterator[tuple[str, str, str, str]]:
    if block["kind"] == "text":
        yield "", "", block["words"], _plain(block["value"])
        return
    for number, row in enumerate(block["rows"], start=1):
        for column, cell in zip(block["columns"], row, strict=True):
            yield str(number), column["label"], cell["words"], _plain(cell["value"])


def _plain(value: object) -> str:
    """A value as programs read it: 2024-01-09, 250000, 2;3."""
    if value is None:
        return ""
    return ";".join(map(str, value)) if isinstance(value, list) else str(value)
