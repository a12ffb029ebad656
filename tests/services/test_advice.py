"""What the Directorate recommends is for who decides; the Component reads it with the decision, and not before."""

import pytest
from sqlalchemy import select, text

from cxworkflow.db import session
from cxworkflow.models import Event, Outcome, Person, Role, Strategy
from cxworkflow.permissions import Permission, may
from cxworkflow.permissions.reach import scope_of
from cxworkflow.queries import reviews as queries
from cxworkflow.scope import within
from cxworkflow.services import people, reviews
from tests.stage import Stage, eastern

pytestmark = [pytest.mark.integration, pytest.mark.clause("IV.b")]

AT = eastern("2023-12-20 09:00")
OF_CBP = (Role.LEAD, Role.EXECUTIVE, Role.CONTRIBUTOR)


@pytest.fixture
def recommended(stage: Stage, under_review: Strategy) -> Strategy:
    """CBP's strategy, recommended for approval on December 20."""
    lead = stage.person(Role.DIRECTORATE_LEAD)
    reviews.recommend(under_review, Outcome.APPROVED, text="Complete.", by=lead, at=AT)
    session().flush()
    return under_review


def reads(person: Person, strategy: Strategy) -> bool:
    """Whether somebody reads the recommendation: by the table, by the database alone, and on the page."""
    session().commit()  # lines of the record are written by who wrote them
    allowed = may(person, Permission.SEE_ADVICE, strategy, at=AT)
    with within(scope_of(person, at=AT)):
        there = session().scalar(text("select count(*) from recommendation")) == 1
        lines = select(Event.verb).where(Event.strategy_id == strategy.id, Event.verb == "recommend")
        on_record = session().scalar(lines) is not None
    shown = queries.dossier(person, strategy.id, at=AT)
    told = shown.recommendation is not None
    assert allowed == there == told
    assert allowed or not on_record
    assert allowed or "recommend" not in [each.verb for each in shown.events]
    return allowed


def test_before_the_decision_it_is_for_the_directorate_the_cio_and_auditors(
    stage: Stage, recommended: Strategy
) -> None:
    for role in (Role.REVIEWER, Role.DIRECTORATE_LEAD, Role.CIO, Role.AUDITOR):
        assert reads(stage.person(role), recommended), role
    for role in OF_CBP:
        assert not reads(stage.person(role, "CBP"), recommended), role


def test_with_the_decision_the_component_reads_it_too(stage: Stage, recommended: Strategy) -> None:
    stage.approve(recommended, "2023-12-20 10:00")
    session().flush()
    for role in OF_CBP:
        person = stage.person(role, "CBP")
        assert may(person, Permission.SEE_ADVICE, recommended, at=AT), role
        with within(scope_of(person, at=AT)):
            assert session().scalar(text("select count(*) from recommendation")) == 1


def test_a_reviewer_who_comes_to_belong_to_the_component_reads_it_no_more(stage: Stage, recommended: Strategy) -> None:
    reviewer = stage.person(Role.REVIEWER)
    people.appoint(reviewer, Role.CONTRIBUTOR, stage.component("CBP"), from_on=AT.date(), at=AT)
    session().flush()
    session().expire(reviewer)
    assert not reads(reviewer, recommended)
