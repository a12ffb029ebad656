"""Reads a strategy out of a Word file that came back: by its marks, else by its headings and gray lines."""

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any

from docx import Document
from docx.oxml.ns import qn

from cxworkflow.documents import marks
from cxworkflow.documents.cells import typed
from cxworkflow.documents.word import BEGINS, INSTRUCTION, instructions
from cxworkflow.policies import Field, Section
from cxworkflow.policies.answers import Typed
from cxworkflow.policies.characters import shown

Place = tuple[Section, Field | None]

# Not the author's last word: what was deleted or moved away, what Word computes, and pictures of text boxes.
_LEFT_OUT = {
    *(qn(name) for name in ("w:del", "w:moveFrom", "w:instrText", "w:pPr", "w:rPr")),
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
}
_BREAKS = {qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:tab"): "\t", qn("w:noBreakHyphen"): "\u2011"}
LONGEST_SHOWN = 80  # characters of a line that could not be placed


def read_word(content: bytes, sections: Sequence[Section]) -> marks.Reading:
    """What the file says in each section; `content` has passed the checks of uploads."""
    document: Any = Document(BytesIO(content))
    names = {style.style_id: style.name for style in document.styles}
    walk = _Walk(sections)
    for block in _blocks(document.element.body):
        if block.tag == qn("w:tbl"):
            walk.table(block)
        else:
            style = block.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
            walk.paragraph(block, str(names.get(style.get(qn("w:val")), "")) if style is not None else "")
    return walk.done()


class _Walk:
    """Goes through the file from top to bottom and remembers where it is."""

    def __init__(self, sections: Sequence[Section]) -> None:
        self.reading = marks.Reading()
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
        text = _text(paragraph)
        if self._led_by_marks(paragraph) or self._led_by_words(text, style):
            return
        if style == INSTRUCTION and text.strip():
            self._unplaced(text, "It stands in a gray line; write below it")
            return
        self._take(text)

    def table(self, table: Any) -> None:
        """Take its rows, if rows are asked for here."""
        section, asked = self._at or (None, None)
        lines = [[_cell(cell) for cell in row.iterchildren(qn("w:tc"))] for row in table.iterchildren(qn("w:tr"))]
        if section is None or asked is None or asked.type != "rows":
            for line in lines:
                self._unplaced(" | ".join(text for text, _ in line), "No table is asked for there")
            return
        rows: Any = self.reading.section(section).found.setdefault(asked.key, [])
        columns, body = _columns(asked, lines)
        for line in body:
            texts = [text for text, _ in line]
            if not any(text.strip() for text in texts):
                continue
            if len(line) != len(columns) or any(
                text.strip() for text, column in zip(texts, columns, strict=True) if not column
            ):
                self._unplaced(" | ".join(texts), "Its cells do not fit the columns of the table")
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

    def _led_by_marks(self, paragraph: Any) -> bool:
        led = False
        for start in paragraph.iter(qn("w:bookmarkStart")):
            name = str(start.get(qn("w:name")))
            if name in self._marks:
                self._go(*self._marks[name])
                led = True
            elif name.startswith("cxstrategy_") and name.removeprefix("cxstrategy_").isdecimal():
                self.reading.strategy_id = int(name.removeprefix("cxstrategy_"))
                led = True
            elif name.startswith("cxs_"):
                revision = name.split("_")[1]
                for section in self._sections:
                    if revision.isdecimal() and name == marks.of_section(section, int(revision)):
                        self._go(section, None)
                        self.reading.section(section).revision = int(revision)
                        led = True
        return led

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
            self._unplaced(text, "Write it into the table" if asked else "It stands under no question")

    def _unplaced(self, text: str, why: str) -> None:
        if text.strip():
            section, asked = self._at or (None, None)
            where = f" (in {section.clause}{f', {asked.label}' if asked else ''})" if section else ""
            self.reading.unplaced.append(f"“{shown(' '.join(text.split()), LONGEST_SHOWN)}”{where}: {why}.")


def _blocks(parent: Any) -> Iterator[Any]:
    for child in parent.iterchildren():
        if child.tag in (qn("w:p"), qn("w:tbl")):
            yield child
        elif child.tag in (qn("w:sdt"), qn("w:sdtContent"), qn("w:customXml"), qn("w:ins"), qn("w:moveTo")):
            yield from _blocks(child)


def _text(element: Any) -> str:
    if element.tag in _LEFT_OUT:
        return ""
    if element.tag == qn("w:t"):
        return element.text or ""
    return _BREAKS.get(element.tag, "") + "".join(
        _text(child) for child in element.iterchildren() if isinstance(child.tag, str)
    )


def _cell(cell: Any) -> tuple[str, str]:
    """The text of a cell, and the name of the row that it carries."""
    starts = (str(start.get(qn("w:name"))) for start in cell.iter(qn("w:bookmarkStart")))
    name = next(filter(None, map(marks.row_name, starts)), "")
    return "\n".join(_text(paragraph) for paragraph in _blocks(cell)), name


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
