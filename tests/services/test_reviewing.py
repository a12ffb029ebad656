"""The Directorate's review: who reads, what they say, and that it concerns the version they read."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from cxworkflow.db import session
from cxworkflow.errors import Conflict, InvalidInput, NotAllowed, NotFound, NotNow
from cxworkflow.lifecycle import Status
from cxworkflow.models import Comment, Outcome, Person, Recommendation, Role, Strategy
from cxworkflow.services import comments, reviews, strategies
from tests.refusals import refused
from tests.stage import Stage, eastern

pytestmark = pytest.mark.integration

AT = eastern("2023-12-19 09:00")


@pytest.fixture
def strategy(stage: Stage) -> Strategy:
    """CBP's strategy, submitted on December 18, 2023."""
    return stage.submitted("CBP")


@pytest.fixture
def lead(stage: Stage) -> Person:
    return stage.person(Role.DIRECTORATE_LEAD)


@pytest.fixture
def reviewer(stage: Stage) -> Person:
    return stage.person(Role.REVIEWER)


def test_a_reviewer_is_assigned_once(strategy: Strategy, lead: Person, reviewer: Person) -> None:
    review = reviews.assign(strategy, reviewer, by=lead, at=AT)
    assert (review.version.number, review.reviewer, review.assigned_at) == (1, reviewer, AT)
    with refused(InvalidInput, f"reviewer: {reviewer.name} reviews this version already."):
        reviews.assign(strategy, reviewer, by=lead, at=AT)


def test_only_somebody_of_the_directorate_can_be_assigned(stage: Stage, strategy: Strategy, lead: Person) -> None:
    for person in (stage.person(Role.CIO), stage.person(Role.LEAD, "ICE"), stage.person(Role.AUDITOR)):
        with refused(InvalidInput, f"reviewer: {person.name} is not a reviewer of the CX Directorate now."):
            reviews.assign(strategy, person, by=lead, at=AT)


def test_nobody_is_assigned_before_or_after_their_appointment(stage: Stage, strategy: Strategy, lead: Person) -> None:
    late = stage.newcomer("Nell Fox", (Role.REVIEWER, None), from_on="2024-01-01")
    gone = stage.newcomer("Ted Hale", (Role.REVIEWER, None))
    gone.appointments[0].until_on = AT.date()
    left = stage.newcomer("Amy Pond", (Role.REVIEWER, None))
    left.deactivated_at = AT - timedelta(days=1)
    for person in (late, gone, left):
        with refused(InvalidInput, "is not a reviewer of the CX Directorate now."):
            reviews.assign(strategy, person, by=lead, at=AT)
    assert reviews.assign(strategy, late, by=lead, at=eastern("2024-01-01 09:00"))


def test_nobody_reviews_the_paper_of_their_own_component(stage: Stage, strategy: Strategy, lead: Person) -> None:
    of_both = stage.newcomer("Ray Bell", (Role.REVIEWER, None), (Role.CONTRIBUTOR, "CBP"))
    with refused(
        InvalidInput, "Ray Bell belongs to CBP or wrote part of its paper, so somebody else has to review it."
    ):
        reviews.assign(strategy, of_both, by=lead, at=AT)
    assert reviews.assign(stage.submitted("ICE"), of_both, by=lead, at=AT)


def test_whoever_wrote_a_part_reviews_none_of_it_later(stage: Stage, lead: Person) -> None:
    author = stage.newcomer("Una Reed", (Role.LEAD, "ICE"))
    strategy = stage.drafted("ICE")
    strategies.submit(strategy, by=author, at=eastern("2023-12-18 15:00"))
    author.appointments[0].until_on = eastern("2024-01-01 00:00").date()
    session().flush()
    author = stage.newcomer("Una Reed", (Role.REVIEWER, None), from_on="2024-01-01")
    with refused(InvalidInput, "wrote part of its paper"):
        reviews.assign(strategy, author, by=lead, at=eastern("2024-01-02 09:00"))


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.CIO, Role.AUDITOR, Role.ADMINISTRATOR])
def test_only_the_directorate_lead_assigns(stage: Stage, strategy: Strategy, reviewer: Person, role: Role) -> None:
    with refused(NotAllowed, "You may not assign reviewers."):
        reviews.assign(strategy, reviewer, by=stage.person(role), at=AT)


def test_an_assigned_reviewer_comments_on_a_section(strategy: Strategy, lead: Person, reviewer: Person) -> None:
    with refused(NotAllowed, "reviewers act only on papers assigned to them."):
        comments.comment(strategy, "IV.c.3", "Where is the baseline?", by=reviewer, at=AT)
    reviews.assign(strategy, reviewer, by=lead, at=AT)
    comments.comment(strategy, "IV.c.3", " Where is the baseline? ", by=reviewer, at=AT)
    remark = session().scalars(select(Comment)).one()
    assert (remark.text, remark.clause, remark.version.number, remark.by) == (
        "Where is the baseline?",
        "IV.c.3",
        1,
        reviewer,
    )


def test_a_comment_needs_words_and_a_section_of_this_version(strategy: Strategy, lead: Person) -> None:
    with refused(InvalidInput, "text: Write the comment before saving it."):
        comments.comment(strategy, "IV.c.3", " ", by=lead, at=AT)
    with refused(NotFound, "This version has no section IV.z."):
        comments.comment(strategy, "IV.z", "What?", by=lead, at=AT)
    with refused(InvalidInput, "control character"):
        comments.comment(strategy, "IV.c.3", "A\x00B", by=lead, at=AT)


@pytest.mark.parametrize(("advice", "words"), [(Outcome.APPROVED, ""), (Outcome.RETURNED, "Baselines are missing.")])
def test_a_recommendation_meets_the_review_target(
    stage: Stage, strategy: Strategy, lead: Person, advice: Outcome, words: str
) -> None:
    review = stage.clock("review", "CBP")
    reviews.recommend(strategy, advice, text=words, by=lead, at=AT)
    advised = session().scalars(select(Recommendation)).one()
    assert (advised.advice, advised.text, advised.version.number) == (advice, words, 1)
    assert (strategy.status, str(review.stopped_on)) == (Status.RECOMMENDED, "2023-12-19")
    with refused(NotNow, "Only a submitted strategy can be recommended; this one is recommended."):
        reviews.recommend(strategy, advice, by=lead, at=AT)


def test_a_return_needs_a_reason_and_starts_the_revision(stage: Stage, strategy: Strategy, lead: Person) -> None:
    with refused(InvalidInput, "reason: Say what has to change"):
        reviews.send_back(strategy, reason="", by=lead, at=AT)
    review = stage.clock("review", "CBP")
    decision = reviews.send_back(strategy, reason="Baselines.", by=lead, at=AT)
    assert (decision.outcome, decision.reason, decision.by_role) == (Outcome.RETURNED, "Baselines.", "directorate-lead")
    assert (strategy.status, str(review.stopped_on)) == (Status.RETURNED, "2023-12-19")
    assert str(stage.clock("revision", "CBP").due_on) == "2024-01-02"


def test_what_is_said_about_another_version_than_the_one_at_hand_is_refused(
    stage: Stage, strategy: Strategy, lead: Person
) -> None:
    reviews.send_back(strategy, reason="Baselines.", by=lead, at=AT)
    strategies.submit(strategy, by=stage.person(Role.LEAD, "CBP"), at=eastern("2023-12-20 09:00"))
    at = eastern("2023-12-21 09:00")
    with refused(Conflict, "You read version 1, but version 2 is before you now."):
        comments.comment(strategy, "IV.c.3", "Old news.", version_number=1, by=lead, at=at)
    with refused(Conflict, "You read version 1"):
        reviews.recommend(strategy, Outcome.APPROVED, version_number=1, by=lead, at=at)
    with refused(Conflict, "You read version 1"):
        reviews.send_back(strategy, reason="Old news.", version_number=1, by=lead, at=at)


def test_the_directorate_lead_keeps_out_of_the_paper_of_an_own_component(stage: Stage, strategy: Strategy) -> None:
    torn = stage.newcomer("Kit Moss", (Role.DIRECTORATE_LEAD, None), (Role.EXECUTIVE, "CBP"))
    for attempt in (
        lambda: comments.comment(strategy, "IV.c.3", "Fine.", by=torn, at=AT),
        lambda: reviews.recommend(strategy, Outcome.APPROVED, by=torn, at=AT),
        lambda: reviews.send_back(strategy, reason="No.", by=torn, at=AT),
        lambda: reviews.assign(strategy, stage.person(Role.REVIEWER), by=torn, at=AT),
    ):
        with refused(NotAllowed, "Nobody reviews or decides on a paper they wrote, reviewed or submitted"):
            attempt()
