"""Which files a document becomes: what each is called, and who makes it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from cxworkflow.documents.docx_file import docx_file
from cxworkflow.documents.pdf_file import pdf_file
from cxworkflow.documents.plain_file import csv_of, json_of
from cxworkflow.documents.xlsx_file import xlsx_file
from cxworkflow.errors import NotFound
from cxworkflow.papers import Document


class Maker(Protocol):
    """Makes a file of a document, dated to a moment."""

    def __call__(self, document: Document, *, at: datetime) -> bytes: ...


@dataclass(frozen=True)
class FileKind:
    """A kind of file: its ending, its name for people, its media type."""

    ending: str
    title: str
    media_type: str
    make: Maker


OFFICE = "application/vnd.openxmlformats-officedocument"
FILE_KINDS = {
    kind.ending: kind
    for kind in (
        FileKind("pdf", "PDF", "application/pdf", pdf_file),
        FileKind("docx", "Word", f"{OFFICE}.wordprocessingml.document", docx_file),
        FileKind("xlsx", "Excel", f"{OFFICE}.spreadsheetml.sheet", xlsx_file),
        FileKind("csv", "CSV", "text/csv; charset=utf-8", csv_of),
        FileKind("json", "JSON", "application/json", json_of),
    )
}


def kind_of(ending: str) -> FileKind:
    """The kind of file with this ending; raises NotFound."""
    if ending not in FILE_KINDS:
        raise NotFound(f"There is no such file. It can be had as {', '.join(FILE_KINDS)}.")
    return FILE_KINDS[ending]
