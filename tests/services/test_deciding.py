"""The CIO's decision: on exactly the version that was read, by nobody who had a hand in it, and once."""

import pytest

from cxworkflow.db import session
from cxworkflow.errors import Conflict, NotAllowed, NotNow
from cxworkflow.lifecycle import Status
from cxworkflow.models import Outcome, Person, Role, Strategy
from cxworkflow.services import comments, reviews, strategies
from tests.refusals import refused
from tests.stage import Stage, eastern

pytestmark = pytest.mark.integration

AT = eastern("2024-01-09 10:00")


@pytest.fixture
def strategy(stage: Stage) -> Strategy:
    """CBP's strategy, submitted on December 18, 2023."""
    return stage.submitted("CBP")


@pytest.fixture
def cio(stage: Stage) -> Person:
    return stage.person(Role.CIO)


@pytest.mark.clause("IV.d")
def test_approval_starts_180_days_and_stops_the_review(stage: Stage, strategy: Strategy) -> None:
    review = stage.clock("review", "CBP")
    stage.approve(strategy, "2024-01-09 10:00")
    assert strategy.status is Status.APPROVED
    assert strategy.approved_version is strategy.current_version
    assert str(review.stopped_on) == "2024-01-09"
    assert str(stage.clock("implementation", "CBP").due_on) == "2024-07-07"


@pytest.mark.clause("IV.e")
def test_a_late_approval_leaves_less_than_180_days(stage: Stage, strategy: Strategy) -> None:
    stage.approve(strategy, "2024-04-10 09:00")
    assert str(stage.clock("implementation", "CBP").due_on) == "2024-09-30"


def test_the_decision_is_bound_to_the_text_that_was_read(strategy: Strategy, cio: Person) -> None:
    version = strategies.under_review(strategy)
    with refused(Conflict, "The text you read is not the text of this version. Nothing was approved"):
        reviews.approve(strategy, version_number=1, sha256="0" * 64, by=cio, at=AT)
    decision = reviews.approve(
        strategy, version_number=1, sha256=version.sha256, reason="Ready to be put into practice.", by=cio, at=AT
    )
    assert (decision.sha256, decision.outcome, decision.by_role) == (version.sha256, Outcome.APPROVED, "cio")
    assert decision.reason == "Ready to be put into practice."


def test_an_older_version_can_not_be_approved(stage: Stage, strategy: Strategy, cio: Person) -> None:
    read = strategies.under_review(strategy)
    lead = stage.person(Role.LEAD, "CBP")
    strategies.withdraw(strategy, reason="A figure was wrong.", by=lead, at=eastern("2023-12-20 09:00"))
    strategies.submit(strategy, by=lead, at=eastern("2023-12-21 09:00"))
    with refused(Conflict, "You read version 1, but version 2 is before you now."):
        reviews.approve(strategy, version_number=1, sha256=read.sha256, by=cio, at=AT)


def test_a_second_click_is_refused(stage: Stage, strategy: Strategy) -> None:
    stage.approve(strategy, "2024-01-09 10:00")
    with refused(NotNow, "Only a submitted or recommended strategy can be approved; this one is approved."):
        stage.approve(strategy, "2024-01-09 10:01")


def test_what_is_not_submitted_can_not_be_approved(stage: Stage, cio: Person) -> None:
    draft = stage.drafted("ICE")
    with refused(NotNow, "Only a submitted or recommended strategy can be approved; this one is draft."):
        reviews.approve(draft, version_number=1, sha256="", by=cio, at=AT)


@pytest.mark.parametrize(
    ("role", "code"),
    [
        (Role.LEAD, "CBP"),
        (Role.EXECUTIVE, "CBP"),
        (Role.REVIEWER, None),
        (Role.DIRECTORATE_LEAD, None),
        (Role.AUDITOR, None),
        (Role.ADMINISTRATOR, None),
    ],
)
def test_nobody_but_the_cio_approves(stage: Stage, strategy: Strategy, role: Role, code: str | None) -> None:
    with refused(NotAllowed, "You may not approve this strategy."):
        stage.approve(strategy, "2024-01-09 10:00", by=stage.person(role, code))


def test_the_cio_returns_with_a_reason_too(stage: Stage, strategy: Strategy, cio: Person) -> None:
    reviews.send_back(strategy, reason="The funds do not add up.", version_number=1, by=cio, at=AT)
    assert strategy.status is Status.RETURNED
    assert str(stage.clock("revision", "CBP").due_on) == "2024-01-23"


def test_the_cio_keeps_out_of_the_paper_of_an_own_component(stage: Stage, strategy: Strategy) -> None:
    torn = stage.newcomer("Kit Moss", (Role.CIO, None), (Role.EXECUTIVE, "CBP"))
    with refused(NotAllowed, "You may not approve this strategy. Nobody reviews or decides on a paper they wrote"):
        stage.approve(strategy, "2024-01-09 10:00", by=torn)
    with refused(NotAllowed, "You may not return this strategy."):
        reviews.send_back(strategy, reason="No.", by=torn, at=AT)
    stage.approve(stage.submitted("ICE"), "2024-01-09 10:00", by=torn)


@pytest.mark.parametrize("part", ["assigned", "commented", "recommended"])
def test_whoever_reviewed_any_version_decides_on_none(stage: Stage, strategy: Strategy, part: str) -> None:
    acting = stage.newcomer("Eve Lund", (Role.CIO, None), (Role.DIRECTORATE_LEAD, None))
    at, lead = eastern("2023-12-19 09:00"), stage.person(Role.DIRECTORATE_LEAD)
    if part == "assigned":
        reviews.assign(strategy, acting, by=lead, at=at)
    elif part == "commented":
        comments.comment(strategy, "IV.c.3", "Good.", by=acting, at=at)
    else:
        reviews.recommend(strategy, Outcome.APPROVED, by=acting, at=at)
    with refused(NotAllowed, "You may not approve this strategy."):
        stage.approve(strategy, "2024-01-09 10:00", by=acting)
    reviews.send_back(strategy, reason="Baselines.", by=lead, at=AT)
    strategies.submit(strategy, by=stage.person(Role.LEAD, "CBP"), at=AT)
    with refused(NotAllowed, "You may not approve this strategy."):
        stage.approve(strategy, "2024-01-09 11:00", by=acting)


def test_an_acting_cio_decides_within_the_given_dates(stage: Stage, strategy: Strategy) -> None:
    acting = stage.newcomer("Eve Lund", (Role.CIO, None), from_on="2024-01-05")
    acting.appointments[0].until_on = eastern("2024-01-10 00:00").date()
    session().flush()
    for outside in ("2024-01-04 23:59", "2024-01-10 00:00"):
        with refused(NotAllowed, "You may not approve this strategy."):
            stage.approve(strategy, outside, by=acting)
    stage.approve(strategy, "2024-01-09 23:59", by=acting)


def test_somebody_who_was_deactivated_decides_nothing(stage: Stage, strategy: Strategy, cio: Person) -> None:
    cio.deactivated_at = eastern("2024-01-08 10:00")
    session().flush()
    with refused(NotAllowed, "You may not approve this strategy."):
        stage.approve(strategy, "2024-01-09 10:00", by=cio)
