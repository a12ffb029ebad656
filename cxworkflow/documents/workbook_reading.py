"""Reads a draft's tables out of an Excel file that came back. Formulas are never computed: their cells are refused."""

import re
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any

from openpyxl import load_workbook

from cxworkflow.documents import marks
from cxworkflow.documents.cells import typed
from cxworkflow.documents.workbook import FIRST_SHEET, sheet_name
from cxworkflow.policies import Field, Section
from cxworkflow.policies.answers import Typed
from cxworkflow.policies.characters import shown

MOST_LINES = 2_000  # of one sheet that are looked at
MOST_SHEETS = 100


def read_workbook(content: bytes, sections: Sequence[Section]) -> marks.Reading:
    """What the file says in each table; `content` has passed the checks of uploads."""
    reading = marks.Reading()
    book = load_workbook(BytesIO(content), read_only=True, data_only=False, keep_links=False)
    for sheet in book.worksheets[:MOST_SHEETS]:
        if sheet.title == FIRST_SHEET:
            continue
        lines = list(sheet.iter_rows(max_row=MOST_LINES, max_col=marks.LONGEST))
        where = _table(str(lines[0][0].value or "") if lines and lines[0] else "", sheet.title, sections)
        if where is None:
            reading.unplaced.append(f"Sheet “{shown(sheet.title)}”: It is no table of this strategy.")
            continue
        section, asked, strategy_id, revision = where
        returned = reading.section(section)
        returned.revision, returned.whole = revision, False
        reading.strategy_id = strategy_id or reading.strategy_id
        faults: list[str] = []
        rows = list(_rows(asked, lines, sheet.title, faults))
        reading.unplaced += faults
        # A table of which some cell can't be taken stays as it is stored.
        if not faults:
            returned.found[asked.key] = rows
        else:
            reading.sections.pop(section.clause, None)
    book.close()
    return reading


def _table(mark: str, title: str, sections: Sequence[Section]) -> tuple[Section, Field, int | None, int | None] | None:
    """Which table a sheet is: by its hidden mark, else by its name; from which strategy and saved state."""
    told = re.fullmatch(r"cxstrategy_(\d{1,18}) (cxs_(\d{1,9})_\w+) (\w+)", mark, re.ASCII)
    for section in sections:
        for asked in section.fields:
            if asked.type != "rows":
                continue
            if told and told[2] == marks.of_section(section, int(told[3])) and told[4] == asked.key:
                return section, asked, int(told[1]), int(told[3])
            if not told and title.casefold() == sheet_name(section, asked).casefold():
                return section, asked, None, None
    return None


def _rows(asked: Field, lines: Sequence[Sequence[Any]], title: str, faults: list[str]) -> Iterator[Typed]:
    by_name = {each: column for column in asked.columns for each in (column.key, column.label)}
    columns: dict[int, Field] = {}
    for line in lines[:2]:
        columns |= {place: by_name[str(cell.value)] for place, cell in enumerate(line) if str(cell.value) in by_name}
    missing = [column.label for column in asked.columns if column not in columns.values()]
    if missing:
        faults.append(f"Sheet “{title}”: The column “{missing[0]}” is not there. Download the file again.")
        return
    heads = (
        2
        if any(
            str(cell.value) == column.label for place, column in columns.items() for cell in lines[1][place : place + 1]
        )
        else 1
    )
    for line in lines[heads:]:
        wrong = [fault for cell in line if (fault := _fault(cell))]
        faults += [f"Sheet “{title}”, cell {fault}" for fault in wrong]
        row: Typed = {
            column.key: typed(column, line[place].value if place < len(line) else None)
            for place, column in columns.items()
        }
        for place, cell in enumerate(line[1:], start=1):
            if place not in columns and cell.value not in (None, ""):
                faults.append(
                    f"Sheet “{title}”, cell {cell.coordinate}: “{shown(str(cell.value))}” stands in no column."
                )
        if any(row.values()) and not wrong:
            yield marks.named_row(row, str(line[0].value or ""))


def _fault(cell: Any) -> str | None:
    if cell.value is None:
        return None
    if cell.data_type == "f":
        return f"{cell.coordinate}: It holds a formula, which is not read. Paste its value instead."
    if cell.data_type == "e":
        return f"{cell.coordinate}: It holds an error ({shown(str(cell.value))}). Write a value instead."
    return None
