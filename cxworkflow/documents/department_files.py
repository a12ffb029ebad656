"""The Department's report as files that list every Component, written as they come: the same memory for any number."""

import json
from collections.abc import Iterable
from datetime import datetime
from itertools import chain
from typing import IO, Any

from cxworkflow.documents.csv_file import write_csv_rows
from cxworkflow.documents.department_report import Report, line_of
from cxworkflow.documents.xlsx_file import sheet_name, workbook, write_table
from cxworkflow.queries.department_report import Standing


def write_csv(report: Report, standings: Iterable[Standing], out: IO[bytes]) -> None:
    """Every Component on a line, written as they come."""
    header = [column["label"] for column in report.table()["columns"]]
    rows = (line_of(report.policy, standing) for standing in report.passing(standings))
    lines = ([_plain(each["value"]) for each in row] for row in rows)
    write_csv_rows(chain([header], lines), out)


def write_json(report: Report, standings: Iterable[Standing], out: IO[bytes]) -> None:
    """Every Component, and after them the report itself, written as they come."""
    keys = [column["key"] for column in report.table()["columns"]]
    out.write(f'{{"on":"{report.on.isoformat()}","components":['.encode())
    for number, standing in enumerate(report.passing(standings)):
        values = [each["value"] for each in line_of(report.policy, standing)]
        told = json.dumps(dict(zip(keys, values, strict=True)), ensure_ascii=False)
        out.write(f"{',' if number else ''}\n{told}".encode())
    out.write(f'],\n"report":{json.dumps(report.document, ensure_ascii=False)}}}\n'.encode())


def write_xlsx(report: Report, standings: Iterable[Standing], out: IO[bytes], *, at: datetime) -> None:
    """Every Component on a sheet, after one that tells what it is; rows go to the disk as they come."""
    book = workbook(report.document, at=at)
    rows = (line_of(report.policy, standing) for standing in report.passing(standings))
    write_table(book, "Components", report.table(), rows)
    taken = {"About", "Components"}
    for part in report.document["parts"]:
        for block in part["blocks"]:
            if block["kind"] == "table":
                write_table(book, sheet_name(block["label"], taken), block, block["rows"])
    book.save(out)


def _plain(value: Any) -> str:
    return "" if value is None else str(value)
