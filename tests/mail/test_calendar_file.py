"""The file that a reminder brings for the reader's own calendar, read by a calendar's own parser."""

from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from icalendar import Calendar

from cxworkflow.db import session
from cxworkflow.mail.calendar_file import as_text
from cxworkflow.mail.compose import message
from cxworkflow.models import Notice, Role
from cxworkflow.services import clocks, reminders
from tests.mail.correspondence import read, rolling_policy
from tests.stage import Stage, eastern

pytestmark = pytest.mark.integration

LINE = 75  # octets, by RFC 5545


@pytest.fixture
def swept(app: Flask, stage: Stage) -> Stage:
    """The reminders of 60 days before strategies are due."""
    reminders.sweep(at=eastern("2023-11-10 06:00"))
    return stage


def reminder(component: str, rung: int, role: Role = Role.LEAD) -> Notice:
    """The reminder that was owed about a Component's strategy."""
    wanted = sa.select(Notice).where(
        Notice.kind == "deadline",
        Notice.component.has(code=component),
        Notice.rung == rung,
        Notice.to_role == role.value,
    )
    return session().scalars(wanted).one()


def events(notice: Notice, *, when: str | None = None) -> list[Any]:
    """The events of the one file that comes with a notice's e-mail; each holds a type of its own under every name."""
    (file,) = read(notice, when=when).files
    calendar = Calendar.from_ical(file)
    assert not calendar.errors
    assert (calendar["VERSION"], calendar["METHOD"]) == ("2.0", "PUBLISH")
    found = calendar.walk("VEVENT")
    assert not any(each.errors for each in found)
    assert len(found) == len(calendar.subcomponents)
    return found


def test_a_reminder_brings_the_due_date_as_an_event_of_a_whole_day_without_an_alarm(swept: Stage) -> None:
    notice = reminder("CBP", -60)
    (event,) = events(notice)
    assert event["DTSTART"].dt == date(2024, 1, 9)
    assert "DTEND" not in event, "a day, and not a time of day"
    assert event["SUMMARY"] == "CBP: strategy submission due"
    assert event["DESCRIPTION"].splitlines() == [
        "CBP has to submit its customer experience strategy by January 9, 2024.",
        "This is required by DHS Policy Statement 076-02, clause IV.b.",
        f"https://cx.example/clocks/{notice.clock_id}",
    ]
    assert event["URL"] == f"https://cx.example/clocks/{notice.clock_id}"
    assert event["ORGANIZER"] == "mailto:cx@workflow.example"
    assert event["TRANSP"] == "TRANSPARENT"
    assert event["DTSTAMP"].dt == eastern("2023-11-10 06:00")
    assert not event.walk("VALARM")


def test_the_e_mail_says_that_it_brings_a_date_and_is_built_as_mail_programs_expect(swept: Stage) -> None:
    notice = reminder("CBP", -60)
    mail = read(notice)
    assert "Open the attached file to put this date in your calendar." in mail.text
    assert mail.mail.get_content_type() == "multipart/mixed"
    body, file = mail.mail.iter_parts()
    assert isinstance(body, EmailMessage)
    assert body.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in body.iter_parts()] == ["text/plain", "text/html"]
    assert isinstance(file, EmailMessage)
    assert (file.get_content_type(), file.get_param("method")) == ("text/calendar", "PUBLISH")
    assert (file.get_content_disposition(), file.get_filename()) == ("attachment", "deadline.ics")


def test_a_later_reminder_speaks_of_the_same_event_and_a_moved_date_is_a_newer_one(swept: Stage) -> None:
    (first,) = events(reminder("CBP", -60))
    reminders.sweep(at=eastern("2023-12-10 06:00"))
    (again,) = events(reminder("CBP", -30))
    clock, cio = swept.clock("strategy", "CBP"), swept.person(Role.CIO)
    clocks.extend(clock, to=date(2024, 2, 8), reason="Storms.", by=cio, at=eastern("2023-12-11 09:00"))
    reminders.sweep(at=eastern("2024-01-25 06:00"))
    (moved,) = events(reminder("CBP", -14))
    assert first["UID"] == again["UID"] == moved["UID"] == f"clock-{clock.id}@cx.example"
    assert first["SEQUENCE"] == again["SEQUENCE"] == 0
    assert moved["SEQUENCE"] == 30
    assert moved["DTSTART"].dt == date(2024, 2, 8)


def test_events_of_different_clocks_are_told_apart(swept: Stage) -> None:
    assert events(reminder("CBP", -60))[0]["UID"] != events(reminder("TSA", -60))[0]["UID"]


def test_a_date_comes_with_its_reminder_until_the_day_is_over(swept: Stage) -> None:
    reminders.sweep(at=eastern("2024-01-09 06:00"))
    today = reminder("CBP", 0)
    assert events(today, when="2024-01-09 23:59")[0]["DTSTART"].dt == date(2024, 1, 9)
    late = read(today, when="2024-01-10 00:00")
    assert late.files == ()
    assert "attached" not in late.text
    assert late.mail.get_content_type() == "multipart/alternative"


def test_who_is_told_in_case_of_delay_gets_the_date_while_it_is_ahead_and_none_after(swept: Stage) -> None:
    reminders.sweep(at=eastern("2024-01-02 06:00"))
    assert events(reminder("CBP", -7, Role.EXECUTIVE))[0]["DTSTART"].dt == date(2024, 1, 9)
    reminders.sweep(at=eastern("2024-01-16 06:00"))
    assert read(reminder("CBP", 7, Role.EXECUTIVE)).files == ()


def test_a_bundle_brings_one_file_with_all_dates_that_are_ahead(
    app: Flask, tmp_path_factory: pytest.TempPathFactory
) -> None:
    stage = Stage.set(rolling_policy(tmp_path_factory.mktemp("policy")))
    reviews = [stage.submitted(code, "2023-12-24 10:00") and stage.clock("review", code) for code in ("CBP", "TSA")]
    reminders.sweep(at=eastern("2024-01-16 06:00"))
    wanted = sa.select(Notice).where(Notice.kind == "bundle", Notice.to_role == Role.DIRECTORATE_LEAD.value)
    bundle = session().scalars(wanted).one()
    assert len(bundle.facts["bundled"]) > 10, "the strategies that are seven days late as well"
    found = events(bundle)
    assert {each["UID"] for each in found} == {f"clock-{clock.id}@cx.example" for clock in reviews}
    assert [each["DTSTART"].dt for each in found] == [date(2024, 1, 23)] * 2
    assert "Open the attached file to put these dates in your calendar." in read(bundle).text


def test_whatever_a_policy_says_the_lines_are_short_and_the_words_come_back(swept: Stage) -> None:
    notice = reminder("CBP", -60)
    title = "Plan, “été” 李; a\\b 😀 " * 9
    asks = "{component} has to\r\nBEGIN:VALARM: say so, " + "très long " * 40 + "now"
    notice.facts = {**notice.facts, "clock_title": title.strip(), "asks": asks}
    sent = message(notice, sender="CX <cx@workflow.example>", base_url="https://cx.example", at=notice.owed_at)
    parsed = message_from_bytes(sent, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    (file,) = parsed.iter_attachments()
    raw = file.get_payload(decode=True)
    assert isinstance(raw, bytes)
    assert max(map(len, raw.split(b"\r\n"))) <= LINE
    assert raw.count(b"\n") == raw.count(b"\r\n")
    (event,) = events(notice)
    assert event["SUMMARY"] == f"CBP: plan{title.strip()[4:]} due"
    assert event["DESCRIPTION"].startswith("CBP has to\nBEGIN:VALARM: say so, très long ")
    assert not event.walk("VALARM")


def test_a_text_value_is_one_line() -> None:
    assert as_text("one, two; \\three\r\nfour") == "one\\, two\\; \\\\three\\nfour"
