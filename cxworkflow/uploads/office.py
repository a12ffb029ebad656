"""Word and Excel files: archives of bounded parts without macros, other programs' objects, or links that fetch."""

import posixpath
import re
import zlib
from collections.abc import Iterator
from io import BytesIO
from xml.etree import ElementTree as ET
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from cxworkflow.uploads.kinds import Unfit

MOST_PARTS = 3_000
MOST_INFLATED = 150 * 1024 * 1024  # bytes, of all parts together
HIGHEST_RATIO = 150  # of the parts to the file, where that is more than a few megabytes
FEW = 5 * 1024 * 1024

_MAIN = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
}
_TITLES = {"docx": "Word", "xlsx": "Excel"}
_AGAIN = "Save it once more from the program that made it."
_DAMAGED = f"This file is damaged. {_AGAIN}"
_MACROS = "There are macros in it. Save it without macros, as .docx or .xlsx."
_TOO_LARGE = f"Unpacked, it is much too large. Take out what is not needed, above all empty rows. {_AGAIN}"
_TEMPLATE = "It fetches a template when it is opened. Attach Word’s own template (Normal) to it, or save it as PDF."
_FETCHES = "Remove the link, or put what it shows into the file itself."

# What a part is, by words in its name or in its declared type.
_NAMES = (
    (re.compile(r"vba|macro"), _MACROS),
    (re.compile(r"activex"), "There are ActiveX controls in it. Remove them, or save it as PDF."),
    (re.compile(r"externallink"), f"It has links to another workbook. {_FETCHES}"),
    (re.compile(r"/connections\.xml|querytable"), f"It has connections to data elsewhere. {_FETCHES}"),
)
_LINKS = frozenset({"http", "https", "mailto"})
_FETCHING_FIELDS = re.compile(r"\b(DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|IMPORT|LINK|DATABASE)\b", re.IGNORECASE)
_BROUGHT = {b"\xd0\xcf\x11\xe0": "an object of another program", b"MZ": "a program", b"\x7fELF": "a program"}


def check_office(content: bytes, ending: str, *, within: bool = False) -> None:
    """Raises Unfit unless it is one whole file of Word or Excel that only shows something.

    `within` says that it stands within another one, as the numbers behind a chart do; there it holds no third.
    """
    parts = _parts(content)
    for name, part in parts.items():
        _check_part(name, part, within=within)
    _check_types(parts, ending)
    for name, part in parts.items():
        if name.endswith(".rels"):
            _check_links(name, part)
        elif ending == "docx" and name.endswith(".xml"):
            _check_fields(part)


def _parts(content: bytes) -> dict[str, bytes]:
    """Every part by its name, unpacked within bounds."""
    if content[-22:-18] != b"PK\x05\x06":
        raise Unfit(f"Something stands after its end. {_AGAIN}")
    found: dict[str, bytes] = {}
    inflated = 0
    most = min(MOST_INFLATED, max(FEW, HIGHEST_RATIO * len(content)))
    try:
        with ZipFile(BytesIO(content)) as archive:
            infos = archive.infolist()
            if len(infos) > MOST_PARTS:
                raise Unfit(f"It has {len(infos):,} parts; the most allowed is {MOST_PARTS:,}. {_AGAIN}")
            if sum(info.file_size for info in infos) > most:
                raise Unfit(_TOO_LARGE)
            if min((info.header_offset for info in infos), default=0) != 0:
                raise Unfit(f"Something stands before its beginning. {_AGAIN}")
            for info in infos:
                _check_entry(info, found)
                with archive.open(info) as part:
                    found[info.filename] = part.read(most - inflated + 1)
                inflated += len(found[info.filename])
                if inflated > most:
                    raise Unfit(_TOO_LARGE)
    except (BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError):
        raise Unfit(_DAMAGED) from None
    return found


def _check_entry(info: ZipInfo, known: dict[str, bytes]) -> None:
    name = info.filename
    steps = name.removesuffix("/").split("/")
    if (
        info.orig_filename != name
        or not name.isprintable()
        or re.search(r"[\\:]", name)
        or any(step in ("", ".", "..") for step in steps)
        or (info.external_attr >> 16) & 0o170000 == 0o120000  # a symbolic link
    ):
        raise Unfit(f"A part of it has a name that leads out of it. {_AGAIN}")
    if name.lower() in {each.lower() for each in known}:
        raise Unfit(f"A part of it is there twice. {_AGAIN}")
    if info.flag_bits & 0x1:
        raise Unfit("It is protected by a password, so it can’t be checked. Save it without protection.")
    if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise Unfit(f"It is packed in an unusual way. {_AGAIN}")


def _check_part(name: str, part: bytes, *, within: bool) -> None:
    for words, sentence in _NAMES:
        if words.search(f"/{name.lower()}"):
            raise Unfit(sentence)
    for begins, what in _BROUGHT.items():
        if part.startswith(begins):
            raise Unfit(f"There is {what} in it ({name}). Remove it, or save it as PDF.")
    if part.startswith(b"PK\x03\x04"):
        ending = name.rpartition(".")[2].lower()
        if within or ending not in _MAIN:
            raise Unfit(f"There is another file in it ({name}). Take it out, and attach it by itself.")
        check_office(part, ending, within=True)
    # No program that makes such files writes declarations or another encoding; both could hide something.
    if name.endswith((".xml", ".rels", ".vml")) and (b"\0" in part or re.search(rb"<!(DOCTYPE|ENTITY)", part)):
        raise Unfit(f"A part of it ({name}) is written in an unusual way. {_AGAIN}")


def _check_types(parts: dict[str, bytes], ending: str) -> None:
    if "[Content_Types].xml" not in parts:
        raise Unfit(f"It is an archive, but no file of {_TITLES[ending]}. {_AGAIN}")
    types = [each.get("ContentType", "") for each in _elements(parts["[Content_Types].xml"])]
    for words, sentence in _NAMES:
        if any(words.search(each.lower()) for each in types):
            raise Unfit(sentence)
    if _MAIN[ending] not in types or len(set(types) & set(_MAIN.values())) != 1:
        raise Unfit(f"By its content it is no file of {_TITLES[ending]}. Save it as .{ending} once more.")


def _check_links(name: str, part: bytes) -> None:
    base = posixpath.dirname(posixpath.dirname(name))
    for each in _elements(part):
        kind, target = each.get("Type", "").rpartition("/")[2].lower(), each.get("Target", "")
        if each.get("TargetMode", "").lower() == "external":
            scheme = target.partition(":")[0].lower()
            if kind != "hyperlink":
                raise Unfit(_TEMPLATE if "template" in kind else f"It fetches something when it is opened. {_FETCHES}")
            if scheme not in _LINKS:
                raise Unfit(f"It has a link that leads to no web page ({target[:60]!a}). Remove the link.")
        elif not target.startswith("/") and posixpath.normpath(posixpath.join(base, target)).startswith(".."):
            raise Unfit(f"A part of it refers to something outside of it. {_AGAIN}")
        elif kind in ("oleobject", "afchunk", "subdocument", "attachedtemplate"):
            raise Unfit("There is an object of another program in it. Remove it, or save it as PDF.")


def _check_fields(part: bytes) -> None:
    instructions = ""
    for each in _elements(part):
        if each.tag.endswith("}instrText"):
            instructions += each.text or ""
        instructions += "".join(f" {value} " for name, value in each.items() if name.endswith("}instr"))
    found = _FETCHING_FIELDS.search(re.sub(r'"[^"]*"', "", instructions))
    if found:
        raise Unfit(f"It has a field ({found[1].upper()}) that fetches from elsewhere. {_FETCHES}")


def _elements(part: bytes) -> Iterator[ET.Element]:
    """Every element of a part, one after the other."""
    try:
        for _, element in ET.iterparse(BytesIO(part)):  # noqa: S314  # declarations were refused before
            yield element
            element.clear()
    except ET.ParseError:
        raise Unfit(_DAMAGED) from None
