"""What a document says, whatever file it becomes: titles, parts, texts and tables, as JSON values; pure."""

from cxworkflow.papers.model import Block, Cell, Column, Document, Fact, Part, Table, Text, cell, table, text, unsaid
from cxworkflow.papers.strategy import sections_of, strategy_document

__all__ = [
    "Block",
    "Cell",
    "Column",
    "Document",
    "Fact",
    "Part",
    "Table",
    "Text",
    "cell",
    "sections_of",
    "strategy_document",
    "table",
    "text",
    "unsaid",
]
