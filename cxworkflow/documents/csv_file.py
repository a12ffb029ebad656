"""Tables as CSV (RFC 4180) that a spreadsheet opens as text and never as a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import IO

STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_bytes(rows: Iterable[Sequence[str]]) -> bytes:
    """The rows in UTF-8 with the mark that makes spreadsheets read it so; lines end in CRLF."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([as_text(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def write_csv_rows(rows: Iterable[Sequence[str]], out: IO[bytes]) -> None:
    """The same, written as the rows come."""
    lines = io.TextIOWrapper(out, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(lines)
    for row in rows:
        writer.writerow([as_text(cell) for cell in row])
    lines.flush()
    lines.detach()


def as_text(cell: str) -> str:
    """A cell that a spreadsheet opens as text."""
    # Spreadsheets take the white space before a formula away, and some read full-width signs alike.
    first = cell.lstrip(" \u00a0\u3000")[:1]
    return f"'{cell}" if first in (*STARTS_A_FORMULA, "＝", "＋", "－", "＠") and cell else cell
