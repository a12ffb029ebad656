"""The rubric: each reviewer rates each section, says why it is not met, and may decline the review altogether."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from cxworkflow.db import session
from cxworkflow.errors import Conflict, InvalidInput, NotAllowed, NotFound, NotNow
from cxworkflow.models import Event, Mark, Notice, Outcome, Person, Review, Role, RubricMark, Strategy
from cxworkflow.permissions import Permission, may
from cxworkflow.queries.rubrics import rubric
from cxworkflow.services import reviews, rubrics, strategies
from tests.refusals import refused
from tests.stage import Stage, as_owner, eastern

pytestmark = pytest.mark.integration

AT = eastern("2023-12-19 09:00")
MET = (Mark.MEETS, "")


@pytest.fixture
def strategy(under_review: Strategy) -> Strategy:
    return under_review


@pytest.fixture
def lead(stage: Stage) -> Person:
    return stage.person(Role.DIRECTORATE_LEAD)


def test_the_summary_counts_sections_by_the_strictest_mark(strategy: Strategy, reviewer: Person, lead: Person) -> None:
    rubrics.mark(strategy, {"IV.c.1": MET, "IV.c.3": MET}, by=reviewer, at=AT)
    rubrics.mark(strategy, {"IV.c.3": (Mark.PARTLY, "No baseline."), "IV.c.4": (Mark.NOT, "None.")}, by=lead, at=AT)
    found = rubric(lead, strategy, at=AT)
    assert found.summary == {Mark.MEETS: 1, Mark.PARTLY: 1, Mark.NOT: 1, None: len(found.clauses) - 3}
    assert [found.rated_by(each) for each in found.reviewers] == [2, 2]


def test_less_than_met_says_why_and_all_that_lacks_a_reason_is_told_at_once(
    strategy: Strategy, reviewer: Person
) -> None:
    with refused(InvalidInput, "IV.c.4.reason: Say why IV.c.4 does not meet it.") as told:
        ratings = {"IV.c.1": MET, "IV.c.3": (Mark.PARTLY, " "), "IV.c.4": (Mark.NOT, "")}
        rubrics.mark(strategy, ratings, by=reviewer, at=AT)
    assert [fault.key for fault in told.value.faults] == ["IV.c.3.reason", "IV.c.4.reason"]


def test_a_mark_may_change_until_the_recommendation_and_the_record_says_what_it_was(
    strategy: Strategy, reviewer: Person, lead: Person
) -> None:
    rubrics.mark(strategy, {"IV.c.3": (Mark.PARTLY, "No baseline.")}, by=reviewer, at=AT)
    assert rubrics.mark(strategy, {"IV.c.3": MET}, by=reviewer, at=AT) == 1
    assert rubrics.mark(strategy, {"IV.c.3": MET}, by=reviewer, at=AT) == 0
    lines = session().scalars(select(Event.details).where(Event.verb == "mark").order_by(Event.id)).all()
    assert [line["before"] for line in lines] == [{}, {"IV.c.3": "partly"}]
    reviews.recommend(strategy, Outcome.APPROVED, text="Complete.", by=lead, at=AT)
    with refused(NotNow, "A version is rated until the Directorate recommends; this one is recommended."):
        rubrics.mark(strategy, {"IV.c.3": (Mark.NOT, "After all.")}, by=reviewer, at=AT)


def test_marks_belong_to_the_version_that_was_read(stage: Stage, strategy: Strategy, lead: Person) -> None:
    rubrics.mark(strategy, {"IV.c.3": MET}, version_number=1, by=lead, at=AT)
    reviews.send_back(strategy, reason="Baselines.", by=lead, at=AT)
    strategies.submit(strategy, by=stage.person(Role.LEAD, "CBP"), at=eastern("2023-12-20 09:00"))
    with refused(Conflict, "You read version 1, but version 2 is before you now."):
        rubrics.mark(strategy, {"IV.c.3": MET}, version_number=1, by=lead, at=AT)
    with refused(NotFound, "This version has no section IV.z."):
        rubrics.mark(strategy, {"IV.z": MET}, by=lead, at=AT)
    assert not rubric(lead, strategy, at=AT).marks


def test_nobody_of_the_component_rates_or_sees_a_mark(stage: Stage, strategy: Strategy, reviewer: Person) -> None:
    rubrics.mark(strategy, {"IV.c.3": MET}, by=reviewer, at=AT)
    of_cbp = stage.person(Role.LEAD, "CBP")
    assert not rubric(of_cbp, strategy, at=AT).marks
    with refused(NotAllowed, "You may not rate this strategy."):
        rubrics.mark(strategy, {"IV.c.3": MET}, by=of_cbp, at=AT)


def test_who_rated_a_paper_does_not_decide_on_it(stage: Stage, strategy: Strategy) -> None:
    both = stage.newcomer("Eve Lund", (Role.CIO, None), (Role.DIRECTORATE_LEAD, None))
    assert may(both, Permission.APPROVE, strategy, at=AT)
    rubrics.mark(strategy, {"IV.c.3": MET}, by=both, at=AT)
    assert not may(both, Permission.APPROVE, strategy, at=AT)


def test_a_reviewer_declines_with_a_reason_and_the_directorate_lead_is_told(
    stage: Stage, strategy: Strategy, reviewer: Person, lead: Person
) -> None:
    with refused(InvalidInput, "declining: Say why"):
        reviews.decline(strategy, reason=" ", by=reviewer, at=AT)
    reviews.decline(strategy, reason="I am away until May.", by=reviewer, at=AT)
    told = session().scalars(select(Notice).where(Notice.kind == "declined")).one()
    assert (told.person_id, told.facts["reason"]) == (lead.id, "I am away until May.")
    session().expire_all()
    for permission in (Permission.COMMENT, Permission.MARK, Permission.RECOMMEND, Permission.DECLINE):
        assert not may(reviewer, permission, strategy, at=AT)
    reviews.send_back(strategy, reason="Baselines.", by=lead, at=AT)
    strategies.submit(strategy, by=stage.person(Role.LEAD, "CBP"), at=eastern("2023-12-20 09:00"))
    reviews.assign(strategy, reviewer, by=lead, at=eastern("2023-12-20 10:00"))
    assert may(reviewer, Permission.MARK, strategy, at=AT)


def test_who_was_not_asked_has_nothing_to_decline(stage: Stage, strategy: Strategy) -> None:
    other = stage.newcomer("Lea Ford", (Role.REVIEWER, None))
    with refused(NotAllowed, "You may not decline this review."):
        reviews.decline(strategy, reason="No time.", by=other, at=AT)


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("update rubric_mark set mark = 'partly'", "less_says_why"),
        ("update rubric_mark set mark = 'great', reason = 'So.'", "mark_known"),
        ("delete from rubric_mark", "append-only"),
        ("update review set declined_at = now()", "declined_says_why"),
    ],
)
def test_plain_sql_rates_by_the_same_rules(strategy: Strategy, reviewer: Person, statement: str, why: str) -> None:
    rubrics.mark(strategy, {"IV.c.3": MET}, by=reviewer, at=AT)
    session().flush()
    with pytest.raises(DatabaseError, match=why), session().begin_nested(), as_owner():
        session().execute(text(statement))


def test_plain_sql_rates_nothing_after_the_recommendation_and_takes_nothing_back(
    strategy: Strategy, reviewer: Person, lead: Person
) -> None:
    rubrics.mark(strategy, {"IV.c.3": MET}, by=reviewer, at=AT)
    reviews.decline(strategy, reason="I am away.", by=reviewer, at=AT)
    reviews.recommend(strategy, Outcome.APPROVED, text="Complete.", by=lead, at=AT)
    session().flush()
    for statement, why in (
        ("update rubric_mark set mark = 'not', reason = 'No.'", "while it is under review"),
        ("update review set declined_at = null, declined_because = null", "append-only"),
    ):
        with pytest.raises(DatabaseError, match=why), session().begin_nested(), as_owner():
            session().execute(text(statement))
    assert session().scalars(select(RubricMark.mark)).all() == [Mark.MEETS]
    assert session().scalars(select(Review.declined_because)).all() == ["I am away."]
