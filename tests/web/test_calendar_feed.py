"""The private address of one's due dates: read by a calendar program, renewed, revoked; and whose dates are in it."""

import re
from typing import Any

import icalendar
import pytest
from flask import Flask
from sqlalchemy import select, text

from cxworkflow.db import session
from cxworkflow.models import CalendarFeed, Event, Person, Role
from cxworkflow.services import clocks, recurring
from tests import hisps
from tests.stage import Stage, eastern
from tests.web.visiting import Browser, it_is, visitor, words

pytestmark = pytest.mark.integration


def address(app: Flask, person: Person) -> str:
    """Where the calendar of a person is, after they made it."""
    page = visitor(app, person).post("/inbox/calendar").get_data(as_text=True)
    found = re.search(r'value="http://localhost(/calendar/[\w-]{43}\.ics)"', page)
    assert found is not None
    return found[1]


def program(app: Flask) -> Browser:
    """A calendar program, which is signed in nowhere."""
    return Browser(app, app.response_class, use_cookies=True)


def events(app: Flask, path: str) -> dict[str, Any]:
    """What a program that is not ours reads there, by the words of each event."""
    answer = program(app).get(path)
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    assert all(len(line) <= 75 for line in answer.get_data().split(b"\r\n"))
    calendar = icalendar.Calendar.from_ical(answer.get_data())
    assert not calendar.errors
    found = {}
    for event in calendar.walk("VEVENT"):
        assert not event.errors
        found[str(event["SUMMARY"])] = event
    return found


@pytest.fixture
def today(stage: Stage) -> None:
    hisps.in_force()
    recurring.open_due(at=eastern("2023-10-01 00:05"))
    session().commit()
    it_is(eastern("2023-12-20 10:00"))


def test_a_lead_finds_every_clock_of_the_component_and_no_other(app: Flask, stage: Stage, today: None) -> None:
    path = address(app, stage.person(Role.LEAD, "CBP"))
    found = events(app, path)
    assert set(found) == {"CBP: strategy submission due", "CBP: quarterly customer experience data due"}
    event = found["CBP: strategy submission due"]
    assert event["DTSTART"].dt == eastern("2024-01-09 00:00").date()
    assert event["UID"] == f"clock-{stage.clock('strategy', 'CBP').id}@localhost"
    assert (event["SEQUENCE"], event["STATUS"]) == (0, "CONFIRMED")


def test_the_cio_finds_what_the_cio_is_reminded_of(app: Flask, stage: Stage, today: None) -> None:
    found = events(app, address(app, stage.person(Role.CIO)))
    assert "Implementation across the Department: due" in found
    assert "TSA: strategy submission due" in found


def test_who_holds_no_role_finds_an_empty_calendar(app: Flask, stage: Stage, today: None) -> None:
    assert events(app, address(app, stage.newcomer("Norm Null"))) == {}


def test_a_date_that_moves_keeps_its_uid_and_one_that_is_done_is_gone(app: Flask, stage: Stage, today: None) -> None:
    path, name = address(app, stage.person(Role.LEAD, "CBP")), "CBP: strategy submission due"
    before, cio = events(app, path)[name], stage.person(Role.CIO)
    clock = stage.clock("strategy", "CBP")
    clocks.extend(clock, to=clock.due_on.replace(month=2), reason="Staff.", by=cio, at=eastern("2023-12-20 09:00"))
    after = events(app, path)[name]
    assert (after["UID"], after["SEQUENCE"]) == (before["UID"], 31)
    assert after["LAST-MODIFIED"].dt > before["LAST-MODIFIED"].dt
    clocks.pause(clock, reason="A lapse.", by=cio, at=eastern("2023-12-20 09:30"))
    assert events(app, path)[f"{name} (paused)"]["STATUS"] == "TENTATIVE"
    clocks.resume(clock, by=cio, at=eastern("2023-12-20 09:45"))
    stage.submitted("CBP", "2023-12-20 09:50")
    assert name not in events(app, path)


def test_a_program_that_has_it_already_is_told_so(app: Flask, stage: Stage, today: None) -> None:
    path, client = address(app, stage.person(Role.LEAD, "CBP")), program(app)
    first = client.get(path)
    assert first.headers["Cache-Control"] == "private, max-age=600"
    assert "Set-Cookie" not in first.headers
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.get_data()) == (304, b"")
    assert client.get(path, headers={"If-Modified-Since": first.headers["Last-Modified"]}).status_code == 304


def test_a_renewed_a_revoked_and_a_deactivated_persons_address_lead_nowhere(
    app: Flask, stage: Stage, today: None
) -> None:
    lead = stage.person(Role.LEAD, "CBP")
    first, second = address(app, lead), address(app, lead)
    assert program(app).get(first).status_code == 404
    assert program(app).get(second).status_code == 200
    lead.deactivated_at = eastern("2023-12-20 09:00")
    session().commit()
    assert program(app).get(second).status_code == 404
    lead.deactivated_at = None
    session().commit()
    done = visitor(app, lead).post("/inbox/calendar/end", follow_redirects=True)
    assert "The address is revoked." in words(done)
    assert program(app).get(second).status_code == 404
    verbs = session().scalars(select(Event.verb).where(Event.verb.like("calendar-%")).order_by(Event.id)).all()
    assert verbs == ["calendar-made", "calendar-made", "calendar-revoked"]


def test_the_secret_stands_nowhere_but_on_its_page(app: Flask, stage: Stage, today: None) -> None:
    path = address(app, stage.person(Role.LEAD, "CBP"))
    secret = path.removeprefix("/calendar/").removesuffix(".ics")
    kept = session().scalars(select(CalendarFeed)).one()
    assert secret != kept.token_sha256
    assert session().scalar(text("select count(*) from event where strpos(body, :it) > 0"), {"it": secret}) == 0
    assert secret not in visitor(app, stage.person(Role.LEAD, "CBP")).get("/inbox/").get_data(as_text=True)
