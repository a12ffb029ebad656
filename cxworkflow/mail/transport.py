"""Handing messages to the mail server: one connection, reused, with a time-out on every step."""

import smtplib
import ssl
from email.mime.multipart import MIMEMultipart
from email.utils import parseaddr
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit

from cxworkflow.services.sending import Outcome

TIMEOUT = 20  # seconds for each step of the dialogue


class Unreachable(Exception):
    """The mail server could not be reached; nothing was handed over."""


class Smtp:
    """A reused SMTP connection to `smtp://[user:password@]host[:port]` (`?starttls=1`) or `smtps://…`.

    With `journal` every message is also sent to that address, as a blind copy.
    """

    def __init__(self, url: str, *, journal: str | None = None) -> None:
        self._parts = urlsplit(url)
        self._journal = journal
        self._connection: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the connection politely, if there is one."""
        if self._connection is not None:
            try:
                self._connection.quit()
            except (OSError, smtplib.SMTPException):
                pass
            self._connection = None

    def connect(self) -> None:
        """Open the connection, or check that it still answers; raises Unreachable."""
        try:
            if self._connection is not None:
                if self._connection.noop()[0] == 250:
                    return
                self._connection.close()
            self._connection = self._opened()
        except (OSError, smtplib.SMTPException) as error:
            self._connection = None
            raise Unreachable(f"The mail server could not be reached: {error}") from error

    def _opened(self) -> smtplib.SMTP:
        parts = self._parts
        host, secure = parts.hostname or "localhost", parts.scheme == "smtps"
        made: smtplib.SMTP
        if secure:
            made = smtplib.SMTP_SSL(host, parts.port or 465, timeout=TIMEOUT, context=ssl.create_default_context())
        else:
            made = smtplib.SMTP(host, parts.port or 25, timeout=TIMEOUT)
        made.ehlo()
        if parse_qs(parts.query).get("starttls") == ["1"]:
            made.starttls(context=ssl.create_default_context())
            made.ehlo()
        if parts.username:
            made.login(unquote(parts.username), unquote(parts.password or ""))
        return made

    def send(self, notice_id: int, mail: MIMEMultipart) -> Outcome:
        """Send one message on the open connection and say how it ended.

        Raises OSError or SMTPServerDisconnected when the dialogue broke off after the message was handed over:
        then nobody knows whether it was taken.
        """
        connection = self._connection
        assert connection is not None, "connect() comes first"
        to = parseaddr(str(mail["To"]))[1]
        everybody = [to, self._journal] if self._journal else [to]
        try:
            connection.sendmail(parseaddr(str(mail["From"]))[1], everybody, mail.as_bytes())
        except smtplib.SMTPRecipientsRefused as error:
            code, words = error.recipients[to] if to in error.recipients else next(iter(error.recipients.values()))
            return self._refused(notice_id, code, f"{to}: {code} {_said(words)}")
        except smtplib.SMTPServerDisconnected:
            self._connection = None
            raise
        except smtplib.SMTPResponseException as error:
            return self._refused(notice_id, error.smtp_code, f"{error.smtp_code} {_said(error.smtp_error)}")
        except smtplib.SMTPException as error:
            return Outcome(notice_id, "rejected", str(error))
        except UnicodeError:
            return Outcome(notice_id, "rejected", f"{to}: this mail server does not take such an address.")
        except OSError:
            self._connection = None
            raise
        return Outcome(notice_id, "sent", "250 accepted")

    def _refused(self, notice_id: int, code: int, answer: str) -> Outcome:
        if code == 421:
            self._connection = None
        return Outcome(notice_id, "rejected" if 500 <= code < 600 else "refused", answer)


def _said(words: bytes | str) -> str:
    return words.decode("utf-8", "replace") if isinstance(words, bytes) else words
