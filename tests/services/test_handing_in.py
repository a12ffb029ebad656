"""What a policy asks each Component to deliver beside its paper, such as a report on its surveys."""

import pytest
from flask import Flask
from sqlalchemy import select

from config.settings import POLICIES
from cxworkflow.db import session
from cxworkflow.errors import InvalidInput, NotAllowed, NotFound, NotNow
from cxworkflow.models import Clock, Deliverable, Event, Notice, Role
from cxworkflow.permissions.reach import scope_of
from cxworkflow.scope import within
from cxworkflow.services import deliverables
from tests.refusals import refused
from tests.stage import Stage, eastern
from tests.web.visiting import it_is, visitor

pytestmark = [pytest.mark.integration, pytest.mark.clause("eo-12862 2")]

AT = eastern("1994-03-01 10:00")
SAID = "Sent to the President: 12,000 people were asked."


@pytest.fixture
def order(app: Flask) -> Stage:
    """Executive Order 12862 in force, with one person in every role."""
    return Stage.set(POLICIES / "eo-12862.toml")


def handed_in(order: Stage, code: str = "TREAS", role: Role = Role.LEAD, **said: str) -> Deliverable:
    what, statement = said.get("what", "survey-report"), said.get("statement", SAID)
    by = order.person(role, code if role in (Role.LEAD, Role.EXECUTIVE, Role.CONTRIBUTOR) else None)
    return deliverables.hand_in(order.edition, what, order.component(code), statement=statement, by=by, at=AT)


def test_a_report_stops_the_clock_of_its_own_component_and_is_told(order: Stage) -> None:
    handed_in(order)
    stopped = session().scalars(select(Clock).where(Clock.kind == "survey-report", Clock.stopped_on.is_not(None)))
    assert [clock.component.code for clock in stopped if clock.component] == ["TREAS"]
    line = session().scalars(select(Event).where(Event.verb == "delivered")).one()
    assert (line.details["statement"], line.component_id) == (SAID, order.component("TREAS").id)
    told = session().scalars(select(Notice).where(Notice.kind == "delivered")).all()
    assert {notice.to_role for notice in told} == {Role.LEAD, Role.EXECUTIVE, Role.DIRECTORATE_LEAD}


def test_it_is_handed_in_once_in_words_by_those_who_speak_for_the_component(order: Stage) -> None:
    with refused(InvalidInput, "Say what was delivered, and to whom"):
        handed_in(order, statement=" ")
    with refused(NotAllowed, "You may not record what this Component delivered."):
        handed_in(order, role=Role.CONTRIBUTOR)
    with refused(NotAllowed, "You may not record what this Component delivered."):
        handed_in(order, role=Role.CIO)
    with refused(NotFound, "It asks for: survey-report."):
        handed_in(order, what="cake")
    handed_in(order, role=Role.EXECUTIVE)
    with refused(NotNow, "recorded as done already"):
        handed_in(order)


def test_what_components_deliver_is_not_the_directorates(order: Stage) -> None:
    with refused(NotFound, "asks for no “survey-report”"):
        deliverables.deliver(order.edition, "survey-report", by=order.person(Role.CIO), at=AT)
    assert deliverables.delivered(order.edition) == set()


def test_others_of_other_components_do_not_see_it(order: Stage) -> None:
    handed_in(order)
    session().commit()
    seen = {}
    for name, person in {
        "own": order.person(Role.CONTRIBUTOR, "TREAS"),
        "other": order.person(Role.LEAD, "USDA"),
        "overseer": order.person(Role.AUDITOR),
    }.items():
        with within(scope_of(person, at=AT)):
            seen[name] = len(session().scalars(select(Deliverable.id)).all())
    assert seen == {"own": 1, "other": 0, "overseer": 1}


def test_the_lead_records_it_on_the_components_page(app: Flask, order: Stage) -> None:
    lead = order.person(Role.LEAD, "TREAS")
    it_is(AT)
    client = visitor(app, lead)
    path = "/components/TREAS/deliverables/eo-12862/survey-report"
    assert "Report on customer surveys" in client.get("/components/TREAS").text
    assert client.post(path, data={"statement": ""}).status_code == 422
    assert client.post(path, data={"statement": SAID}).status_code == 303
    page = client.get("/components/TREAS").text
    assert SAID in page
    assert path not in page
    assert client.post(path.replace("TREAS", "USDA"), data={"statement": SAID}).status_code == 403
