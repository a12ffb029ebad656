"""Files made for the tests of what can be attached: sound ones of every kind, and what can be wrong with them."""

import struct
import zlib
from collections.abc import Mapping
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pikepdf

OFFICE = "application/vnd.openxmlformats-officedocument"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = {"docx": ("word/document.xml", "wordprocessingml.document"), "xlsx": ("xl/workbook.xml", "spreadsheetml.sheet")}


def office(ending: str = "docx", parts: Mapping[str, str | bytes] | None = None, types: str = "") -> bytes:
    """A small file of Word or Excel, with these parts added or replaced and these types declared."""
    name, kind = MAIN[ending]
    whole: dict[str, str | bytes] = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/{name}" ContentType="{OFFICE}.{kind}.main+xml"/>{types}</Types>',
        "_rels/.rels": relations(("officeDocument", name, "")),
        name: '<w:document xmlns:w="w"><w:body><w:p><w:r><w:t>Our plan.</w:t></w:r></w:p></w:body></w:document>',
        **(parts or {}),
    }
    return archive(whole)


def archive(parts: Mapping[str, str | bytes]) -> bytes:
    """An archive of these parts."""
    made = BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return made.getvalue()


def relations(*links: tuple[str, str, str]) -> str:
    """The relationships of a part: kind, target and mode of each."""
    lines = "".join(
        f'<Relationship Id="r{place}" Type="{RELATIONS}/{kind}" Target="{target}"'
        + (f' TargetMode="{mode}"/>' if mode else "/>")
        for place, (kind, target, mode) in enumerate(links)
    )
    return (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{lines}</Relationships>'
    )


def field(instruction: str) -> dict[str, str | bytes]:
    """A Word document with a field, its instruction cut in two as Word does."""
    half = len(instruction) // 2
    runs = "".join(f"<w:r><w:instrText>{part}</w:instrText></w:r>" for part in (instruction[:half], instruction[half:]))
    return {"word/document.xml": f'<w:document xmlns:w="w"><w:p>{runs}</w:p></w:document>'}


def pdf(**root: object) -> bytes:
    """A PDF of one page, with these entries in its catalogue."""
    with pikepdf.new() as made:
        made.add_blank_page()
        for name, value in root.items():
            made.Root[f"/{name}"] = value
        return saved(made)


def saved(made: pikepdf.Pdf, **how: object) -> bytes:
    """The bytes of a PDF, its objects packed into streams, where plain reading does not see them."""
    file = BytesIO()
    made.save(file, object_stream_mode=pikepdf.ObjectStreamMode.generate, **how)  # type: ignore[arg-type]
    return file.getvalue()


def action(kind: str, **more: Any) -> pikepdf.Dictionary:
    """Something that happens."""
    return pikepdf.Dictionary(S=pikepdf.Name(f"/{kind}"), **more)


def png(
    width: int = 2, height: int = 2, *, inside: bytes = b"", after: bytes = b"", rows: bytes | None = None
) -> bytes:
    """A grey picture; `inside` stands before its end, `after` behind it; `rows` are in place of its own."""
    rows = (b"\0" + bytes(width)) * height if rows is None else rows
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 9)) + inside + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body + after


def chunk(name: bytes, content: bytes) -> bytes:
    """A part of a picture."""
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


SOUND = {"pdf": pdf(), "docx": office("docx"), "xlsx": office("xlsx"), "png": png()}
"""A sound file of every kind, by its ending."""
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR" + rb"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
