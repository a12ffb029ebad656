"""What an Excel file that came back holds beside its cells. None of it is read as an answer, so each piece is said."""

import re
from collections.abc import Iterator
from html import unescape
from io import BytesIO
from typing import Any
from xml.etree import ElementTree as ET
from zipfile import ZipFile

from openpyxl.packaging.relationship import get_dependents

from cxworkflow.policies.characters import shown

LONGEST_SHOWN = 80  # characters of what could not be placed
_PRINTED = re.compile(rb"<(?:\w+:)?(?:odd|even|first)(Header|Footer)\b[^>]*>([^<]+)<")
_PRINTS_CODES = re.compile(r'&(?:"[^"]*"|K[0-9A-F]{6}|\d+|[A-Z&])')
_MIRRORED = "tc="  # who wrote a comment that is there for older programs, and stands in a thread as well


def asides(content: bytes, sheets: list[Any]) -> Iterator[str]:
    """Comments, text boxes, headers and footers of each sheet, with where they stand."""
    with ZipFile(BytesIO(content)) as archive:
        for sheet in sheets:
            path = sheet._worksheet_path  # noqa: SLF001  # openpyxl reads no comments where it reads line by line
            yield from (f"Sheet “{shown(sheet.title)}”{said}" for said in dict.fromkeys(_beside(archive, path)))


def _beside(archive: ZipFile, path: str) -> Iterator[str]:
    for place, printed in _PRINTED.findall(archive.read(path)):
        text = _PRINTS_CODES.sub(" ", unescape(printed.decode("utf-8", "replace")))
        yield from _said("", text, f"It stands in the {place.decode().lower()} of the printed page, which is not read.")
    folder, _, name = path.rpartition("/")
    rels = f"{folder}/_rels/{name}.rels"
    if rels not in archive.namelist():
        return
    for part in get_dependents(archive, rels):
        if part.Target not in archive.namelist():
            continue
        if part.Type.endswith(("/comments", "/threadedComment")):
            yield from _comments(ET.fromstring(archive.read(part.Target)))  # noqa: S314  # uploads refuse declarations
        elif part.Type.endswith("/drawing"):
            yield from _drawn(ET.fromstring(archive.read(part.Target)))  # noqa: S314  # as above


def _drawn(part: ET.Element) -> Iterator[str]:
    for paragraph in _named(part, "p"):
        text = "".join(each.text or "" for each in _named(paragraph, "t"))
        yield from _said("", text, "It stands in a text box. Write it into a cell.")
    for _ in (*_named(part, "graphicFrame"), *_named(part, "pic")):
        yield from _said("", "A picture", "Pictures and charts are not kept in answers. Attach it as a file.")


def _comments(part: ET.Element) -> Iterator[str]:
    writers = [each.text or "" for each in _named(part, "author")]
    for comment in (*_named(part, "comment"), *_named(part, "threadedComment")):
        number = comment.get("authorId", "")
        if number.isdecimal() and int(number) < len(writers) and writers[int(number)].startswith(_MIRRORED):
            continue
        text = "".join(each.text or "" for tag in ("t", "text") for each in _named(comment, tag))
        where = f", cell {shown(comment.get('ref', ''))}"
        yield from _said(where, text, "It is a comment, which is not read. Write it into a cell.")


def _named(element: ET.Element, tag: str) -> Iterator[ET.Element]:
    return element.iterfind(f".//{{*}}{tag}")


def _said(where: str, text: str, why: str) -> Iterator[str]:
    if text.strip():
        yield f"{where}: “{shown(' '.join(text.split()), LONGEST_SHOWN)}”: {why}"
