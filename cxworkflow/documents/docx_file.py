"""A document as a Word file with real styles: headings that navigate, tables whose heads repeat, a language."""

from datetime import UTC, datetime
from io import BytesIO

import docx
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Inches, Pt, RGBColor
from docx.table import _Cell as WordCell

from cxworkflow.documents.word_styles import keep_styles, repeat_head
from cxworkflow.papers import Document, Part, Table
from cxworkflow.papers.model import NUMBERS, heading

LEAD, TOTAL = "CX Lead", "CX Total"
KEPT = ("Subtitle", "Heading 3", "Caption")


def docx_file(document: Document, *, at: datetime) -> bytes:
    """The document, dated to a moment."""
    word: WordDocument = docx.Document()
    _set_up(word, document, at)
    word.add_paragraph(document["about"], style=LEAD)
    word.add_paragraph(document["title"], style="Title")
    if document["subtitle"]:
        word.add_paragraph(document["subtitle"], style="Subtitle")
    for fact in document["facts"]:
        line = word.add_paragraph()
        line.add_run(f"{fact['label']}: ").bold = True
        line.add_run(fact["words"])
    for part in document["parts"]:
        _write_part(word, part)
    for note in document["notes"]:
        word.add_paragraph(note, style=LEAD)
    out = BytesIO()
    word.save(out)
    return out.getvalue()


def _set_up(word: WordDocument, document: Document, at: datetime) -> None:
    page = word.sections[0]
    page.orientation, page.page_width, page.page_height = WD_ORIENT.LANDSCAPE, Inches(11), Inches(8.5)
    page.left_margin = page.right_margin = Inches(0.75)
    keep_styles(word, KEPT)
    lead = word.styles.add_style(LEAD, WD_STYLE_TYPE.PARAGRAPH)
    lead.base_style, lead.font.size, lead.font.color.rgb = word.styles["Normal"], Pt(9.5), RGBColor(0x3D, 0x45, 0x51)
    total = word.styles.add_style(TOTAL, WD_STYLE_TYPE.PARAGRAPH)
    total.base_style, total.font.bold = word.styles["Normal"], True
    known, moment = word.core_properties, at.astimezone(UTC).replace(tzinfo=None)
    known.title, known.author, known.last_modified_by = document["title"], document["owner"], document["owner"]
    known.subject, known.keywords, known.comments = document["about"], document["code"], ""
    known.language, known.created, known.modified, known.revision = "en-US", moment, moment, 1


def _write_part(word: WordDocument, part: Part) -> None:
    word.add_heading(heading(part), level=1)
    if part["lead"]:
        word.add_paragraph(part["lead"], style=LEAD)
    for block in part["blocks"]:
        if block["label"] and (len(part["blocks"]) > 1 or block["kind"] == "table"):
            word.add_heading(block["label"], level=2)
        if block["kind"] == "table":
            _write_table(word, block)
        else:
            for line in filter(str.strip, block["words"].split("\n")):
                word.add_paragraph(line)


def _write_table(word: WordDocument, block: Table) -> None:
    if not block["rows"]:
        word.add_paragraph("None")
        return
    columns = block["columns"]
    table = word.add_table(rows=1 + len(block["rows"]), cols=len(columns), style="Table Grid")
    # Each line's cells are taken once, in the file itself: asking a table for its cells reads all of it every time.
    lines = [line.findall(qn("w:tc")) for line in table._tbl.tr_lst]  # noqa: SLF001  # python-docx knows no quick way
    for place, column in enumerate(columns):
        _fill(table, lines[0][place], column["label"], bold=True, right=column["type"] in NUMBERS)
    for line, row in zip(lines[1:], block["rows"], strict=True):
        for element, column, cell in zip(line, columns, row, strict=True):
            _fill(table, element, cell["words"], right=column["type"] in NUMBERS)
    repeat_head(table)
    for total in block["totals"]:
        word.add_paragraph(total, style=TOTAL)
    if not block["totals"]:
        word.add_paragraph()


def _fill(table: object, element: object, words: str, *, bold: bool = False, right: bool = False) -> None:
    paragraph = WordCell(element, table).paragraphs[0]  # type: ignore[arg-type]
    paragraph.add_run(words).bold = bold or None
    if right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
