"""One e-mail a morning about what was said in a review, to those whom it concerns."""

import pytest
from sqlalchemy import select

from cxworkflow.db import session
from cxworkflow.models import Audience, Kind, Notice, Person, Role, Strategy
from cxworkflow.services import comments, jobs, recusals, reviews
from tests.stage import Stage, eastern

pytestmark = pytest.mark.integration

AT = eastern("2023-12-19 09:00")
NEXT_MORNING = eastern("2023-12-20 06:00")
THE_DAY_AFTER = eastern("2023-12-21 06:00")


@pytest.fixture
def strategy(under_review: Strategy) -> Strategy:
    return under_review


def told() -> dict[str, list[str]]:
    """Who was told what, in the e-mails owed so far."""
    found = session().scalars(select(Notice).where(Notice.kind == "remarks").order_by(Notice.id))
    return {notice.person.name: [each["text"] for each in notice.facts["remarks"]] for notice in found}


def test_the_lead_reads_all_comments_of_a_day_in_one_e_mail_and_none_twice(
    strategy: Strategy, reviewer: Person
) -> None:
    comments.comment(strategy, "IV.c.3", "Baseline?", kind=Kind.MUST_CHANGE, by=reviewer, at=AT)
    comments.comment(strategy, "IV.c.4", "Who\nfollows up?", by=reviewer, at=AT)
    comments.comment(strategy, "IV.c.4", "Weak.", audience=Audience.TEAM, by=reviewer, at=AT)
    for morning in (NEXT_MORNING, NEXT_MORNING, THE_DAY_AFTER):
        jobs.do_due(at=morning)
    assert told() == {"CBP lead": ["Baseline?", "Who follows up?"]}


def test_the_author_reads_the_answer(stage: Stage, strategy: Strategy, reviewer: Person) -> None:
    remark = comments.comment(strategy, "IV.c.3", "Baseline?", by=reviewer, at=AT)
    jobs.do_due(at=NEXT_MORNING)
    comments.answer(remark, "It is 45.", by=stage.person(Role.LEAD, "CBP"), at=NEXT_MORNING)
    jobs.do_due(at=THE_DAY_AFTER)
    assert told() == {"CBP lead": ["Baseline?"], reviewer.name: ["It is 45."]}


def test_what_a_letter_says_no_other_e_mail_says(stage: Stage, strategy: Strategy, reviewer: Person) -> None:
    comments.comment(strategy, "IV.c.3", "Baseline?", kind=Kind.MUST_CHANGE, by=reviewer, at=AT)
    reviews.send_back(strategy, reason="Baselines.", by=stage.person(Role.DIRECTORATE_LEAD), at=AT)
    jobs.do_due(at=NEXT_MORNING)
    assert told() == {}


def test_nobody_is_told_of_what_they_may_not_read_any_more(stage: Stage, strategy: Strategy, reviewer: Person) -> None:
    remark = comments.comment(strategy, "IV.c.3", "Among us.", audience=Audience.TEAM, by=reviewer, at=AT)
    comments.answer(remark, "Agreed.", by=stage.person(Role.DIRECTORATE_LEAD), at=AT)
    recusals.recuse(strategy, reason="My sister leads it.", by=reviewer, at=AT)
    jobs.do_due(at=NEXT_MORNING)
    assert told() == {}


def test_an_answer_among_the_team_goes_to_nobody_of_the_component(
    stage: Stage, strategy: Strategy, reviewer: Person
) -> None:
    remark = comments.comment(strategy, "IV.c.3", "Among us.", audience=Audience.TEAM, by=reviewer, at=AT)
    comments.answer(remark, "Agreed.", by=stage.person(Role.DIRECTORATE_LEAD), at=AT)
    jobs.do_due(at=NEXT_MORNING)
    assert told() == {reviewer.name: ["Agreed."]}


def test_what_was_settled_before_the_morning_is_not_told(strategy: Strategy, reviewer: Person) -> None:
    remark = comments.comment(strategy, "IV.c.3", "Baseline?", by=reviewer, at=AT)
    comments.settle(remark, by=reviewer, at=AT)
    jobs.do_due(at=NEXT_MORNING)
    assert told() == {}
