"""The Department-wide actions: how each stands, its steps, and the strategies that serve it."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from cxworkflow.db import session
from cxworkflow.errors import InvalidInput, NotAllowed, NotFound, NotNow
from cxworkflow.models import ActionLink, ActionState, ActionStep, Role
from cxworkflow.services import department_actions
from tests.refusals import refused
from tests.stage import Stage, eastern
from tests.web.visiting import it_is, visitor, words

pytestmark = [pytest.mark.integration, pytest.mark.clause("IV.a.1")]

AT = eastern("2023-12-20 10:00")
ACTION = "/directorate/actions/dhs-076-02/IV.a.1"


def test_the_policy_directs_four_actions(stage: Stage) -> None:
    assert [each.clause for each in stage.edition.policy.actions] == ["IV.a.1", "IV.a.2", "IV.a.3", "IV.a.4"]


def test_an_action_has_an_owner_steps_and_strategies_that_serve_it(stage: Stage) -> None:
    lead, edition, paper = stage.person(Role.DIRECTORATE_LEAD), stage.edition, stage.submitted("CBP")
    first = department_actions.stand(edition, "IV.a.1", ActionState.PLANNED, owner="OCIO", note="", by=lead, at=AT)
    again = department_actions.stand(
        edition, "IV.a.1", ActionState.UNDER_WAY, owner="OCIO", note="Begun.", by=lead, at=AT
    )
    assert (first is again, again.progress) == (True, ActionState.UNDER_WAY)
    step = department_actions.plan(edition, "IV.a.1", "A course.", due_on=date(2024, 2, 1), by=lead, at=AT)
    session().flush()
    department_actions.move(step, ActionState.DONE, by=lead, at=AT)
    with refused(NotNow, "The step stands so already."):
        department_actions.move(step, ActionState.DONE, by=lead, at=AT)
    made = department_actions.link(edition, "IV.a.1", paper, "IV.c.4", why="It trains.", by=lead, at=AT)
    with refused(NotNow, "This is named already."):
        department_actions.link(edition, "IV.a.1", paper, "IV.c.4", why="It trains.", by=lead, at=AT)
    department_actions.unlink(made, by=lead, at=AT)
    with refused(NotNow, "This is taken off already."):
        department_actions.unlink(made, by=lead, at=AT)


def test_what_is_lacking_is_said(stage: Stage) -> None:
    lead, edition, paper = stage.person(Role.DIRECTORATE_LEAD), stage.edition, stage.submitted("CBP")
    with refused(InvalidInput, "Say who owns the action"):
        department_actions.stand(edition, "IV.a.1", ActionState.DONE, owner=" ", note="", by=lead, at=AT)
    with refused(InvalidInput, "That day is over."):
        department_actions.plan(edition, "IV.a.1", "A course.", due_on=date(2023, 12, 19), by=lead, at=AT)
    with refused(InvalidInput, "Choose one of the sections"):
        department_actions.link(edition, "IV.a.1", paper, "IX", why="It trains.", by=lead, at=AT)
    with refused(NotFound, "directs no action of this clause"):
        department_actions.plan(edition, "IV.b", "A course.", due_on=date(2024, 2, 1), by=lead, at=AT)
    with refused(NotAllowed, "You may not keep the Department-wide actions."):
        department_actions.plan(
            edition, "IV.a.1", "A course.", due_on=date(2024, 2, 1), by=stage.person(Role.REVIEWER), at=AT
        )


def test_the_pages_show_what_is_said_and_take_it(app: Flask, stage: Stage) -> None:
    stage.submitted("CBP")
    it_is(AT)
    lead = visitor(app, stage.person(Role.DIRECTORATE_LEAD))
    assert words(lead.get("/directorate/actions")).count("Not said yet None planned") == 4
    lead.post(f"{ACTION}/standing", data={"owner": "OCIO training office", "progress": "under-way", "note": ""})
    lead.post(f"{ACTION}/steps", data={"title": "A course", "due-year": "2024", "due-month": "2", "due-day": "1"})
    lead.post(f"{ACTION}/links", data={"component": "CBP", "section": "IV.c.4", "why": "It trains its people."})
    page = words(lead.get(ACTION))
    assert "A course, by February 1, 2024: Planned" in page
    assert "CBP, IV.c.4 : It trains its people." in page
    step, made = session().scalars(select(ActionStep.id)).one(), session().scalars(select(ActionLink.id)).one()
    lead.post(f"{ACTION}/steps/{step}", data={"progress": "done"})
    listed = lead.get("/directorate/actions?as=csv").get_data(as_text=True)
    assert "IV.a.1,Build capacity,OCIO training office,Under way,,1,1,,CBP" in listed
    lead.post(f"{ACTION}/links/{made}/removal")
    assert "No strategy is named yet." in words(lead.get(ACTION))
    past = {"title": "Another course", "due-year": "2023", "due-month": "2", "due-day": "1"}
    told = lead.post(f"{ACTION}/steps", data=past)
    assert (told.status_code, "Another course" in words(told) or "Another course" in told.text) == (422, True)
    assert visitor(app, stage.person(Role.LEAD, "CBP")).get(ACTION).status_code == 403


def test_the_list_of_actions_is_narrowed_sorted_and_taken_away(app: Flask, stage: Stage) -> None:
    lead, edition, paper = stage.person(Role.DIRECTORATE_LEAD), stage.edition, stage.submitted("CBP")
    department_actions.stand(edition, "IV.a.2", ActionState.PLANNED, owner="OCIO", note="", by=lead, at=AT)
    department_actions.plan(edition, "IV.a.3", "A course.", due_on=date(2024, 3, 1), by=lead, at=AT)
    department_actions.plan(edition, "IV.a.4", "A course.", due_on=date(2024, 2, 1), by=lead, at=AT)
    department_actions.link(edition, "IV.a.3", paper, "IV.c.4", why="It measures.", by=lead, at=AT)
    it_is(AT)

    def listed(asked: str) -> list[str]:
        told = visitor(app, lead).get(f"/directorate/actions?as=csv&{asked}").get_data(as_text=True)
        return [line.split(",")[0].lstrip("\ufeff") for line in told.splitlines()[1:]]

    assert listed("") == ["IV.a.1", "IV.a.2", "IV.a.3", "IV.a.4"]
    assert listed("sort=-policy") == ["IV.a.4", "IV.a.3", "IV.a.2", "IV.a.1"]
    assert listed("sort=next")[:2] == ["IV.a.4", "IV.a.3"]
    assert listed("state=planned") == ["IV.a.2"]
    assert listed("state=not-said") == ["IV.a.1", "IV.a.3", "IV.a.4"]
    assert listed("component=CBP") == ["IV.a.3"]
    assert "No action is like that." in words(visitor(app, lead).get("/directorate/actions?state=done"))
