"""What a Word file that came back holds beside its text and tables. None of it is an answer, so each piece is said."""

from collections.abc import Iterator
from typing import Any

from docx.oxml import parse_xml
from docx.oxml.ns import qn

from cxworkflow.documents.word_text import TEXT_BOX, is_left_out, text_of

_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_SYMBOL, _LINK, _EQUATION = qn("w:sym"), qn("w:hyperlink"), f"{_MATH}oMath"
_PICTURES = (qn("w:drawing"), qn("w:pict"), qn("w:object"))

# Of which kind a part is, by the end of its declared type.
_PARTS = {
    "header+xml": "It stands in the header of the page",
    "footer+xml": "It stands in the footer of the page",
    "footnotes+xml": "It is a footnote; write it into the text",
    "endnotes+xml": "It is an endnote; write it into the text",
    "comments+xml": "It is a comment; write it into the text",
    "diagramData+xml": "It stands in a diagram",
}

Said = tuple[str, str]  # the words of the file, and why they are not taken


def asides(document: Any) -> Iterator[Said]:
    """Headers, footers, notes, comments, and the words in diagrams; what stands in several headers comes once."""
    found: dict[Said, None] = {}
    for part in document.part.package.iter_parts():
        if why := _PARTS.get(part.content_type.rpartition(".")[2]):
            for paragraph in parse_xml(part.blob).iter(qn("w:p"), f"{_DRAWING}p"):
                drawn = "".join(each.text or "" for each in paragraph.iter(f"{_DRAWING}t"))
                found[drawn or text_of(paragraph), why] = None
    return iter(found)


def beside(block: Any, links: Any) -> Iterator[Said]:
    """What hangs on a paragraph or a table: text boxes, pictures, equations, symbols, and where links lead."""
    for element in block.iter(TEXT_BOX, _EQUATION, _SYMBOL, _LINK, *_PICTURES):
        if is_left_out(element):
            continue
        if element.tag == TEXT_BOX:
            for paragraph in element.iter(qn("w:p")):
                yield text_of(paragraph), "It stands in a text box; write it below the question"
        elif element.tag == _EQUATION:
            words = "".join(each.text or "" for each in element.iter(f"{_MATH}t"))
            yield words, "It is an equation; write it as text"
        elif element.tag == _SYMBOL:
            yield "A symbol", "Only characters that can be typed are kept; write it as one"
        elif element.tag == _LINK:
            text, address = text_of(element), _address(element, links)
            if address.removeprefix("mailto:").rstrip("/") not in text:
                yield text, f"The address of its link, {address}, is not kept; write it out"
        elif next(element.iter(TEXT_BOX), None) is None:
            yield "A picture", "Pictures are not kept in answers; attach it as a file"


def _address(link: Any, links: Any) -> str:
    """Where a link leads to outside the file; empty where it leads to a place in it."""
    found = links.get(link.get(qn("r:id")))
    return str(found.target_ref) if found is not None and found.is_external else ""
