"""A strategy's draft as a Word file, to be filled in away from the screen and sent back."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Inches, Pt, RGBColor
from docx.table import Table
from docx.text.paragraph import Paragraph

from cxworkflow.documents import marks
from cxworkflow.documents.cells import written
from cxworkflow.documents.word_styles import keep_styles, repeat_head
from cxworkflow.models import Answer, Strategy
from cxworkflow.policies import Field, Section

INSTRUCTION, ANSWER = "CX Instruction", "CX Answer"
EMPTY_ROWS = 3  # to fill in, after those that are there
BEGINS = (
    "Write under the gray lines, in the tables and below the headings. Leave headings and gray lines as they are: "
    "they show where each answer belongs, and are not read back. Rows left blank are not saved. Upload this file on "
    "the page from which you downloaded it."
)


def word_file(strategy: Strategy, sections: Sequence[Section]) -> bytes:
    """The draft under the policy's headings, with a mark at each place that is read back."""
    document: WordDocument = Document()
    _set_up(document, strategy)
    marker = _Marker()
    marker.mark(document.add_paragraph(strategy.title, style="Title"), marks.of_strategy(strategy.id))
    document.add_paragraph(BEGINS, style=INSTRUCTION)
    answers = {answer.clause: answer for answer in strategy.answers}
    for section in sections:
        _write_section(document, section, answers.get(section.clause), marker)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def instructions(section: Section, asked: Field | None = None) -> list[str]:
    """The gray lines of a section, or of one of its questions: written, and known when the file comes back."""
    if asked is None:
        return [section.asks, section.help, f"For example: {section.example}"]
    lines = [asked.help] if asked.help else []
    lines += [f"For example: {asked.example}"] if asked.example else []
    if asked.key == "needed":
        lines.append("Write Yes or No.")
    elif asked.choices:
        lines.append(f"Write one of these: {'; '.join(choice.label for choice in asked.choices)}.")
    for column in asked.columns:
        told = [column.help, *([f"For example: {column.example}."] if column.example else [])]
        if column.type == "principles":
            told.append("; ".join(f"{choice.value} {choice.label}" for choice in column.choices))
        elif column.choices:
            told.append(f"One of: {'; '.join(choice.label for choice in column.choices)}.")
        lines.append(f"{column.label}: {' '.join(told)}")
    return lines


class _Marker:
    """Puts bookmarks around paragraphs, each with a number of its own."""

    def __init__(self) -> None:
        self._last = 0

    def mark(self, paragraph: Paragraph, name: str) -> None:
        self._last += 1
        line = paragraph._p  # noqa: SLF001  # python-docx has no bookmarks of its own
        start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
        for each in (start, end):
            each.set(qn("w:id"), str(self._last))
        start.set(qn("w:name"), name)
        line.insert(1 if line.pPr is not None else 0, start)
        line.append(end)


def _set_up(document: WordDocument, strategy: Strategy) -> None:
    page = document.sections[0]
    page.orientation, page.page_width, page.page_height = WD_ORIENT.LANDSCAPE, Inches(11), Inches(8.5)
    page.left_margin = page.right_margin = Inches(0.75)
    keep_styles(document)
    answer = document.styles.add_style(ANSWER, WD_STYLE_TYPE.PARAGRAPH)
    answer.base_style = document.styles["Normal"]
    gray = document.styles.add_style(INSTRUCTION, WD_STYLE_TYPE.PARAGRAPH)
    gray.base_style, gray.next_paragraph_style = document.styles["Normal"], answer
    gray.font.color.rgb, gray.font.size, gray.font.italic = RGBColor(0x5C, 0x5C, 0x5C), Pt(9.5), True
    facts = document.core_properties
    facts.title, facts.author, facts.language = strategy.title, strategy.component.name, "en-US"
    facts.subject, facts.comments = strategy.edition.policy.short_title, ""


def _write_section(document: WordDocument, section: Section, answer: Answer | None, marker: _Marker) -> None:
    content: dict[str, Any] = answer.content if answer else {}
    heading = document.add_heading(f"{section.clause} {section.title}", level=1)
    marker.mark(heading, marks.of_section(section, answer.revision if answer else 0))
    for line in instructions(section):
        document.add_paragraph(line, style=INSTRUCTION)
    for asked in marks.fields_of(section):
        marker.mark(document.add_heading(asked.label, level=2), marks.of_field(section, asked))
        for line in instructions(section, asked):
            document.add_paragraph(line, style=INSTRUCTION)
        if asked.type == "rows":
            names = answer.row_names.get(asked.key, []) if answer else []
            row_marks = [marks.of_row(section, asked, name) for name in names]
            _write_rows(document, asked, content.get(asked.key, []), row_marks, marker)
        else:
            for line in written(asked, content.get(asked.key)).split("\n"):
                document.add_paragraph(line, style=ANSWER)


def _write_rows(
    document: WordDocument, asked: Field, rows: Sequence[dict[str, Any]], row_marks: Sequence[str], marker: _Marker
) -> None:
    table = document.add_table(rows=1 + len(rows) + EMPTY_ROWS, cols=len(asked.columns), style="Table Grid")
    _head(table, asked)
    # Taken once: asking a table for its cells one by one reads all of it each time.
    for line, row in zip(list(table.rows)[1:], rows, strict=False):
        for cell, column in zip(line.cells, asked.columns, strict=True):
            cell.text = written(column, row.get(column.key))
    for line, name in zip(list(table.rows)[1:], row_marks, strict=False):
        marker.mark(line.cells[0].paragraphs[0], name)
    document.add_paragraph(style=ANSWER)


def _head(table: Table, asked: Field) -> None:
    head = table.rows[0]
    for cell, column in zip(head.cells, asked.columns, strict=True):
        cell.paragraphs[0].add_run(column.label).bold = True
    repeat_head(table)
