"""The watchdog: when sweeps stop, the administrators hear of it by another way than the queue."""

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import text

from cxworkflow.db import session
from cxworkflow.local import mailbox
from cxworkflow.local.mail_folder import Envelope
from cxworkflow.services import record_checks, reminders
from cxworkflow.watchdog import Watchdog
from tests.stage import Stage, as_owner, eastern

pytestmark = pytest.mark.integration


def silence(minutes: int) -> None:
    """Let the last sweep lie so many minutes back."""
    session().execute(
        text("update sweep_run set swept_at = clock_timestamp() - make_interval(mins => :minutes)"),
        {"minutes": minutes},
    )
    session().commit()


def test_a_record_that_is_not_in_order_is_told_once_a_day_by_the_same_way(app: Flask, stage: Stage) -> None:
    arrived: list[Envelope] = []
    reminders.sweep(at=eastern("2023-12-01 09:00"))
    session().commit()
    with mailbox.serving(arrived.append) as port:
        watchdog = Watchdog(app, replace(app.extensions["settings"], smtp_url=f"smtp://127.0.0.1:{port}"))
        record_checks.check_all(eastern("2023-12-01 09:00").date(), eastern("2023-12-01 09:00"))
        session().commit()
        assert not watchdog.look(), "all is well"
        with as_owner():
            session().execute(text("alter table event disable trigger user"))
            session().execute(text("update event set verb = 'moved' where seq = 2"))
        record_checks.check_all(eastern("2023-12-02 09:00").date(), eastern("2023-12-02 09:00"))
        session().commit()
        assert watchdog.look()
        assert not watchdog.look(), "the same finding is told once"
    (mail,) = arrived
    assert set(mail.recipients) == {"administrator@rehearsal.example", "auditor@rehearsal.example"}
    assert b"the record is not in order" in mail.content
    assert b"Line 2:" in mail.content
    assert mail.message_id.endswith("@watchdog.cxworkflow")
    assert b"\nDate: " in mail.content


def test_eleven_minutes_without_a_sweep_and_the_administrator_gets_one_e_mail(app: Flask, stage: Stage) -> None:
    arrived: list[Envelope] = []
    reminders.sweep(at=eastern("2023-12-01 09:00"))
    with mailbox.serving(arrived.append) as port:
        told = replace(app.extensions["settings"], smtp_url=f"smtp://127.0.0.1:{port}")
        beat, web = Watchdog(app, told), Watchdog(app, told)
        silence(9)
        assert not beat.look()
        assert not web.look()
        silence(11)
        assert beat.look()
        assert not beat.look(), "the same silence is told once"
        assert not web.look(), "what beat has told, the web process does not tell again"
    assert len(arrived) == 1
    assert arrived[0].recipients == ("administrator@rehearsal.example",)
    assert b"No sweep has been made for 11 minutes" in arrived[0].content


def test_an_alarm_that_the_mail_server_did_not_take_is_raised_anew_at_the_next_look(app: Flask, stage: Stage) -> None:
    arrived: list[Envelope] = []
    reminders.sweep(at=eastern("2023-12-01 09:00"))
    silence(11)
    watchdog = Watchdog(app, app.extensions["settings"])  # to a mail server that is away
    assert not watchdog.look()
    assert not watchdog.look()
    with mailbox.serving(arrived.append) as port:
        watchdog._settings = replace(watchdog._settings, smtp_url=f"smtp://127.0.0.1:{port}")
        assert watchdog.look()
        assert not watchdog.look()
    assert len(arrived) == 1
