"""Every check that a file has to pass before it is attached."""

from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import IO

from cxworkflow.errors import Fault, InvalidInput
from cxworkflow.uploads import apart, scanning
from cxworkflow.uploads.kinds import Kind
from cxworkflow.uploads.names import kind_of, safe_name

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Examined:
    """A file that has passed every check; only `examine` makes one."""

    name: str
    kind: Kind
    content: bytes

    @property
    def sha256(self) -> str:
        """Of its bytes, in 64 hexadecimal digits."""
        return sha256(self.content).hexdigest()


def examine(name: str, content: bytes, *, largest: int, clamd_url: str | None) -> Examined:
    """The file, if it is what its name says, holds nothing that acts, and no scanner objects.

    `largest` counts bytes; without a `clamd_url` no scanner is asked. Raises InvalidInput at "file" with what is wrong
    and how to mend it, and ScannerAway.
    """
    if not name and not content:
        raise _unfit("Choose a file first.")
    name = safe_name(name)
    kind = kind_of(name)
    if not content:
        raise _unfit(f"“{name}” is empty. Check the file on your computer, and attach it again.")
    if len(content) > largest:
        raise _unfit(
            f"“{name}” has {len(content):,} bytes; the most allowed is {said_size(largest)} ({largest:,} bytes). "
            "Make it smaller, for example with smaller pictures, or split it."
        )
    if fault := apart.fault_of(kind, content):
        raise _unfit(f"“{name}” can’t be attached. {fault}")
    ask_scanner(name, BytesIO(content), clamd_url)
    return Examined(name, kind, content)


def ask_scanner(name: str, content: IO[bytes], clamd_url: str | None) -> None:
    """Raise InvalidInput where the scanner finds something, and ScannerAway; without a `clamd_url` none is asked."""
    if clamd_url and (found := scanning.found_in(content, clamd_url)):
        raise _unfit(f"“{name}” can’t be taken: the virus scanner found {found} in it. Tell your IT service desk.")


def said_size(size: int) -> str:
    """A number of bytes as people read it: "312 KB", "1.4 MB"."""
    if size < MEGABYTE:
        return f"{max(1, round(size / 1024)):,} KB"
    return f"{size / MEGABYTE:,.1f} MB".replace(".0 MB", " MB")


def _unfit(reason: str) -> InvalidInput:
    return InvalidInput(None, [Fault("file", reason)])
