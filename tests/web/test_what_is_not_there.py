"""Who asks for what is not there is told so, and nothing is done."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from cxworkflow.db import session
from cxworkflow.errors import NotFound, NotNow
from cxworkflow.models import Clock, Event, Role
from cxworkflow.services import clocks, drafting
from tests.refusals import refused
from tests.stage import Stage, eastern
from tests.web.visiting import it_is, visitor, words

pytestmark = pytest.mark.integration

AT = eastern("2023-12-20 10:00")
ACTION = "/directorate/actions/dhs-076-02/IV.a.1"


def acts() -> int:
    """How much is on the record, but for refusals."""
    return session().scalar(select(func.count()).where(Event.verb != "refused")) or 0


@pytest.mark.parametrize("path", [f"{ACTION}/steps/999", f"{ACTION}/links/999/removal"])
def test_of_a_department_wide_action(app: Flask, stage: Stage, path: str) -> None:
    it_is(AT)
    lead = visitor(app, stage.person(Role.DIRECTORATE_LEAD))
    before = acts()
    assert lead.post(path, data={"progress": "done"}).status_code == 404
    assert acts() == before


def test_a_person_who_is_to_write_a_section(app: Flask, stage: Stage) -> None:
    it_is(AT)
    paper = stage.drafted("CBP")
    lead = visitor(app, stage.person(Role.LEAD, "CBP"))
    before = acts()
    told = lead.post(f"/strategies/{paper.id}/assignments", data={"clause": "IV.c.1", "person": "999999"})
    assert (told.status_code, "There is no such person." in words(told)) == (404, True)
    assert acts() == before


def test_an_earlier_state_of_a_section(stage: Stage) -> None:
    paper, lead = stage.drafted("CBP"), stage.person(Role.LEAD, "CBP")
    with refused(NotFound, "This section has no such saved state."):
        drafting.restore(paper, "IV.c.1", 999, base_revision=1, by=lead, at=AT)


def test_an_address_with_a_character_that_no_name_has(app: Flask, stage: Stage) -> None:
    it_is(AT)
    assert visitor(app, stage.person(Role.CIO)).get("/components/CB%00P").status_code == 404


def test_a_commitments_clock_is_not_changed_by_itself(stage: Stage) -> None:
    stage.approved("CBP")
    clock = session().scalars(select(Clock).where(Clock.commitment_id.is_not(None))).first()
    assert clock is not None
    later = clock.due_on.replace(year=clock.due_on.year + 1)
    with refused(NotNow, "The date of a commitment is changed with the commitment, so its clock can't be extended."):
        clocks.extend(clock, to=later, reason="A storm.", by=stage.person(Role.CIO), at=eastern("2024-01-25 09:00"))
