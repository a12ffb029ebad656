"""Who reviewed a version reviews the next one, too: those who still may, and did not decline."""

from datetime import date

import pytest
from sqlalchemy import select

from cxworkflow.db import session
from cxworkflow.errors import InvalidInput
from cxworkflow.models import Event, Notice, Person, Role, Strategy
from cxworkflow.permissions.reach import scope_of
from cxworkflow.scope import within
from cxworkflow.services import comments, recusals, reviews, strategies
from tests.mail.correspondence import read
from tests.refusals import refused
from tests.stage import Stage, eastern

pytestmark = [pytest.mark.integration, pytest.mark.clause("IV.b")]

AT = eastern("2023-12-20 09:00")


def names(strategy: Strategy) -> list[str]:
    """Who reviews the version under review."""
    return [each.reviewer.name for each in strategies.under_review(strategy).reviews]


def test_the_reviewers_are_named_again_and_told(stage: Stage, under_review: Strategy, reviewer: Person) -> None:
    stage.resubmitted(under_review)
    assert names(under_review) == [reviewer.name]
    told = select(Notice).where(Notice.kind == "assigned", Notice.person_id == reviewer.id).order_by(Notice.id)
    _, again = session().scalars(told)
    assert "You reviewed version 1. Version 2 was submitted on December 20, 2023" in read(again).text
    lines = select(Event).where(Event.verb == "assign").order_by(Event.id)
    assert [(each.by_name, each.details["whom"]) for each in session().scalars(lines)][1:] == [
        ("the system", reviewer.id)
    ]
    with refused(InvalidInput, f"{reviewer.name} reviews this version already."):
        reviews.assign(under_review, reviewer, by=stage.person(Role.DIRECTORATE_LEAD), at=AT)
    comments.comment(under_review, "IV.c.3", "Better.", by=reviewer, at=eastern("2023-12-20 12:00"))


def test_who_submits_need_not_see_the_reviewers(stage: Stage, under_review: Strategy, reviewer: Person) -> None:
    session().commit()
    with within(scope_of(stage.person(Role.LEAD, "CBP"), at=AT)):
        stage.resubmitted(under_review)
    assert names(under_review) == [reviewer.name]


def test_who_declined_is_not_named_again(stage: Stage, under_review: Strategy, reviewer: Person) -> None:
    reviews.decline(under_review, reason="On leave.", by=reviewer, at=AT)
    stage.resubmitted(under_review)
    assert names(under_review) == []


def test_who_is_out_of_the_review_is_not_named_again(stage: Stage, under_review: Strategy, reviewer: Person) -> None:
    recusals.recuse(under_review, reason="A relative leads it.", by=reviewer, at=AT)
    stage.resubmitted(under_review)
    assert names(under_review) == []


def test_who_is_no_reviewer_any_more_is_not_named_again(stage: Stage, under_review: Strategy, reviewer: Person) -> None:
    reviewer.appointments[0].until_on = date(2023, 12, 20)
    stage.resubmitted(under_review)
    assert names(under_review) == []


def test_it_does_not_matter_that_who_named_them_is_out_of_the_review(
    stage: Stage, under_review: Strategy, reviewer: Person
) -> None:
    recusals.recuse(under_review, reason="A relative leads it.", by=stage.person(Role.DIRECTORATE_LEAD), at=AT)
    stage.resubmitted(under_review)
    assert names(under_review) == [reviewer.name]
