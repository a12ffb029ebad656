"""The journal: where a message in doubt is looked up by its Message-ID before it is sent again."""

from pathlib import Path
from typing import Protocol

from cxworkflow.local import mail_folder


class Journal(Protocol):
    """Something that keeps a copy of every message the mail server took."""

    def holds(self, message_id: str) -> bool | None:
        """Whether it holds the message; None when it can't be asked now."""


class NoJournal:
    """No journal is set up: a doubt stays one, and is left to a person."""

    def holds(self, message_id: str) -> bool | None:  # noqa: ARG002  # every journal is asked in the same way
        """Nobody knows."""
        return None


class LocalMailbox:
    """The local mailbox, which stores each message before it accepts it."""

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
