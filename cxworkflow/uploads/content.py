"""What a file is by its content, whatever it is called: the whole of one file of its kind, and nothing beside it."""

from collections.abc import Callable
from io import BytesIO
from zipfile import is_zipfile

import puremagic

from cxworkflow.uploads.kinds import KINDS, Unfit
from cxworkflow.uploads.office import check_office
from cxworkflow.uploads.pdf import check_pdf
from cxworkflow.uploads.png import check_png

_BEGINS = {"pdf": b"%PDF-", "docx": b"PK\x03\x04", "xlsx": b"PK\x03\x04", "png": b"\x89PNG\r\n\x1a\n"}
_CHECKS: dict[str, Callable[[bytes], None]] = {
    "pdf": check_pdf,
    "docx": lambda content: check_office(content, "docx"),
    "xlsx": lambda content: check_office(content, "xlsx"),
    "png": check_png,
}
_ALSO_PDF = 1024  # bytes in which viewers look for the beginning of a PDF


def check(ending: str, content: bytes) -> None:
    """Raises Unfit unless the content is a whole file of the kind with this ending, and holds nothing that acts."""
    if not content.startswith(_BEGINS[ending]):
        raise Unfit(
            f"Its name says that it is {_named(ending)}, but its content is {_found(content)}. "
            f"Open it in the program that made it and save it as {_named(ending)}."
        )
    if ending != "pdf" and b"%PDF-" in content[:_ALSO_PDF]:
        raise Unfit("It is a PDF at the same time. Save it again from the program that made it.")
    if ending in ("pdf", "png") and is_zipfile(BytesIO(content)):
        raise Unfit("It is an archive at the same time. Save it again from the program that made it.")
    _CHECKS[ending](content)


def _named(ending: str) -> str:
    return f"{KINDS[ending].title} (.{ending})"


def _found(content: bytes) -> str:
    try:
        return f"of another kind ({puremagic.magic_string(content)[0].name})"
    except puremagic.PureError:
        return "of another kind"
