"""Two departments side by side on the pages and in the API: one works in one of them at a time."""

import re
from datetime import timedelta

import pytest
from flask import Flask

from cxworkflow.db import session
from cxworkflow.models import Person, Role
from cxworkflow.services import people
from tests.api.programs import Program
from tests.departments import OTHER, beside
from tests.stage import Stage, eastern
from tests.web.visiting import it_is, visitor, words

pytestmark = [pytest.mark.integration, pytest.mark.clause("I")]

AT = eastern("2024-01-08 09:00")


def in_both(stage: Stage, other: Stage) -> Person:
    """The CIO of one department who writes for a Component of the other."""
    both = stage.newcomer("Bea Both", (Role.CIO, None))
    people.appoint(both, Role.CONTRIBUTOR, other.component("CBP"), from_on=AT.date(), at=AT)
    session().commit()
    session().refresh(both)
    it_is(AT)
    return both


def test_who_has_roles_in_one_department_is_offered_no_choice(app: Flask, stage: Stage) -> None:
    beside()
    it_is(AT)
    lead = visitor(app, stage.person(Role.LEAD, "CBP"))
    assert "Change the department" not in words(lead.get("/"))
    assert "hold no role in another one" in words(lead.get("/me/department"))
    assert lead.post("/me/department", data={"department": OTHER}).status_code == 404
    assert "change the department" not in words(lead.get("/strategies/999999"))


def test_one_works_in_one_department_at_a_time(app: Flask, stage: Stage) -> None:
    other = beside()
    own, foreign = stage.submitted("ICE"), other.drafted("CBP")
    both = visitor(app, in_both(stage, other))
    page = words(both.get("/"))
    assert "Chief Information Officer" in page
    assert "Department of Homeland Security Change the department" in page
    assert both.get("/department").status_code == 200
    assert both.get(f"/strategies/{own.id}").status_code == 200
    missing = both.get(f"/strategies/{foreign.id}")
    assert missing.status_code == 404
    assert f"/me/department?next=/strategies/{foreign.id}" in missing.text
    chosen = both.post("/me/department", data={"department": OTHER, "next": f"/strategies/{foreign.id}"})
    assert chosen.location == f"/strategies/{foreign.id}"
    page = words(both.get(chosen.location))
    assert "Component contributor, CBP" in page
    assert "Chief Information Officer" not in page.split("Sign out")[0]
    assert both.get(f"/strategies/{own.id}").status_code == 404
    assert both.get("/department").status_code == 403


def test_a_code_names_the_component_of_the_department_in_which_one_works(app: Flask, stage: Stage) -> None:
    other = beside()
    stage.drafted("CBP")
    foreign = other.drafted("CBP")
    both = visitor(app, in_both(stage, other))
    assert f"/strategies/{foreign.id}" not in both.get("/components/CBP").text
    both.post("/me/department", data={"department": OTHER})
    assert f"/strategies/{foreign.id}" in both.get("/components/CBP").text
    assert both.get("/policies/dhs-076-02").status_code == 404


def test_a_role_that_ended_is_worked_in_no_more(app: Flask, stage: Stage) -> None:
    other = beside()
    person = in_both(stage, other)
    both = visitor(app, person)
    both.post("/me/department", data={"department": OTHER})
    it_is(AT + timedelta(days=1))
    next(each for each in person.appointments if each.department == OTHER).until_on = AT.date()
    session().commit()
    both = visitor(app, person)
    assert "Chief Information Officer" in words(both.get("/"))
    assert both.post("/me/department", data={"department": OTHER}).status_code == 404


def test_a_token_works_in_the_department_in_which_it_was_made(app: Flask, stage: Stage) -> None:
    other = beside()
    own, foreign = stage.submitted("ICE"), other.drafted("CBP")
    person = in_both(stage, other)
    both, seen = visitor(app, person), {}
    for department in (OTHER, "dhs"):
        both.post("/me/department", data={"department": department})
        made = both.post("/me/tokens", data={"name": department, "strategies": "strategies:read", "days": "30"})
        secret = re.search(r'value="(cxw_[\w-]{43})"', made.text)
        assert secret is not None
        seen[department] = Program(app, secret[1])
    assert [each["id"] for each in seen["dhs"].told("GET", "/strategies")["items"]] == [own.id]
    assert [each["id"] for each in seen[OTHER].told("GET", "/strategies")["items"]] == [foreign.id]
    assert seen["dhs"].ask("GET", f"/strategies/{foreign.id}").status_code == 404
    held = next(each for each in person.appointments if each.department == OTHER)
    held.until_on = AT.date()
    session().commit()
    assert seen[OTHER].told("GET", "/strategies")["items"] == [], "it does not go on in the other department"


def test_the_people_of_another_department_are_not_in_the_list(app: Flask, stage: Stage) -> None:
    other = beside()
    it_is(AT)
    administrator = visitor(app, stage.person(Role.ADMINISTRATOR))
    assert "elsewhere.example" not in administrator.get("/people").text
    assert "elsewhere.example" not in administrator.get("/people?as=csv").text
    theirs = other.person(Role.LEAD, "CBP")
    assert administrator.get(f"/people/{theirs.id}").status_code == 404
    added = administrator.post("/people/new", data={"name": "Whoever", "email": theirs.email})
    assert added.status_code == 303
    assert theirs.email in administrator.get(f"/people/{theirs.id}").text
    assert administrator.post(f"/people/{theirs.id}/deactivation", data={"reason": "Gone."}).status_code == 403


def test_a_calendar_has_the_dates_of_every_department_of_a_person(app: Flask, stage: Stage) -> None:
    other = beside()
    both = visitor(app, in_both(stage, other))
    page = both.post("/inbox/calendar").text
    secret = page.split("/calendar/")[1].split(".ics")[0]
    feed = both.get(f"/calendar/{secret}.ics").text
    assert "ICE" in feed
    assert feed.count("BEGIN:VEVENT") > 5
