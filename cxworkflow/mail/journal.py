"""The journal: where a message in doubt is looked up by its Message-ID before it is sent again."""

import imaplib
import ssl
from datetime import timedelta
from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult, unquote, urlsplit

from cxworkflow.local import mail_folder

TIMEOUT = 20  # seconds for each step of a look-up over IMAP


class Journal(Protocol):
    """Something that keeps a copy of every message the mail server took; `delay` is how long the copy may take."""

    delay: timedelta

    def holds(self, message_id: str) -> bool | None:
        """Whether it holds the message; None when it can't be asked now."""


class NoJournal:
    """No journal is set up: a doubt stays one, and is left to a person."""

    delay = timedelta(0)

    def holds(self, message_id: str) -> bool | None:  # noqa: ARG002  # every journal is asked in the same way
        """Nobody knows."""
        return None


class LocalMailbox:
    """The local mailbox, which stores each message before it accepts it."""

    delay = timedelta(0)

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def holds(self, message_id: str) -> bool | None:
        """Whether the mailbox took the message; a folder that is away or can't be read knows nothing."""
        try:
            if not self._folder.is_dir():
                return None
            return mail_folder.find(self._folder, message_id) is not None
        except OSError:
            return None


class ImapMailbox:
    """The mailbox that gets a blind copy of all our mail, asked over IMAP: `imaps://user:password@host/FOLDER`."""

    delay = timedelta(minutes=10)  # the mail server may queue the copy after it has taken the message

    def __init__(self, url: str) -> None:
        self._parts = urlsplit(url)

    def holds(self, message_id: str) -> bool | None:
        """Whether a copy arrived; a server that does not answer, or does not let us in, knows nothing."""
        parts = self._parts
        try:
            with _opened(parts) as server:
                server.login(unquote(parts.username or ""), unquote(parts.password or ""))
                ended, _ = server.select(_quoted(unquote(parts.path.strip("/")) or "INBOX"), readonly=True)
                if ended != "OK":
                    return None
                ended, found = server.search(None, "HEADER", "Message-ID", _quoted(message_id))
                return bool(found[0]) if ended == "OK" and found else None
        except (OSError, imaplib.IMAP4.error):
            return None


def _opened(parts: SplitResult) -> imaplib.IMAP4:
    host = parts.hostname or "localhost"
    if parts.scheme == "imap":
        return imaplib.IMAP4(host, parts.port or 143, timeout=TIMEOUT)
    # Left to itself, the library asks for no certificate that it could trust.
    return imaplib.IMAP4_SSL(host, parts.port or 993, ssl_context=ssl.create_default_context(), timeout=TIMEOUT)


def _quoted(words: str) -> str:
    return '"' + words.replace("\\", "\\\\").replace('"', '\\"') + '"'
