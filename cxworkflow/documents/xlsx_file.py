"""A document as an Excel workbook: texts on one sheet, each table on its own with typed columns, and no formulas.

Rows are written as they come, so that a table of any length takes the same memory.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from io import BytesIO
from itertools import chain
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from cxworkflow.papers import Cell, Column, Document, Table
from cxworkflow.papers.model import heading

FORMATS = {"date": "mmmm d, yyyy", "money": "#,##0.00", "number": "General", "integer": "0", "fiscal-year": "0"}
LONGEST_NAME, LONGEST_TEXT = 31, 32_767  # characters that Excel takes
WIDE = {"line": 40, "text": 80, "principles": 50}
BOLD, GRAY, WRAPPED = Font(bold=True), PatternFill("solid", fgColor="DFE1E2"), Alignment(wrap_text=True, vertical="top")


def xlsx_file(document: Document, *, at: datetime) -> bytes:
    """The document, dated to a moment."""
    book = workbook(document, at=at)
    texts = _sheet(book, "Text", (("Section", 40), ("Question", 40), ("Answer", 100)))
    for part in document["parts"]:
        for block in part["blocks"]:
            words = block["words"] if block["kind"] == "text" else "\n".join(block["totals"])
            if words:
                texts.append([_text(texts, each) for each in (heading(part), block["label"], words)])
    taken = {"About", "Text"}
    for part in document["parts"]:
        for block in part["blocks"]:
            if block["kind"] == "table":
                write_table(book, sheet_name(f"{part['key']} {block['label']}", taken), block, block["rows"])
    return saved(book)


def workbook(document: Document, *, at: datetime) -> Workbook:
    """A workbook whose first sheet tells what the document is."""
    book = Workbook(write_only=True)
    known, moment = book.properties, at.astimezone(UTC).replace(tzinfo=None)
    known.title, known.creator, known.lastModifiedBy = document["title"], document["owner"], document["owner"]
    known.subject, known.keywords, known.language = document["about"], document["code"], "en-US"
    known.created = known.modified = moment
    about = _sheet(book, "About", (("What", 30), ("Says", 100)))
    lines = [("Title", document["title"]), ("", document["subtitle"]), ("Under", document["about"])]
    lines += [(fact["label"], fact["words"]) for fact in document["facts"]]
    lines += [("Note", note) for note in document["notes"]]
    for line in lines:
        if line[1]:
            about.append([_text(about, each) for each in line])
    return book


def write_table(book: Workbook, name: str, table: Table, rows: Iterable[Sequence[Cell]]) -> None:
    """A sheet with these rows under the table's columns."""
    columns = table["columns"]
    sheet = _sheet(book, name, [(column["label"], WIDE.get(column["type"], 18)) for column in columns])
    for row in rows:
        sheet.append([_typed(sheet, column, cell) for column, cell in zip(columns, row, strict=True)])


def saved(book: Workbook) -> bytes:
    """The workbook's bytes."""
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def sheet_name(words: str, taken: set[str]) -> str:
    """What a sheet is called: "IV.c.1 People", and another name where that one is taken."""
    plain = re.sub(r"[\[\]:*?/\\']", " ", words).strip() or "Table"
    numbered: Iterator[str] = (f" {number}" for number in range(2, 1000))
    for ending in chain([""], numbered):
        name = plain[: LONGEST_NAME - len(ending)].strip() + ending
        if name.casefold() not in {each.casefold() for each in taken}:
            taken.add(name)
            return name
    raise ValueError(words)


def _sheet(book: Workbook, name: str, columns: Iterable[tuple[str, int]]) -> Any:
    sheet = book.create_sheet(name)
    sheet.freeze_panes = "A2"
    heads = []
    for number, (label, width) in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
        head = _text(sheet, label)
        head.font, head.fill = BOLD, GRAY
        heads.append(head)
    sheet.append(heads)
    return sheet


def _typed(sheet: Any, column: Column, cell: Cell) -> Any:
    value, kind = cell["value"], column["type"]
    if kind not in FORMATS or value is None or isinstance(value, str) != (kind == "date"):
        return _text(sheet, cell["words"])
    typed: Any = date.fromisoformat(value) if kind == "date" else value
    made = WriteOnlyCell(sheet, typed)
    made.number_format = FORMATS[kind]
    return made


def _text(sheet: Any, words: str) -> Any:
    """A cell that is text whatever it begins with."""
    made = WriteOnlyCell(sheet, words[:LONGEST_TEXT])
    if words:
        made.data_type, made.quotePrefix = "s", True
        made.alignment = WRAPPED
    return made
