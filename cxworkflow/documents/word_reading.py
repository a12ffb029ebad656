"""Reads a strategy out of a Word file that came back: by its marks, else by its headings and gray lines."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from docx import Document
from docx.oxml.ns import qn

from cxworkflow.documents import marks
from cxworkflow.documents.cells import typed
from cxworkflow.documents.word import BEGINS, INSTRUCTION, instructions
from cxworkflow.documents.word_asides import asides, beside
from cxworkflow.documents.word_text import blocks, cells, text_of
from cxworkflow.models import Strategy
from cxworkflow.policies import Field, Section
from cxworkflow.policies.answers import Typed
from cxworkflow.policies.characters import shown

LONGEST_SHOWN = 80  # characters of a line that could not be placed
Place = tuple[Section, Field | None]


def read_word(content: bytes, strategy: Strategy, sections: Sequence[Section]) -> marks.Reading:
    """What the file says in each section of this strategy; `content` has passed the checks of uploads."""
    document: Any = Document(BytesIO(content))
    names = {style.style_id: style.name for style in document.styles}
    walk = _Walk(strategy.title, sections)
    for block in blocks(document.element.body):
        if block.tag == qn("w:tbl"):
            walk.table(block)
        else:
            style = block.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
            walk.paragraph(block, str(names.get(style.get(qn("w:val")), "")) if style is not None else "")
        for text, why in beside(block, document.part.rels):
            walk.unplaced(text, why)
    walk.leave()
    for text, why in asides(document):
        walk.unplaced(text, why)
    return walk.done()


class _Walk:
    """Goes through the file from top to bottom and remembers where it is."""

    def __init__(self, title: str, sections: Sequence[Section]) -> None:
        self.reading = marks.Reading()
        self._title = title
        self._sections = sections
        self._at: Place | None = None
        self._lines: dict[tuple[str, str], list[str]] = {}
        self._marks = {
            marks.of_field(section, asked): (section, asked)
            for section in sections
            for asked in marks.fields_of(section)
        }
        known = [
            (_squashed(line), (section, asked))
            for section in sections
            for asked in (None, *marks.fields_of(section))
            for line in instructions(section, asked)
        ]
        once = {line for line, _ in known if sum(other == line for other, _ in known) == 1}
        self._gray: dict[str, Place | None] = {_squashed(BEGINS): None}
        self._gray |= {line: place if line in once else None for line, place in known}

    def paragraph(self, paragraph: Any, style: str) -> None:
        """Go where it leads, or take it as a line of the answer."""
        text = text_of(paragraph)
        if heads := self._led_by_marks(paragraph):
            if _squashed(text) not in heads:
                self.unplaced(text, "It stands in a heading; write below it")
            return
        if self._led_by_words(text, style):
            return
        if style == INSTRUCTION and text.strip():
            self.unplaced(text, "It stands in a gray line; write below it")
            return
        self._take(text)

    def table(self, table: Any) -> None:
        """Take its rows, if rows are asked for here."""
        section, asked = self._at or (None, None)
        lines = [[_cell(cell) for cell in line] for line in cells(table)]
        if section is None or asked is None or asked.type != "rows":
            for line in lines:
                self.unplaced(" | ".join(text for text, _ in line), "No table is asked for there")
            return
        rows: Any = self.reading.section(section).found.setdefault(asked.key, [])
        columns, body = _columns(asked, lines)
        if len(body) < len(lines):
            for (text, _), column in zip(lines[0], columns, strict=True):
                if column is None:
                    self.unplaced(text, "No column of the table is called so")
        for line in body:
            texts = [text for text, _ in line]
            if not any(text.strip() for text in texts):
                continue
            if len(line) != len(columns) or any(
                text.strip() for text, column in zip(texts, columns, strict=True) if not column
            ):
                self.unplaced(" | ".join(texts), "Its cells do not fit the columns of the table")
            else:
                row: Typed = {
                    column.key: typed(column, text) for text, column in zip(texts, columns, strict=True) if column
                }
                rows.append(marks.named_row(row, next((name for _, name in line if name), "")))

    def done(self) -> marks.Reading:
        """All that was found."""
        for (clause, key), lines in self._lines.items():
            returned = self.reading.sections[clause]
            asked = next(each for each in marks.fields_of(returned.section) if each.key == key)
            returned.found[key] = typed(asked, "\n".join(lines).strip())
        return self.reading

    def leave(self) -> None:
        """Leave the text behind: what comes now stands in no section."""
        self._at = None

    def unplaced(self, text: str, why: str) -> None:
        """Say of a text, if there is any, that it was not taken over, and why."""
        if text.strip():
            section, asked = self._at or (None, None)
            where = f" (in {section.clause}{f', {asked.label}' if asked else ''})" if section else ""
            self.reading.unplaced.append(f"“{shown(' '.join(text.split()), LONGEST_SHOWN)}”{where}: {shown(why, 300)}.")

    def _led_by_marks(self, paragraph: Any) -> list[str]:
        """What the headings say whose marks the paragraph carries; empty where it carries none."""
        heads: list[str] = []
        for start in paragraph.iter(qn("w:bookmarkStart")):
            name = str(start.get(qn("w:name")))
            if name in self._marks:
                self._go(*self._marks[name])
                heads.append(_squashed(self._marks[name][1].label))
            elif name.startswith("cxstrategy_") and name.removeprefix("cxstrategy_").isdecimal():
                self.reading.strategy_id = int(name.removeprefix("cxstrategy_"))
                heads.append(_squashed(self._title))
            elif name.startswith("cxs_"):
                revision = name.split("_")[1]
                for section in self._sections:
                    if revision.isdecimal() and name == marks.of_section(section, int(revision)):
                        self._go(section, None)
                        self.reading.section(section).revision = int(revision)
                        heads.append(_squashed(f"{section.clause} {section.title}"))
        return heads

    def _led_by_words(self, text: str, style: str) -> bool:
        squashed = _squashed(text)
        if squashed in self._gray:
            place = self._gray[squashed]
            # A gray line leads on where the heading above it is gone, and never back.
            if place is not None and (self._at is None or self._at[0] != place[0] or place[1] is not None):
                self._go(*place)
            return True
        if not style.lower().startswith(("heading", "title")):
            return False
        for section in self._sections:
            if squashed in (_squashed(f"{section.clause} {section.title}"), _squashed(section.title)):
                self._go(section, None)
                return True
        for asked in marks.fields_of(self._at[0]) if self._at else ():
            if squashed == _squashed(asked.label) and self._at:
                self._go(self._at[0], asked)
                return True
        return False

    def _go(self, section: Section, asked: Field | None) -> None:
        self._at = (section, asked)
        self.reading.section(section)
        if asked is not None and asked.type != "rows":
            self._lines.setdefault((section.clause, asked.key), [])

    def _take(self, text: str) -> None:
        section, asked = self._at or (None, None)
        if section is not None and asked is not None and asked.type != "rows":
            self._lines[section.clause, asked.key].append(text)
        elif text.strip():
            self.unplaced(text, "Write it into the table" if asked else "It stands under no question")


def _cell(cell: Any) -> tuple[str, str]:
    """The text of a cell, and the name of the row that it carries."""
    starts = (str(start.get(qn("w:name"))) for start in cell.iter(qn("w:bookmarkStart")))
    name = next(filter(None, map(marks.row_name, starts)), "")
    return text_of(cell), name


def _columns(
    asked: Field, lines: list[list[tuple[str, str]]]
) -> tuple[list[Field | None], list[list[tuple[str, str]]]]:
    """Which column stands where, by the labels in the first line; and the lines below it."""
    by_label = {_squashed(column.label): column for column in asked.columns}
    head = [by_label.get(_squashed(text)) for text, _ in lines[0]] if lines else []
    if sum(column is not None for column in head) * 2 > len(asked.columns):
        return head, lines[1:]
    return list(asked.columns), lines


def _squashed(text: str) -> str:
    return " ".join(text.split()).casefold()
