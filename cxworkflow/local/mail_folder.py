"""A folder of arrived e-mails, one file each, in which a message is found by its Message-ID without a search."""

import hashlib
import os
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser, BytesParser, HeaderParser
from itertools import count, takewhile
from pathlib import Path

from cxworkflow.errors import NotFound

NAME = re.compile(r"[0-9a-f]{40}(\.[0-9]+)?\.eml")


@dataclass(frozen=True)
class Envelope:
    """What the sender told the server, and the bytes it sent."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes

    @property
    def message_id(self) -> str:
        """The Message-ID without its brackets; empty if there is none."""
        return str(BytesHeaderParser().parsebytes(self.content).get("Message-ID") or "").strip().strip("<>")


@dataclass(frozen=True)
class File:
    """A file that came with an e-mail: its name, its media type, what is in it."""

    name: str
    kind: str
    content: bytes


@dataclass(frozen=True)
class Mail:
    """One arrived e-mail. `name` is its file, `date` the sender's own words for when it was sent."""

    name: str
    message_id: str
    sender: str
    recipients: tuple[str, ...]
    subject: str
    date: str
    text: str
    html: str
    files: tuple[File, ...]


def keep(folder: Path, envelope: Envelope) -> Path:
    """Write the message so that it outlives a crash; a second arrival of the same Message-ID gets a number."""
    lines = f"X-Envelope-From: {envelope.sender}\r\nX-Envelope-To: {', '.join(envelope.recipients)}\r\n"
    unfinished = folder / f".{uuid.uuid4().hex}"
    with unfinished.open("xb") as file:
        file.write(lines.encode() + envelope.content)
        file.flush()
        os.fsync(file.fileno())
    names = _names(folder, envelope.message_id or unfinished.name)
    kept = next(path for path in names if _became(path, unfinished))
    unfinished.unlink()
    _fsync_folder(folder)
    return kept


def find(folder: Path, message_id: str) -> Path | None:
    """The first arrival of a message, by its Message-ID with or without brackets."""
    path = next(_names(folder, message_id.strip().strip("<>")))
    return path if path.exists() else None


def arrivals(folder: Path, message_id: str) -> int:
    """How many times a message arrived."""
    return sum(1 for _ in takewhile(Path.exists, _names(folder, message_id.strip().strip("<>"))))


def messages(folder: Path, limit: int = 100) -> list[Mail]:
    """The latest arrivals, newest first."""
    if not folder.is_dir():
        return []
    with os.scandir(folder) as entries:
        found = [(entry.stat().st_mtime_ns, entry.name) for entry in entries if NAME.fullmatch(entry.name)]
    return [read(folder, name) for _, name in sorted(found, reverse=True)[:limit]]


def read(folder: Path, name: str) -> Mail:
    """One e-mail by the name of its file. NotFound if there is none of that name."""
    if not NAME.fullmatch(name) or not (folder / name).is_file():
        raise NotFound(f"There is no message {name} in the mailbox.")
    content = (folder / name).read_bytes()
    # Header lines may be plain UTF-8 (SMTPUTF8), which the parser of bytes does not take.
    headers = HeaderParser(policy=policy.default).parsestr(content.decode("utf-8", "replace"))
    body = BytesParser(policy=policy.default).parsebytes(content)
    return Mail(
        name=name,
        message_id=str(headers["Message-ID"] or "").strip().strip("<>"),
        sender=str(headers["X-Envelope-From"]),
        recipients=tuple(str(headers["X-Envelope-To"]).split(", ")),
        subject=str(headers["Subject"] or ""),
        date=str(headers["Date"] or ""),
        text=_part(body, "plain"),
        html=_part(body, "html"),
        files=tuple(_file(part) for part in body.iter_attachments()),
    )


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part else ""


def _file(part: EmailMessage) -> File:
    content = part.get_payload(decode=True)
    return File(
        part.get_filename() or "unnamed", part.get_content_type(), content if isinstance(content, bytes) else b""
    )


def _names(folder: Path, message_id: str) -> Iterator[Path]:
    stem = hashlib.sha256(message_id.encode("utf-8", "surrogateescape")).hexdigest()[:40]
    yield folder / f"{stem}.eml"
    for number in count(2):
        yield folder / f"{stem}.{number}.eml"


def _became(path: Path, unfinished: Path) -> bool:
    try:
        path.hardlink_to(unfinished)  # unlike a rename, this never replaces a file
    except FileExistsError:
        return False
    return True


def _fsync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
