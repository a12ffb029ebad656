"""Files that come with a form: taken at the addresses of one table only, and looked at before anything is made of them.

Nothing else reads a file out of a request, so an address that is not in the table can't take one.
"""

from collections.abc import Callable
from typing import IO

from flask import Flask, request
from werkzeug.datastructures import FileStorage

from config.settings import Settings
from cxworkflow.errors import Fault, InvalidInput
from cxworkflow.services import quarter_files
from cxworkflow.uploads.examining import Examined, ask_scanner, examine
from cxworkflow.web import current

# How much is read before it is thrown away: up to here, a file that is too large takes nothing with it that was typed.
AT_MOST = 5  # times the largest file
SURROUNDS = 100_000  # bytes of a form around its file


def _of_files(settings: Settings) -> int:
    return AT_MOST * settings.largest_attachment


def _of_numbers(_: Settings) -> int:
    return quarter_files.LARGEST + SURROUNDS


# What takes a file, and how many bytes its request may have. How often in a minute stands in `limits.PER_MINUTE`.
LARGEST: dict[str, Callable[[Settings], int]] = {
    "attachments.attach": _of_files,
    "commitments.attach": _of_files,
    "library.begin": _of_files,
    "library.revise": _of_files,
    "offline.upload": _of_files,
    "papers.save": _of_files,
    "quarter_files.bring_in": _of_numbers,
}


def register(app: Flask) -> None:
    """Make room for files where they are taken, and nowhere else; comes before the form is read for its token."""
    app.before_request(_make_room)


def examined() -> Examined:
    """The file that came with the form, checked as every file is; raises InvalidInput, also where none came."""
    sent, settings = _sent(), current.settings()
    name, content = (sent.filename or "", sent.read()) if sent else ("", b"")
    return examine(name, content, largest=settings.largest_attachment, clamd_url=settings.clamd_url)


def examined_if_any() -> Examined | None:
    """The same where a form can do without a file."""
    sent = _sent()
    return examined() if sent is not None and sent.filename else None


def scanned(missing: str) -> IO[bytes]:
    """A file that is read for what it says, and not kept: only the scanner looks at it before.

    Raises InvalidInput, with what is `missing` where none came.
    """
    sent = _sent()
    if sent is None or not sent.filename:
        raise InvalidInput(None, [Fault("file", missing)])
    ask_scanner(sent.filename, sent.stream, current.settings().clamd_url)
    sent.stream.seek(0)
    return sent.stream


def _sent() -> FileStorage | None:
    if request.endpoint not in LARGEST:
        raise RuntimeError(f"{request.endpoint} takes no file: it has no line in the table.")
    return request.files.get("file")


def _make_room() -> None:
    if largest := LARGEST.get(request.endpoint or ""):
        request.max_content_length = largest(current.settings())
