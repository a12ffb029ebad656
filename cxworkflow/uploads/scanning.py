"""Asking ClamAV about a file, over the socket of its daemon (INSTREAM)."""

import socket
import struct
from typing import IO
from urllib.parse import urlsplit

from cxworkflow.errors import NotNow

PATIENCE = 15  # seconds for each step
BLOCK = 256 * 1024
LONGEST_ANSWER = 4096


class ScannerAway(NotNow):
    """The virus scanner does not answer, so the file was not taken. Try again in a minute."""


def found_in(content: IO[bytes], url: str) -> str | None:
    """The name of what the scanner found, None if it found nothing; raises ScannerAway if it says neither.

    `url` is `unix:///path/to/socket` or `tcp://host:port`.
    """
    try:
        answer = _answer(content, url)
    except OSError as error:
        raise ScannerAway from error
    said = answer.partition(": ")[2]
    if said == "OK":
        return None
    if said.endswith(" FOUND"):
        return said.removesuffix(" FOUND")
    raise ScannerAway("The virus scanner could not read this file, so it was not taken. Tell the administrator.")


def _answer(content: IO[bytes], url: str) -> str:
    with _connected(url) as line:
        line.sendall(b"zINSTREAM\0")
        while block := content.read(BLOCK):
            line.sendall(struct.pack(">I", len(block)) + block)
        line.sendall(struct.pack(">I", 0))
        told = b""
        while b"\0" not in told and len(told) < LONGEST_ANSWER and (more := line.recv(1024)):
            told += more
    if not told.endswith(b"\0"):
        raise ConnectionError("The scanner broke off.")
    return told.removesuffix(b"\0").decode("ascii", "replace").strip()


def _connected(url: str) -> socket.socket:
    parts = urlsplit(url)
    if parts.scheme == "tcp":
        return socket.create_connection((parts.hostname or "localhost", parts.port or 3310), timeout=PATIENCE)
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.settimeout(PATIENCE)
    try:
        line.connect(parts.path)
    except OSError:
        line.close()
        raise
    return line
