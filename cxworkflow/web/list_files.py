"""A list as a file: all of its rows under the headings of its columns, which is recorded."""

from collections.abc import Iterable, Sequence

from flask import Response

from cxworkflow.db import unit_of_work
from cxworkflow.documents.csv_file import csv_bytes
from cxworkflow.errors import Fault, InvalidInput
from cxworkflow.services import record
from cxworkflow.web import current
from cxworkflow.wording import counted

LARGEST = 100_000  # rows of a CSV: what a spreadsheet still opens


def written_out(noun: str, headings: Sequence[str], total: int, rows: Iterable[Sequence[str]]) -> bytes:
    """All of a list as CSV, which is recorded; raises InvalidInput where that is more than a file can hold."""
    if total > LARGEST:
        reason = f"{total:,} {noun} are more than the {LARGEST:,} that a file can hold. Narrow the list down first."
        raise InvalidInput(None, [Fault("as", reason)])
    content = csv_bytes([list(headings), *map(list, rows)])
    told = f"a list of {counted(total, noun)}"
    record.write("exported", by=current.person(), as_role=None, at=current.now(), details={"what": told})
    return content


def as_file(noun: str, headings: Sequence[str], total: int, rows: Iterable[Sequence[str]]) -> Response:
    """The same as an answer that browsers save."""
    with unit_of_work():
        content = written_out(noun, headings, total, rows)
    answer = Response(content, mimetype="text/csv")
    name = f"{noun.replace(' ', '-')}-{current.today().isoformat()}.csv"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer
