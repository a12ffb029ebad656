"""One document in every kind of file: the same words in all, opened with other people's software."""

import csv
import io
import json
import shutil
import subprocess
import zipfile
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pikepdf
import pytest
from openpyxl import load_workbook

from cxworkflow.documents.docx_file import docx_file
from cxworkflow.documents.files import FILE_KINDS
from cxworkflow.documents.pdf_file import pdf_file
from cxworkflow.documents.plain_file import csv_of, json_of
from cxworkflow.documents.xlsx_file import xlsx_file
from cxworkflow.papers import Document
from tests.documents.conftest import AT, Drawn, faults_of, longer

pytestmark = pytest.mark.unit

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")


def test_the_pdf_is_tagged_and_archival_by_somebody_elses_word(document: Document) -> None:
    assert faults_of(pdf_file(document, at=AT)) == []


def test_the_pdf_of_a_long_strategy_is_so_too(drawn: Drawn, answers: dict[str, Any]) -> None:
    pdf = pdf_file(drawn(longer(answers, 12)), at=AT)
    assert len(pikepdf.open(BytesIO(pdf)).pages) > 12
    assert faults_of(pdf) == []


def test_the_pdf_has_a_title_a_language_headings_and_tables_with_heads(document: Document) -> None:
    with pikepdf.open(BytesIO(pdf_file(document, at=AT))) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert pdf.Root.Lang == "en-US"
        assert pdf.open_metadata()["dc:title"] == document["title"]
        assert pdf.open_metadata()["dc:creator"] == [document["owner"]]
        kinds = list(kinds_in(pdf.Root.StructTreeRoot))
    assert kinds.count("/H2") == len(document["parts"])
    assert {"/H1", "/H3", "/Table", "/TH", "/TD"} <= set(kinds)


def kinds_in(element: Any) -> list[str]:
    """The kinds of the elements of a structure, in order."""
    if isinstance(element, pikepdf.Array):
        return [kind for each in element for kind in kinds_in(each)]
    if not isinstance(element, pikepdf.Dictionary):
        return []
    own = [str(element.S)] if "/S" in element else []
    return [*own, *(kinds_in(element.K) if "/K" in element else [])]


def test_the_same_document_makes_the_same_pdf(document: Document) -> None:
    assert pdf_file(document, at=AT) == pdf_file(document, at=AT)


@pytest.mark.parametrize(
    "words",
    ["李 😀 مرحبا e\u0301", '#import "x"; $ \\ { } // */ @cite <label> `raw`', "x" * 20_000, "=1+1", "One.\n\nTwo."],
)
def test_whatever_was_written_there_becomes_every_file(drawn: Drawn, answers: dict[str, Any], words: str) -> None:
    answers["IV.c.5.a"]["text"] = answers["IV.c.3"]["metrics"][0]["name"] = words
    document = drawn(answers, title=words[:200])
    for kind in FILE_KINDS.values():
        assert kind.make(document, at=AT)
    assert json.loads(json_of(document)) == document


def test_word_finds_real_headings_tables_and_properties(document: Document) -> None:
    word = docx.Document(BytesIO(docx_file(document, at=AT)))
    headings = [each.text for each in word.paragraphs if each.style is not None and each.style.name == "Heading 1"]
    assert headings == [f"{part['key']} {part['title']}" for part in document["parts"]]
    tables = [block for part in document["parts"] for block in part["blocks"] if block["kind"] == "table"]
    assert len(word.tables) == sum(bool(block["rows"]) for block in tables)
    assert [cell.text for cell in word.tables[0].rows[1].cells] == [cell["words"] for cell in tables[0]["rows"][0]]
    assert word.core_properties.title == document["title"]
    assert word.core_properties.author == document["owner"]
    assert word.core_properties.last_modified_by == document["owner"]


def test_excel_gets_numbers_dates_and_amounts_as_such_and_no_formula(drawn: Drawn, answers: dict[str, Any]) -> None:
    answers["IV.c.3"]["metrics"][0]["name"] = "=HYPERLINK(1)"
    book = load_workbook(BytesIO(xlsx_file(drawn(answers), at=AT)))
    metrics = book["IV.c.3 Metrics"]
    first = {str(head.value): cell for head, cell in zip(metrics[1], metrics[2], strict=True)}
    assert (first["Baseline"].value, first["Baseline"].data_type) == (58, "n")
    assert first["By"].value == datetime(2024, 9, 15)  # noqa: DTZ001  # Excel knows no zones
    assert (first["Name"].value, first["Name"].data_type) == ("=HYPERLINK(1)", "s")
    assert book["IV.c.1 Funds"]["C2"].value == 3_100_000
    assert book["IV.c.1 Funds"]["C2"].number_format == "#,##0.00"
    assert book.properties.title
    assert book.properties.creator == "U.S. Citizenship and Immigration Services"


def test_csv_and_json_hold_every_value_as_programs_read_it(document: Document) -> None:
    lines = list(csv.DictReader(io.StringIO(csv_of(document, at=AT).decode("utf-8-sig"))))
    by = next(line for line in lines if line["Section"] == "IV.c.3" and line["Column"] == "By")
    assert (by["Answer"], by["Value"]) == ("September 15, 2024", "2024-09-15")
    assert date.fromisoformat(by["Value"])
    metrics = next(part for part in json.loads(json_of(document))["parts"] if part["key"] == "IV.c.3")["blocks"][0]
    assert [cell["value"] for cell in metrics["rows"][0]][4:6] == [58, 70]


def test_all_files_say_the_same_words(document: Document) -> None:
    """Every text and cell of the document stands in the Word file, in the workbook and in the CSV."""
    said = {block["words"] for part in document["parts"] for block in part["blocks"] if block["kind"] == "text"}
    cells = {cell["words"] for part in document["parts"] for block in part["blocks"] if block["kind"] == "table"
             for row in block["rows"] for cell in row}  # fmt: skip
    word = docx.Document(BytesIO(docx_file(document, at=AT)))
    in_word = {each.text for each in word.paragraphs} | {
        cell.text for table in word.tables for row in table.rows for cell in row.cells
    }
    in_csv = {line[6] for line in csv.reader(io.StringIO(csv_of(document, at=AT).decode("utf-8-sig")))}
    assert said | cells <= in_word | {""}
    assert said | cells <= in_csv


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("ending", ["docx", "xlsx"])
def test_libreoffice_opens_them(document: Document, tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"strategy.{ending}"
    file.write_bytes(FILE_KINDS[ending].make(document, at=AT))
    assert OFFICE is not None
    asked = [OFFICE, "--headless", f"-env:UserInstallation=file://{tmp_path}/office", "--convert-to", "pdf"]
    subprocess.run([*asked, "--outdir", str(tmp_path), str(file)], check=True, timeout=100, capture_output=True)
    assert (tmp_path / "strategy.pdf").read_bytes().startswith(b"%PDF-")


def test_no_file_names_the_machine_or_the_hour_it_was_made_on(document: Document) -> None:
    for ending in ("docx", "xlsx"):
        with zipfile.ZipFile(BytesIO(FILE_KINDS[ending].make(document, at=AT))) as packed:
            told = packed.read("docProps/core.xml").decode()
        assert "2024-01-09T15:00:00" in told
        assert "python-docx" not in told
        assert "openpyxl" not in told
