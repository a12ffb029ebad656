"""PDFs: whole, readable without a password, and without anything that acts when somebody opens them."""

import re
from collections.abc import Iterator
from io import BytesIO

import pikepdf

from cxworkflow.uploads.kinds import Unfit

MOST_OBJECTS = 300_000
MOST_PAGES = 3_000
_HEADER = re.compile(rb"%PDF-[12]\.\d")
_END = re.compile(rb"%%EOF[\r\n \t\0]*$")
_KEYS = {
    "/JS": "a script",
    "/JavaScript": "a script",
    "/XFA": "a form that changes itself",
    "/EmbeddedFiles": "another file",
    "/EF": "another file",
    "/RichMediaContent": "a film or a game",
}
# What an action does (/S) and what stands on a page (/Subtype).
_VALUES = {
    "/JavaScript": "a script",
    "/Launch": "a command that starts another program",
    "/ImportData": "a command that fetches data",
    "/SubmitForm": "a command that sends data away",
    "/GoToE": "a link into another file",
    "/GoToR": "a link into another file",
    "/Rendition": "a film or a sound",
    "/Movie": "a film or a sound",
    "/Sound": "a film or a sound",
    "/RichMedia": "a film or a game",
    "/3D": "a model in three dimensions",
    "/FileAttachment": "another file",
}


def check_pdf(content: bytes) -> None:
    """Raises Unfit unless it is one whole, open PDF that only shows something."""
    if not _HEADER.match(content) or not _END.search(content[-1024:]):
        raise Unfit("This PDF is not whole: its beginning or its end is missing. Save it as PDF once more.")
    try:
        with pikepdf.open(BytesIO(content), suppress_warnings=True) as pdf:
            if pdf.is_encrypted:
                raise Unfit(_LOCKED)
            if not 1 <= len(pdf.pages) <= MOST_PAGES or len(pdf.objects) > MOST_OBJECTS:
                raise Unfit(
                    f"This PDF has no page, or more than {MOST_PAGES:,}. Split it, or save it as PDF once more."
                )
            for what in _acting(pdf):
                raise Unfit(
                    f"There is {what} in this PDF. Print it to a new PDF, which leaves that out, and attach that."
                )
    except pikepdf.PasswordError:
        raise Unfit(_LOCKED) from None
    except (pikepdf.PdfError, pikepdf.DataDecodingError, ValueError, TypeError, RecursionError):
        raise Unfit("This PDF is damaged. Save it as PDF once more.") from None


_LOCKED = "This PDF is protected by a password, so it can’t be checked. Save it without protection."


def _acting(pdf: pikepdf.Pdf) -> Iterator[str]:
    """What acts in a PDF, in words, wherever it stands."""
    waiting: list[object] = [pdf.trailer, *pdf.objects]
    while waiting:
        each = waiting.pop()
        if isinstance(each, pikepdf.Array):
            waiting += [inner for inner in each if _stands_within(inner)]
        elif isinstance(each, pikepdf.Dictionary | pikepdf.Stream):
            facts = each.stream_dict if isinstance(each, pikepdf.Stream) else each
            for key, value in facts.items():
                if key in _KEYS:
                    yield _KEYS[key]
                if key in ("/S", "/Subtype") and isinstance(value, pikepdf.Name) and str(value) in _VALUES:
                    yield _VALUES[str(value)]
                if _stands_within(value):
                    waiting.append(value)


def _stands_within(value: object) -> bool:
    """Whether it has to be looked into here; what is an object of its own is looked at by itself."""
    return isinstance(value, pikepdf.Array | pikepdf.Dictionary) and not value.is_indirect
