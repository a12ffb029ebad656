"""Log files of the services and processes that run on this machine."""

from pathlib import Path
from typing import BinaryIO

LARGEST = 5_000_000  # bytes; a longer log is set aside when its writer starts


def log_path(home: Path, name: str) -> Path:
    """Where the log of `name` is."""
    return home / "log" / f"{name}.log"


def open_log(path: Path) -> BinaryIO:
    """Open a log for appending; one that has grown too long is set aside as `….log.1` first."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > LARGEST:
        path.replace(path.with_name(path.name + ".1"))
    return path.open("ab")


def last_line(path: Path) -> str:
    """The last line of a log that says anything, without its end of line; empty if there is none."""
    if not path.exists():
        return ""
    with path.open("rb") as log:
        log.seek(max(0, path.stat().st_size - 4096))
        lines = log.read().decode("utf-8", "replace").splitlines()
    return next((line.strip() for line in reversed(lines) if line.strip()), "")
