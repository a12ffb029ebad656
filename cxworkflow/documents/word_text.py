"""The text of a Word file as its author last left it: its blocks in order, a table's lines, what stands in each."""

from collections.abc import Iterator
from typing import Any

from docx.oxml.ns import qn

_COMPATIBLE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
TEXT_BOX = qn("w:txbxContent")

# Not the author's last word: what was deleted or moved away, what Word computes, and pictures of text boxes.
_LEFT_OUT = {
    *(qn(name) for name in ("w:del", "w:moveFrom", "w:instrText", "w:pPr", "w:rPr")),
    f"{_COMPATIBLE}Fallback",
}
_BREAKS = {qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:tab"): "\t", qn("w:noBreakHyphen"): "\u2011"}
# What only stands around blocks, lines of tables and cells: fields to fill in, and changes that are taken as made.
_AROUND = {
    *(qn(name) for name in ("w:sdt", "w:sdtContent", "w:customXml", "w:ins", "w:moveTo")),
    *(f"{_COMPATIBLE}{name}" for name in ("AlternateContent", "Choice")),
}


def within(parent: Any, *tags: str) -> Iterator[Any]:
    """The children of these kinds, also where something stands around them."""
    for child in parent.iterchildren():
        if child.tag in tags:
            yield child
        elif child.tag in _AROUND:
            yield from within(child, *tags)


def blocks(parent: Any) -> Iterator[Any]:
    """Paragraphs and tables, from top to bottom."""
    return within(parent, qn("w:p"), qn("w:tbl"))


def cells(table: Any) -> Iterator[list[Any]]:
    """The cells of a table, line by line."""
    for line in within(table, qn("w:tr")):
        yield list(within(line, qn("w:tc")))


def text_of(element: Any) -> str:
    """What stands in it and not in a text box; a table in a cell is read line by line."""
    if element.tag in _LEFT_OUT or element.tag == TEXT_BOX:
        return ""
    if element.tag == qn("w:t"):
        return element.text or ""
    if element.tag == qn("w:tbl"):
        return "\n".join("\t".join(map(text_of, line)) for line in cells(element))
    if element.tag == qn("w:tc"):
        return "\n".join(map(text_of, blocks(element)))
    return _BREAKS.get(element.tag, "") + "".join(
        text_of(child) for child in element.iterchildren() if isinstance(child.tag, str)
    )


def is_left_out(element: Any) -> bool:
    """Whether it is part of what is not the author's last word."""
    return any(around.tag in _LEFT_OUT for around in element.iterancestors())
