"""Reads a draft's tables out of an Excel file that came back. Formulas are never computed: their cells are refused."""

import re
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any

from openpyxl import load_workbook

from cxworkflow.documents import marks
from cxworkflow.documents.cells import typed
from cxworkflow.documents.workbook import FIRST_SHEET, first_lines, sheet_name, tables
from cxworkflow.documents.workbook_asides import LONGEST_SHOWN, asides
from cxworkflow.models import Strategy
from cxworkflow.policies import Field, Section
from cxworkflow.policies.answers import Typed
from cxworkflow.policies.characters import shown

MOST_LINES = 2_000  # of one sheet that are read
MOST_TOLD = 200  # lines below them that are said one by one
MOST_SHEETS = 100
WIDEST = 200  # columns whose cells are looked at one by one


def read_workbook(content: bytes, strategy: Strategy, sections: Sequence[Section]) -> marks.Reading:
    """What the file says in each table of this strategy; `content` has passed the checks of uploads."""
    reading = marks.Reading()
    book = load_workbook(BytesIO(content), read_only=True, data_only=False, keep_links=False)
    read: dict[tuple[str, str], str] = {}  # which sheet brought a table
    for place, sheet in enumerate(book.worksheets):
        if place >= MOST_SHEETS:
            reading.unplaced.append(f"Sheet “{shown(sheet.title)}”: Only the first {MOST_SHEETS} sheets are read.")
        elif sheet.title == FIRST_SHEET:
            reading.unplaced += _written_on_the_first(sheet, strategy, sections)
        else:
            _read_sheet(sheet, sections, reading, read)
    reading.unplaced += [f"Sheet “{shown(each.title)}”: It is a chart, which is not read." for each in book.chartsheets]
    reading.unplaced += asides(content, book.worksheets[:MOST_SHEETS])
    book.close()
    return reading


def _read_sheet(
    sheet: Any, sections: Sequence[Section], reading: marks.Reading, read: dict[tuple[str, str], str]
) -> None:
    faults: list[str] = []
    lines = _lines(sheet, faults)
    where = _table(str(lines[0][0].value or "") if lines and lines[0] else "", sheet.title, sections)
    if where is None:
        reading.unplaced.append(f"Sheet “{shown(sheet.title)}”: It is no table of this strategy.")
        return
    section, asked, strategy_id, revision = where
    first = read.setdefault((section.clause, asked.key), sheet.title)
    if first != sheet.title:
        why = f"Its table was read from the sheet “{shown(first)}”. Put all of its rows on one sheet."
        reading.unplaced.append(f"Sheet “{shown(sheet.title)}”: {why}")
        return
    reading.strategy_id = strategy_id or reading.strategy_id
    rows = list(_rows(asked, lines, sheet.title, faults))
    reading.unplaced += faults
    # A table of which some cell can't be taken stays as it is stored.
    if not faults:
        returned = reading.section(section)
        returned.revision, returned.whole = revision, False
        returned.found[asked.key] = rows


def _lines(sheet: Any, faults: list[str]) -> list[Sequence[Any]]:
    """The lines that are read. Of what stands below them, and far to the right, it is said that it is not."""
    # What a file says of its own size may be less than what it holds.
    sheet.reset_dimensions()
    lines: list[Sequence[Any]] = []
    told = 0
    for number, line in enumerate(sheet.iter_rows(), start=1):
        where = f"Sheet “{shown(sheet.title)}”, line {number:,}"
        if number <= MOST_LINES:
            lines.append(line[:WIDEST])
            if aside := _words(line[WIDEST:]):
                faults.append(f"{where}: “{aside}” stands in no column.")
        elif below := _words(line):
            if told == MOST_TOLD:
                faults.append(f"{where}: From here on, nothing was looked at.")
                break
            told += 1
            faults.append(f"{where}: “{below}”: Only the first {MOST_LINES:,} lines are read.")
    return lines


def _words(line: Sequence[Any]) -> str:
    return shown(" | ".join(str(cell.value) for cell in line if cell.value not in (None, "")), LONGEST_SHOWN)


def _written_on_the_first(sheet: Any, strategy: Strategy, sections: Sequence[Section]) -> Iterator[str]:
    """What somebody wrote on the sheet that only says how to fill in the others."""
    known = {line.strip() for line in first_lines(strategy, sections)}
    faults: list[str] = []
    for line in _lines(sheet, faults):
        for cell in line:
            if cell.value is not None and (text := str(cell.value).strip()) not in known:
                yield (
                    f"Sheet “{FIRST_SHEET}”, cell {cell.coordinate}: “{shown(text, LONGEST_SHOWN)}”: "
                    "Nothing is read from this sheet."
                )
    yield from faults


def _table(mark: str, title: str, sections: Sequence[Section]) -> tuple[Section, Field, int | None, int | None] | None:
    """Which table a sheet is: by its hidden mark, else by its name; from which strategy and saved state."""
    told = re.fullmatch(r"cxstrategy_(\d{1,18}) (cxs_(\d{1,9})_\w+) (\w+)", mark, re.ASCII)
    for section, asked in tables(sections):
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
    for column in asked.columns:
        if (there := list(columns.values()).count(column)) != 1:
            why = "is there twice" if there else "is not there"
            faults.append(f"Sheet “{title}”: The column “{column.label}” {why}. Download the file again.")
            return
    second = [
        (cell, columns[place].label) for line in lines[1:2] for place, cell in enumerate(line) if place in columns
    ]
    heads = 2 if any(str(cell.value) == label for cell, label in second) else 1
    faults += [
        f"Sheet “{title}”, cell {cell.coordinate}: “{shown(str(cell.value))}” is not how “{label}” is called."
        for cell, label in second
        if heads > 1 and cell.value is not None and str(cell.value) != label
    ]
    for number, line in enumerate(lines):
        wrong = [fault for cell in line if (fault := _fault(cell))] if number >= heads else []
        faults += [f"Sheet “{title}”, cell {fault}" for fault in wrong]
        faults += [
            f"Sheet “{title}”, cell {cell.coordinate}: “{shown(str(cell.value), LONGEST_SHOWN)}” stands in no column."
            for place, cell in enumerate(line)
            if place not in columns and cell.value not in (None, "") and (place or not _is_ours(number, heads, cell))
        ]
        row: Typed = {
            column.key: typed(column, line[place].value if place < len(line) else None)
            for place, column in columns.items()
        }
        if number >= heads and any(row.values()) and not wrong:
            yield marks.named_row(row, str(line[0].value or ""))


def _is_ours(number: int, heads: int, cell: Any) -> bool:
    """Whether the hidden first column holds what we wrote there: marks in the heads, and names of rows below them."""
    return number < heads or re.fullmatch(r"\d+\.\d+", str(cell.value), re.ASCII) is not None


def _fault(cell: Any) -> str | None:
    if cell.value is None:
        return None
    if cell.data_type == "f":
        return f"{cell.coordinate}: It holds a formula, which is not read. Paste its value instead."
    if cell.data_type == "e":
        return f"{cell.coordinate}: It holds an error ({shown(str(cell.value))}). Write a value instead."
    return None
