"""Who steps out of a review, or is taken off it, is out for good and hears no more of it."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from cxworkflow.db import session
from cxworkflow.errors import InvalidInput, NotAllowed, NotFound, NotNow
from cxworkflow.models import Event, Notice, Outcome, Person, Role, Strategy
from cxworkflow.permissions import Permission, may
from cxworkflow.queries import reviews as queries
from cxworkflow.services import comments, recusals, reviews, strategies
from tests.refusals import refused
from tests.stage import Stage, as_owner, eastern

pytestmark = pytest.mark.integration

AT = eastern("2023-12-19 09:00")
LATER = eastern("2023-12-20 09:00")


@pytest.fixture
def lead(stage: Stage) -> Person:
    return stage.person(Role.DIRECTORATE_LEAD)


@pytest.fixture
def reviewer(stage: Stage) -> Person:
    return stage.person(Role.REVIEWER)


@pytest.fixture
def strategy(stage: Stage, lead: Person, reviewer: Person) -> Strategy:
    """CBP's strategy, in review, with one comment and a recommendation."""
    paper = stage.submitted("CBP")
    reviews.assign(paper, reviewer, by=lead, at=AT)
    comments.comment(paper, "IV.c.3", "Where is the baseline?", by=lead, at=AT)
    return paper


def told() -> list[Notice]:
    return list(session().scalars(select(Notice).where(Notice.kind == "recused").order_by(Notice.id)))


def test_a_reviewer_steps_out_for_good_and_the_lead_is_told(strategy: Strategy, lead: Person, reviewer: Person) -> None:
    assert len(queries.dossier(reviewer, strategy.id, at=AT).comments) == 1
    recusals.recuse(strategy, reason="My sister leads it.", by=reviewer, at=LATER)
    assert not any(
        may(reviewer, permission, strategy, at=LATER)
        for permission in (Permission.COMMENT, Permission.RECOMMEND, Permission.SEE_COMMENTS, Permission.RECUSE)
    )
    assert [(notice.person_id, notice.facts["reason"]) for notice in told()] == [(lead.id, "My sister leads it.")]
    line = session().scalars(select(Event).where(Event.verb == "recused")).one()
    assert (line.by_id, line.by_role) == (reviewer.id, "directorate-reviewer")
    with refused(InvalidInput, "is out of this review for good."):
        reviews.assign(strategy, reviewer, by=lead, at=LATER)
    with refused(NotAllowed, "You may not recuse yourself from this review."):
        recusals.recuse(strategy, reason="Again.", by=reviewer, at=LATER)


def test_who_is_out_sees_neither_comments_nor_recommendation(
    strategy: Strategy, lead: Person, reviewer: Person
) -> None:
    recusals.recuse(strategy, reason="My sister leads it.", by=reviewer, at=AT)
    reviews.recommend(strategy, Outcome.APPROVED, text="Complete.", by=lead, at=LATER)
    theirs = queries.dossier(reviewer, strategy.id, at=LATER)
    assert (theirs.comments, theirs.recommendation) == ([], None)
    assert queries.dossier(lead, strategy.id, at=LATER).recommendation is not None


def test_it_holds_for_the_next_version_too(stage: Stage, strategy: Strategy, lead: Person, reviewer: Person) -> None:
    recusals.recuse(strategy, reason="My sister leads it.", by=reviewer, at=AT)
    by = stage.person(Role.LEAD, "CBP")
    strategies.withdraw(strategy, reason="A wrong figure.", by=by, at=LATER)
    strategies.submit(strategy, by=by, at=LATER)
    with refused(InvalidInput, "is out of this review for good."):
        reviews.assign(strategy, reviewer, by=lead, at=LATER)
    assert reviewer not in queries.possible_reviewers(queries.dossier(lead, strategy.id, at=LATER), at=LATER)


def test_a_lead_who_steps_out_may_not_even_approve_as_cio_and_the_cio_is_told(
    stage: Stage, strategy: Strategy, lead: Person
) -> None:
    recusals.recuse(strategy, reason="I worked there.", by=lead, at=AT)
    assert {notice.to_role for notice in told()} == {"directorate-lead", "cio"}
    with refused(NotAllowed, "You may not return this strategy."):
        reviews.send_back(strategy, reason="No.", by=lead, at=LATER)
    other = stage.newcomer("Eve Lund", (Role.CIO, None), (Role.DIRECTORATE_LEAD, None))
    assert may(other, Permission.APPROVE, stage.submitted("ICE"), at=AT)
    recusals.recuse(strategy, reason="I worked there.", by=other, at=AT)
    assert not may(other, Permission.APPROVE, strategy, at=LATER)


@pytest.mark.asvs("V2.3.3", "V16.5.3")
def test_the_lead_takes_a_reviewer_off_who_is_told(strategy: Strategy, lead: Person, reviewer: Person) -> None:
    with refused(InvalidInput, "why: Say why"):
        recusals.take_off(strategy, reviewer, reason="", by=lead, at=AT)
    recusals.take_off(strategy, reviewer, reason="On leave.", by=lead, at=AT)
    assert [notice.person_id for notice in told()] == [reviewer.id]
    assert not may(reviewer, Permission.COMMENT, strategy, at=LATER)
    with refused(NotNow, "is out of this review already."):
        recusals.take_off(strategy, reviewer, reason="On leave.", by=lead, at=LATER)


def test_nobody_is_taken_off_who_does_not_review_nor_by_anybody_else(
    stage: Stage, strategy: Strategy, lead: Person, reviewer: Person
) -> None:
    with refused(NotFound, "does not review this strategy."):
        recusals.take_off(strategy, stage.person(Role.AUDITOR), reason="No.", by=lead, at=AT)
    for by in (reviewer, stage.person(Role.CIO), stage.person(Role.LEAD, "CBP"), stage.person(Role.ADMINISTRATOR)):
        with refused(NotAllowed, "You may not take somebody off this review."):
            recusals.take_off(strategy, reviewer, reason="No.", by=by, at=AT)


def test_a_review_that_is_over_is_not_left(stage: Stage, reviewer: Person) -> None:
    strategy = stage.approved("ICE")
    with refused(NotNow, "The review is over: this strategy is approved."):
        recusals.recuse(strategy, reason="Late.", by=reviewer, at=eastern("2024-01-10 09:00"))


def test_the_database_keeps_it(strategy: Strategy, reviewer: Person) -> None:
    recusals.recuse(strategy, reason="My sister leads it.", by=reviewer, at=AT)
    for statement in ("delete from recusal", "update recusal set reason = 'none'"):
        with pytest.raises(IntegrityError, match="append-only"), session().begin_nested(), as_owner():
            session().execute(text(statement))
