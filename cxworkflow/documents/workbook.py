"""A draft's tables as an Excel file, to be filled in away from the screen and sent back. It holds no formulas."""

import re
from collections.abc import Sequence
from datetime import date
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from cxworkflow.documents import marks
from cxworkflow.documents.cells import written
from cxworkflow.documents.word import instructions
from cxworkflow.models import Answer, Strategy
from cxworkflow.policies import Field, Section

FIRST_SHEET = "Read this first"
BEGINS = (
    "Each of the other sheets is one table of the strategy. Add, change, move and remove rows as you like.",
    "Then upload this file on the page from which you downloaded it.",
    "Write values only: a cell with a formula is refused, and the page says which one it is.",
    "Leave the first line of each sheet, which is hidden, and the names of the columns as they are.",
)
FORMATS = {"date": "mmmm d, yyyy", "money": "#,##0.00", "number": "General", "integer": "0", "fiscal-year": "0"}
LONGEST_NAME, LONGEST_LIST = 31, 255  # characters that Excel takes
EMPTY_ROWS = 200  # below those that are there, with lists to choose from


def workbook_file(strategy: Strategy, sections: Sequence[Section]) -> bytes:
    """The tables of these sections, each on a sheet that says which one it is in a hidden line."""
    book = Workbook()
    about = book.worksheets[0]
    about.title = FIRST_SHEET
    about.column_dimensions["A"].width = 120
    for line in first_lines(strategy, sections):
        about.append([_inert(line)] if line else [])
    answers = {answer.clause: answer for answer in strategy.answers}
    for section, asked in tables(sections):
        sheet = book.create_sheet(sheet_name(section, asked))
        _write_sheet(sheet, strategy.id, section, asked, answers.get(section.clause))
    about["A1"].font = Font(bold=True, size=14)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def first_lines(strategy: Strategy, sections: Sequence[Section]) -> list[str]:
    """What the first sheet says, line by line; an empty one stands above each table's."""
    lines = [strategy.title, *map(strategy.edition.policy.names.in_words, BEGINS)]
    for section, asked in tables(sections):
        lines += ["", sheet_name(section, asked), *instructions(section, asked)]
    return lines


def tables(sections: Sequence[Section]) -> list[tuple[Section, Field]]:
    """The questions of these sections that are answered by rows."""
    return [(section, asked) for section in sections for asked in section.fields if asked.type == "rows"]


def sheet_name(section: Section, asked: Field) -> str:
    """What the sheet of a table is called: "IV.c.1 People"."""
    return re.sub(r"[\[\]:*?/\\]", " ", f"{section.clause} {asked.label}")[:LONGEST_NAME].strip()


def _write_sheet(sheet: Worksheet, strategy_id: int, section: Section, asked: Field, answer: Answer | None) -> None:
    rows = answer.content.get(asked.key, []) if answer else []
    names = answer.row_names.get(asked.key, []) if answer else []
    mark = " ".join((marks.of_strategy(strategy_id), marks.of_section(section, answer.revision if answer else 0)))
    sheet.append([f"{mark} {asked.key}", *(column.key for column in asked.columns)])
    sheet.append(["Row", *(column.label for column in asked.columns)])
    for place, row in enumerate(rows, start=3):
        sheet.cell(place, 1, names[place - 3] if place - 3 < len(names) else "")
        for number, column in enumerate(asked.columns, start=2):
            _fill(sheet.cell(place, number), column, row.get(column.key))
    sheet.row_dimensions[1].hidden = True
    sheet.column_dimensions["A"].hidden = True
    sheet.freeze_panes = "B3"
    for number, column in enumerate(asked.columns, start=2):
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = 40 if column.type == "line" else 24
        sheet[f"{letter}2"].font, sheet[f"{letter}2"].fill = Font(bold=True), PatternFill("solid", fgColor="DFE1E2")
        _offer(sheet, column, f"{letter}3:{letter}{len(rows) + 2 + EMPTY_ROWS}")


def _fill(cell: Any, column: Field, value: Any) -> None:
    if column.type == "date" and value:
        value = date.fromisoformat(value)
    elif column.type in ("choice", "principles", "line", "text"):
        value = written(column, value)
    cell.value = value
    cell.number_format = FORMATS.get(column.type, "@")
    if isinstance(value, str) and cell.data_type != "s":
        cell.data_type, cell.quotePrefix = "s", True


def _inert(line: str) -> str:
    """A line that no program takes for a formula."""
    return line if not line.startswith("=") else f" {line}"


def _offer(sheet: Worksheet, column: Field, cells: str) -> None:
    labels = [choice.label for choice in column.choices]
    offered = ",".join(labels)
    if column.type == "choice" and len(offered) <= LONGEST_LIST and not any(set(label) & set(',"') for label in labels):
        choices = DataValidation(type="list", formula1=f'"{offered}"', allow_blank=True)
        choices.add(cells)
        sheet.add_data_validation(choices)
