"""Every clock one may know of in a list, and each one's whole story on a page of its own."""

import re

import pytest
from flask import Flask

from cxworkflow.db import session
from cxworkflow.models import Clock, Role
from cxworkflow.services import clocks, reminders, strategies
from tests.stage import Stage, eastern
from tests.web.visiting import it_is, statements, visitor, words

pytestmark = [pytest.mark.integration, pytest.mark.clause("IV.b")]


@pytest.fixture
def clock(stage: Stage) -> Clock:
    """ICE's clock for its submission, due January 9, read on December 11."""
    it_is(eastern("2023-12-11 09:00"))
    return stage.clock("strategy", "ICE")


def to(year: int, month: int, day: int) -> dict[str, str]:
    """A day, typed into its three boxes."""
    return {"to-year": str(year), "to-month": str(month), "to-day": str(day)}


def test_the_cio_sees_every_clock_and_a_lead_only_their_own(app: Flask, stage: Stage, clock: Clock) -> None:
    everything = words(visitor(app, stage.person(Role.CIO)).get("/clocks/"))
    assert "1 to 17 of 17 clocks" in everything
    own = words(visitor(app, stage.person(Role.LEAD, "ICE")).get("/clocks/"))
    assert "1 of 1 clock" in own
    assert "Due in 29 days" in own
    assert visitor(app, stage.person(Role.LEAD, "TSA")).get(f"/clocks/{clock.id}").status_code == 404


def test_required_by_policy_and_set_by_the_directorate_are_told_apart(app: Flask, stage: Stage) -> None:
    stage.submitted("TSA")
    session().commit()
    it_is(eastern("2023-12-20 09:00"))
    shown = words(visitor(app, stage.person(Role.CIO)).get("/clocks/?component=TSA"))
    assert "Policy, IV.b" in shown
    assert "CX Directorate (target)" in shown


def test_a_target_that_has_passed_makes_nothing_late(app: Flask, stage: Stage) -> None:
    strategy = stage.returned("TSA")
    target = stage.clock("revision", "TSA")
    client, row, page = visitor(app, stage.person(Role.CIO)), "/clocks/?kind=revision", f"/clocks/{target.id}"
    it_is(eastern("2024-01-25 09:00"))
    passed = [words(client.get(each)) for each in (page, f"{row}&as=csv")]
    assert "due on January 19, 2024 . Target passed 6 days ago" in passed[0]
    assert ",Target passed,," in passed[1]
    strategies.submit(strategy, by=stage.person(Role.LEAD, "TSA"), at=eastern("2024-01-25 10:00"))
    met = [words(client.get(each)) for each in (page, row, f"{row}&as=csv")]
    assert "Met 6 days after the target" in met[0]
    assert "Met 6 days after the target" in met[1]
    assert ",Met after the target,," in met[2]
    for shown in (*passed, *met):
        assert not re.search(r"\blate\b", shown.replace("Days late", "").replace("Met late No longer", "")), shown


def test_filters_narrow_the_list_and_what_nobody_offers_is_refused(app: Flask, stage: Stage, clock: Clock) -> None:
    client = visitor(app, stage.person(Role.CIO))
    it_is(eastern("2024-01-10 09:00"))
    assert "1 to 16 of 16 clocks" in words(client.get("/clocks/?state=overdue"))
    assert "1 of 1 clock" in words(client.get("/clocks/?kind=strategy&component=ICE&sort=component"))
    assert "No clock is like that." in words(client.get("/clocks/?state=met"))
    for refused in ("state=melted", "kind=egg-timer", "component=XYZ", "sort=sideways", "page=0", "page=x"):
        assert client.get(f"/clocks/?{refused}").status_code == 422


def test_a_clocks_page_says_why_it_is_due_and_who_is_reminded_when(app: Flask, stage: Stage, clock: Clock) -> None:
    reminders.sweep(at=eastern("2023-12-11 06:00"))
    session().commit()
    shown = words(visitor(app, stage.person(Role.CIO)).get(f"/clocks/{clock.id}"))
    assert "due on January 9, 2024 ." in shown
    assert "180 days from July 13, 2023 is January 9, 2024." in shown
    assert "December 26, 2023 14 days before Component lead" in shown
    assert "January 23, 2024 14 days after Component lead, Component executive, CX Directorate lead, Chief" in shown
    assert "repeated every 14 days until the clock stops" in shown
    assert "December 10, 2023 30 days before ICE lead , 30 days before waiting" in shown


def test_the_cio_extends_a_clock_and_the_page_tells_it(app: Flask, stage: Stage, clock: Clock) -> None:
    client = visitor(app, stage.person(Role.CIO))
    form = {"form": "extend", "reason": "A storm response.", "authority": "", **to(2024, 2, 8)}
    told = words(client.post(f"/clocks/{clock.id}/extension", data=form, follow_redirects=True))
    assert "The clock is extended to February 8, 2024." in told
    assert "Extended by 30 days, from January 9, 2024 to February 8, 2024. A storm response." in told
    assert "January 9, 2024, moved since" in told


@pytest.mark.clause("IV.e")
def test_an_extension_past_the_cap_asks_for_the_authority_and_keeps_what_was_typed(
    app: Flask, stage: Stage, clock: Clock
) -> None:
    client, path = visitor(app, stage.person(Role.CIO)), f"/clocks/{clock.id}/extension"
    form = {"form": "extend", "reason": "A long storm.", "authority": "", **to(2024, 10, 15)}
    refused = client.post(path, data=form)
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert 'href="#authority"' in page
    assert 'id="authority"' in page
    assert "A long storm." in page
    assert 'value="2024"' in page
    told = client.post(path, data={**form, "authority": "Secretary's memo of January 2"}, follow_redirects=True)
    assert "Authority: Secretary's memo of January 2" in words(told)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({}, "Give month, day and year."),
        (to(2024, 2, 30), "There is no such day."),
        ({"to-year": "soon", "to-month": "1", "to-day": "1"}, "There is no such day."),
        (to(9999, 12, 31), "Give a year from 1900 to 2199."),
        (to(2024, 1, 5), "An extension moves the due date later."),
    ],
)
def test_a_day_that_is_none_is_said_beside_its_boxes(
    app: Flask, stage: Stage, clock: Clock, typed: dict[str, str], sentence: str
) -> None:
    client = visitor(app, stage.person(Role.CIO))
    refused = client.post(f"/clocks/{clock.id}/extension", data={"form": "extend", "reason": "A storm.", **typed})
    assert refused.status_code == 422
    assert words(refused).count(sentence) == 2
    session().refresh(clock)
    assert clock.due_on == clock.original_due_on


def test_a_pause_and_its_end_are_told_line_by_line(app: Flask, stage: Stage, clock: Clock) -> None:
    client = visitor(app, stage.person(Role.CIO))
    lapse = {"form": "pause", "reason": "Lapse in appropriations."}
    paused = words(client.post(f"/clocks/{clock.id}/pause", data=lapse, follow_redirects=True))
    assert "None while the clock is paused." in paused
    it_is(eastern("2023-12-30 09:00"))
    resumed = words(client.post(f"/clocks/{clock.id}/resumption", follow_redirects=True))
    assert "Paused 19 days, from December 11, 2023 to December 30, 2023." in resumed
    assert "19 days after January 9, 2024 is January 28, 2024." in resumed
    again = client.post(f"/clocks/{clock.id}/resumption")
    assert again.status_code == 409
    assert "This clock is not paused" in words(again)


def test_a_lead_asks_for_more_time_and_the_cio_grants_it(app: Flask, stage: Stage, clock: Clock) -> None:
    lead, cio = visitor(app, stage.person(Role.LEAD, "ICE")), visitor(app, stage.person(Role.CIO))
    form = {"form": "ask", "reason": "The survey ends on January 12.", **to(2024, 1, 20)}
    asked = words(lead.post(f"/clocks/{clock.id}/requests", data=form, follow_redirects=True))
    assert "Your request is with the Chief Information Officer" in asked
    assert "has been asked and has not answered yet" in asked
    page = cio.get(f"/clocks/{clock.id}").get_data(as_text=True)
    number = page.partition("/requests/")[2].partition("/")[0]
    granted = cio.post(f"/clocks/{clock.id}/requests/{number}/grant", data={"form": "grant"}, follow_redirects=True)
    assert "The clock is extended to January 20, 2024." in words(granted)
    assert "Granted by" in words(granted)
    assert cio.post(f"/clocks/{clock.id}/requests/{number}/grant", data={"form": "grant"}).status_code == 409


def test_a_request_is_refused_only_with_a_reason(app: Flask, stage: Stage, clock: Clock) -> None:
    lead, cio = visitor(app, stage.person(Role.LEAD, "ICE")), visitor(app, stage.person(Role.CIO))
    lead.post(f"/clocks/{clock.id}/requests", data={"form": "ask", "reason": "Holidays.", **to(2024, 1, 20)})
    number = cio.get(f"/clocks/{clock.id}").get_data(as_text=True).partition("/requests/")[2].partition("/")[0]
    path = f"/clocks/{clock.id}/requests/{number}/refuse"
    refused = cio.post(path, data={"form": "refuse", "reason": ""})
    assert refused.status_code == 422
    assert "Say why the extension is refused" in words(refused)
    told = cio.post(path, data={"form": "refuse", "reason": "Everybody has them."}, follow_redirects=True)
    assert "Everybody has them." in words(lead.get(f"/clocks/{clock.id}"))
    assert "due on January 9, 2024" in words(told)


def test_nobody_but_the_cio_moves_a_clock(app: Flask, stage: Stage, clock: Clock) -> None:
    for role, code in ((Role.DIRECTORATE_LEAD, None), (Role.AUDITOR, None), (Role.LEAD, "ICE")):
        client = visitor(app, stage.person(role, code))
        for what in ("extension", "pause", "resumption"):
            answer = client.post(f"/clocks/{clock.id}/{what}", data={"reason": "I want to.", **to(2024, 2, 8)})
            assert answer.status_code == 403


def test_more_clocks_and_reminders_need_no_more_statements(app: Flask, stage: Stage, clock: Clock) -> None:
    client = visitor(app, stage.person(Role.CIO))
    pages = ("/clocks/", f"/clocks/{clock.id}")
    few = []
    for page in pages:
        with statements(app) as seen:
            client.get(page)
        few.append(len(seen))
    for code in ("CBP", "TSA", "FEMA"):
        stage.submitted(code)
    clocks.extend(
        clock,
        to=eastern("2024-03-01 00:00").date(),
        reason="A storm.",
        by=stage.person(Role.CIO),
        at=eastern("2023-12-11 10:00"),
    )
    reminders.sweep(at=eastern("2024-02-20 06:00"))
    session().commit()
    for page, before in zip(pages, few, strict=True):
        with statements(app) as seen:
            client.get(page)
        assert len(seen) == before, "\n".join(seen)
