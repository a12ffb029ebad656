"""The watchdog: tells the administrators when sweeps stop or the record is not in order, by a way of its own.

It runs in beat and in the web process, needs neither the queue nor the workers, and hands its e-mail to the
mail server itself. Whom to tell it learns while all is well, so that it can speak when the database is away.
"""

import smtplib
import threading
import time
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from email.utils import formatdate
from uuid import uuid4

import structlog
from flask import Flask
from sqlalchemy import select, text

from config.settings import Settings
from cxworkflow.calendar import day_of
from cxworkflow.clock import now
from cxworkflow.db import session
from cxworkflow.mail.transport import Smtp, UnreachableError
from cxworkflow.models import RecordCheck, Role
from cxworkflow.queries.operations import SWEEP_MAY_BE
from cxworkflow.scope import SYSTEM, within
from cxworkflow.services.recipients import holders

log = structlog.get_logger()
EVERY = 30  # seconds
SENDER = "watchdog.cxworkflow"  # in the Message-ID: this is no notice
AGAIN_AFTER = 3600  # seconds between two alarms about the same silence

# One alarm an hour, whoever notices first.
_TAKE = text(
    "insert into job_run (name, done_for_on, done_at) values ('alarm', current_date, clock_timestamp()) "
    "on conflict (name) do update set done_for_on = excluded.done_for_on, done_at = excluded.done_at "
    "where job_run.done_at < clock_timestamp() - interval '1 hour' returning name"
)

# One alarm for each day on which the check of the record finds something.
_TAKE_CHECK = text(
    "insert into job_run (name, done_for_on, done_at) "
    "select 'record-alarm', cast(checked_at as date), clock_timestamp() from record_check where faults <> '[]' "
    "on conflict (name) do update set done_for_on = excluded.done_for_on, done_at = excluded.done_at "
    "where job_run.done_for_on < excluded.done_for_on returning name"
)


@dataclass(frozen=True)
class Trouble:
    """What is wrong, and what to do about it."""

    words: str
    subject: str = "reminders have stopped"
    advice: str = (
        "Look at {base_url}/status, and see that a worker and beat are running. Nothing is lost: what is due goes out, "
        "each e-mail once, as soon as they run again."
    )


class Watchdog:
    """Looks at the last sweep again and again, for as long as the process lives."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._administrators: list[str] = []
        self._started_at = time.monotonic()
        self._alarmed_at = float("-inf")

    def start(self) -> None:
        """Watch from a thread of its own."""
        threading.Thread(target=self._forever, name="watchdog", daemon=True).start()

    def _forever(self) -> None:
        waiting = threading.Event()
        while not waiting.wait(EVERY):
            try:
                self.look()
            except Exception as error:  # noqa: BLE001  # whatever fails, the next look comes
                log.warning("the watchdog could not look", error=type(error).__name__)

    def look(self) -> bool:
        """Look once; True if it raised the alarm. One that could not be sent is raised anew at the next look."""
        with self._app.app_context(), within(SYSTEM):
            try:
                trouble = self._silence()
            except Exception as error:  # noqa: BLE001  # that the database does not answer is the finding
                session().rollback()
                return self._alarm(f"The database does not answer ({type(error).__name__}).")
            if trouble is None:
                return self._look_at_record()
            # Whoever takes the alarm holds it until it is sent.
            if session().scalar(_TAKE) is not None and self._alarm(trouble):
                session().commit()
                return True
            return False

    def _silence(self) -> str | None:
        """What is wrong with the sweeps; None while they are made, and before the first can have been missed."""
        age = session().scalar(text("select clock_timestamp() - max(swept_at) from sweep_run"))
        told = holders([Role.ADMINISTRATOR.value], department=None, component_id=None, on=day_of(now()))
        self._administrators = [each.email for each in told]
        running = timedelta(seconds=time.monotonic() - self._started_at)
        if (running if age is None else age) <= SWEEP_MAY_BE:
            return None
        minutes = int((age or SWEEP_MAY_BE).total_seconds() // 60)
        return f"No sweep has been made for {minutes} minutes, so no reminder goes out."

    def _alarm(self, trouble: str) -> bool:
        if time.monotonic() - self._alarmed_at < AGAIN_AFTER or not self._administrators:
            return False
        sent = self._send(Trouble(trouble), self._administrators)
        if sent:
            self._alarmed_at = time.monotonic()
        return sent

    def _look_at_record(self) -> bool:
        if session().scalar(_TAKE_CHECK) is None:
            return False
        told = holders(
            [Role.ADMINISTRATOR.value, Role.AUDITOR.value], department=None, component_id=None, on=day_of(now())
        )
        faults = session().scalars(select(RecordCheck.faults)).one()
        words = "The check of the record found that it is not as it was written:\n\n" + "\n".join(faults)
        advice = "Look at {base_url}/record, compare it with the anchors in your e-mails, and keep the last backups."
        trouble = Trouble(words, subject="the record is not in order", advice=advice)
        sent = self._send(trouble, [each.email for each in told])
        if sent:
            session().commit()
        return sent

    def _send(self, trouble: Trouble, to: list[str]) -> bool:
        mail = EmailMessage()
        mail["From"] = self._settings.mail_from
        mail["To"] = ", ".join(to)
        mail["Date"] = formatdate()
        mail["Message-ID"] = f"<{uuid4()}@{SENDER}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail["Subject"] = f"CX Workflow needs you: {trouble.subject}"
        advice = trouble.advice.format(base_url=self._settings.base_url)
        mail.set_content(f"{trouble.words}\n\n{advice}\n\nThis message did not go through the queue of e-mails.\n")
        try:
            with Smtp(self._settings.smtp_url) as smtp:
                smtp.connect().send_message(mail)
        except (UnreachableError, OSError, smtplib.SMTPException) as error:
            log.critical("the alarm could not be sent", error=type(error).__name__, trouble=trouble.subject)
            return False
        return True
