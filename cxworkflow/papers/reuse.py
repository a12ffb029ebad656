"""What a published document says, as answers again: so that one Component can start from what another has published."""

from collections.abc import Iterable
from typing import Any

from cxworkflow.papers.model import Block, Document


def contents_of(document: Document, *, gaps: Iterable[str] = ()) -> dict[str, dict[str, Any]]:
    """The answers by clause; the words that stand for what is withheld (`gaps`) are left out."""
    left_out = tuple(gaps)
    return {
        part["key"]: {block["key"]: _value(block, left_out) for block in part["blocks"]} for part in document["parts"]
    }


def _value(block: Block, gaps: Iterable[str]) -> Any:
    if block["kind"] == "text":
        return _without(block["value"], gaps)
    return [
        {column["key"]: _without(cell["value"], gaps) for column, cell in zip(block["columns"], row, strict=True)}
        for row in block["rows"]
    ]


def _without(value: Any, gaps: Iterable[str]) -> Any:
    if not isinstance(value, str):
        return value
    for words in gaps:
        value = value.replace(words, "")
    return value.strip() or None
