"""Services of a HISP through the API: added and changed on top of what was read, by who keeps the register."""

import pytest
from flask import Flask
from sqlalchemy import select

from cxworkflow.db import session
from cxworkflow.models import Event, Role
from tests import hisps
from tests.api.programs import Program, token_of
from tests.stage import Stage, eastern
from tests.web.visiting import it_is

pytestmark = pytest.mark.integration

NOW = eastern("2023-12-20 10:00")
FACTS = {"name": "Border wait times", "channels": ["website"], "from_on": "2021-10-01"}


def of(app: Flask, stage: Stage, role: Role, code: str | None = None) -> Program:
    """A program of whoever holds a role."""
    it_is(NOW)
    return Program(app, token_of(stage.person(role, code), at=NOW))


def test_a_lead_adds_a_service_and_changes_it_on_top_of_what_was_read(app: Flask, stage: Stage) -> None:
    hisps.in_force()
    lead = of(app, stage, Role.LEAD, "CBP")
    made = lead.ask("POST", "/components/CBP/services", FACTS)
    assert (made.status_code, made.headers["ETag"]) == (200, '"1"')
    page = f"/services/{made.get_json()['id']}"
    numbered = FACTS | {"omb_control_number": "1651-0136", "until_on": "2030-01-01"}
    changed = lead.ask("PUT", page, numbered, etag='"1"')
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"2"')
    assert lead.ask("PUT", page, FACTS, etag='"1"').status_code == 412
    assert lead.ask("PUT", page, FACTS).status_code == 428
    told = lead.told("GET", page)
    assert (told["omb_control_number"], told["until_on"], told["revision"]) == ("1651-0136", "2030-01-01", 2)
    assert lead.told("GET", "/services?component=CBP&state=offered")["items"] == [told]
    assert lead.told("GET", "/services?state=ended")["items"] == []
    verbs = session().scalars(select(Event.verb).where(Event.verb.like("service-%")).order_by(Event.id)).all()
    assert verbs == ["service-added", "service-changed"]


def test_what_the_register_can_not_say_is_told_and_nothing_is_kept(app: Flask, stage: Stage) -> None:
    hisps.in_force()
    lead = of(app, stage, Role.LEAD, "CBP")
    for wrong, place in (
        ({"name": " "}, "name"),
        ({"channels": ["pigeon"]}, "channels"),
        ({"omb_control_number": "17"}, "omb_control_number"),
        ({"until_on": "2021-10-01"}, "until"),
        ({"from_on": "yesterday"}, "from_on"),
    ):
        answer = lead.ask("POST", "/components/CBP/services", FACTS | wrong)
        assert (answer.status_code, {each["where"] for each in answer.get_json()["errors"]}) == (422, {place})
    assert lead.told("GET", "/services")["items"] == []


def test_others_read_it_or_do_not_know_of_it(app: Flask, stage: Stage) -> None:
    hisps.in_force()
    service = hisps.service(stage, "CBP")
    session().commit()
    page, cio, other = f"/services/{service.id}", of(app, stage, Role.CIO), of(app, stage, Role.LEAD, "TSA")
    assert cio.told("GET", page)["component"] == "CBP"
    assert cio.ask("PUT", page, FACTS, etag='"1"').status_code == 403
    assert cio.ask("POST", "/components/CBP/services", FACTS).status_code == 403
    assert other.ask("GET", page).status_code == 404
    assert other.ask("POST", "/components/CBP/services", FACTS).status_code == 404
    assert other.told("GET", "/services")["items"] == []
