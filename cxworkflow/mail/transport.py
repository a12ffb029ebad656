"""Handing messages to the mail server: one connection, reused, with a time-out on every step."""

import re
import smtplib
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit

from cxworkflow.services.sending import INTERRUPTED, Outcome
from cxworkflow.wording import one_line

# Seconds. A message takes at most HANDOVER, one step and REPLY: together less than the sender's lease.
STEP = 20
HANDOVER = 45  # after this much time with a message, it is not handed over any more
REPLY = 60  # for the answer to a message that was handed over; giving up early would leave it in doubt

_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)


class UnreachableError(Exception):
    """The mail server could not be reached, or did not let us in; nothing was handed over."""


class _BrokeOffError(Exception):
    """The dialogue ended before the message was handed over, so it can't have been taken."""


@dataclass(frozen=True)
class Mail:
    """A finished message and its envelope: bare addresses, and content with lines that end in CRLF."""

    sender: str
    to: str
    content: bytes


class Smtp:
    """A reused connection to `smtp://[user:password@]host[:port]` (`?starttls=1`) or `smtps://…`.

    With `journal` every message also goes to that address, as a blind copy.
    """

    def __init__(self, url: str, *, journal: str | None = None) -> None:
        self._parts = urlsplit(url)
        self._journal = journal
        self._connection: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if self._connection is not None:
            try:
                self._connection.quit()
            except (OSError, smtplib.SMTPException):
                self._drop()

    def connect(self) -> smtplib.SMTP:
        """The open connection, opened if there is none; raises UnreachableError."""
        if self._connection is None:
            try:
                self._connection = self._opened()
            except (OSError, smtplib.SMTPException, ValueError) as error:
                said = one_line(str(error), 500)
                raise UnreachableError(f"The mail server could not be reached: {said}") from error
        return self._connection

    def _opened(self) -> smtplib.SMTP:
        parts = self._parts
        host, name = parts.hostname or "localhost", "[127.0.0.1]"  # given, since looking up our own can take seconds
        made: smtplib.SMTP
        if parts.scheme == "smtps":
            made = smtplib.SMTP_SSL(host, parts.port or 465, name, timeout=STEP, context=ssl.create_default_context())
        else:
            made = smtplib.SMTP(host, parts.port or 25, name, timeout=STEP)
        try:
            made.local_hostname = _literal(made)
            made.ehlo_or_helo_if_needed()
            if parse_qs(parts.query).get("starttls") == ["1"]:
                made.starttls(context=ssl.create_default_context())
                made.ehlo_or_helo_if_needed()
            if parts.username:
                made.login(unquote(parts.username), unquote(parts.password or ""))
        except BaseException:
            made.close()
            raise
        return made

    def send(self, mail: Mail, *, until: float) -> Outcome:
        """Send one message and say how it ended; past `until` (monotonic seconds) it is not handed over any more.

        A server may close a connection between two messages: then it is opened again, once.
        """
        try:
            with suppress(_BrokeOffError):
                return self._dialogue(self.connect(), mail, until)
            return self._dialogue(self.connect(), mail, until)
        except (UnreachableError, _BrokeOffError) as error:
            return Outcome("refused", str(error))

    def _dialogue(self, connection: smtplib.SMTP, mail: Mail, until: float) -> Outcome:
        try:
            refusal = self._envelope(connection, mail)
        except (OSError, smtplib.SMTPException, ValueError) as error:
            self._drop()
            said = one_line(str(error), 500)
            raise _BrokeOffError(f"The connection broke off before the message was handed over: {said}") from error
        if refusal is not None:
            self._start_over(connection)
            return refusal
        if time.monotonic() > until:
            self._drop()  # in the middle of DATA there is no other way back
            return Outcome("refused", "This took too long, so the message was not handed over.")
        return self._hand_over(connection, mail.content)

    def _envelope(self, connection: smtplib.SMTP, mail: Mail) -> Outcome | None:
        """The dialogue up to the message itself; what was refused, or None when the server waits for the message.

        Only what concerns this message is rejected for good: a sender address or a journal that is refused
        is a matter of settings, and every message would share its fate.
        """
        code, words = connection.mail(mail.sender)
        if code == 421:
            raise smtplib.SMTPServerDisconnected(_said(code, words))
        if code != 250:
            return Outcome("refused", f"{mail.sender} (sender): {_said(code, words)}")
        code, words = connection.rcpt(mail.to)
        if code not in (250, 251):
            return _refusal(code, f"{mail.to}: {_said(code, words)}")
        if self._journal:
            code, words = connection.rcpt(self._journal)
            if code not in (250, 251):
                return Outcome("refused", f"{self._journal} (journal): {_said(code, words)}")
        code, words = connection.docmd("DATA")
        return None if code == 354 else _refusal(code, _said(code, words))

    def _hand_over(self, connection: smtplib.SMTP, content: bytes) -> Outcome:
        """From here on, a broken connection leaves the message in doubt."""
        stuffed = _LEADING_DOT.sub(b"..", content)
        try:
            connection.send(stuffed + (b"" if stuffed.endswith(b"\r\n") else b"\r\n") + b".\r\n")
            code, words = _answer(connection)
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            return Outcome("interrupted", f"{INTERRUPTED} ({one_line(str(error), 500)})")
        if 200 <= code < 300:
            return Outcome("sent", _said(code, words))
        if 400 <= code < 600:
            if code == 421:
                self._drop()
            return _refusal(code, _said(code, words))
        self._drop()
        return Outcome("interrupted", f"{INTERRUPTED} (It answered: {_said(code, words)})")

    def _start_over(self, connection: smtplib.SMTP) -> None:
        """Make the connection ready for the next message."""
        try:
            code, _ = connection.rset()
        except (OSError, smtplib.SMTPException):
            code = 0
        if code != 250:
            self._drop()

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _literal(connection: smtplib.SMTP) -> str:
    """This machine's own end of the connection as an address that EHLO may name."""
    address = connection.sock.getsockname()[0] if connection.sock else "127.0.0.1"
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"


def _answer(connection: smtplib.SMTP) -> tuple[int, bytes]:
    """What the server says to a message that was handed over; it may take its time."""
    if connection.sock:
        connection.sock.settimeout(REPLY)
    answer = connection.getreply()
    if connection.sock:
        connection.sock.settimeout(STEP)
    return answer


def _refusal(code: int, answer: str) -> Outcome:
    return Outcome("rejected" if 500 <= code < 600 else "refused", answer)


def _said(code: int, words: bytes) -> str:
    return one_line(f"{code} {words.decode('utf-8', 'replace')}", 500)
