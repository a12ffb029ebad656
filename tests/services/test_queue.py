"""The queue of papers before the Directorate and the CIO: how long they wait, and who has how much to do."""

import pytest
from flask import Flask

from cxworkflow.db import session
from cxworkflow.lifecycle import Status
from cxworkflow.models import Mark, Outcome, Role, Strategy
from cxworkflow.queries import queue, standings
from cxworkflow.queries.queue import NOBODY, Wanted
from cxworkflow.services import reviews, rubrics
from tests.stage import Stage, eastern

pytestmark = [pytest.mark.integration, pytest.mark.clause("IV.b")]

NOW = eastern("2024-01-14 09:00")


@pytest.fixture
def tsa(app: Flask, stage: Stage) -> Strategy:
    """Submitted December 18, with a reviewer who has rated two of its sections."""
    strategy, reviewer = stage.submitted("TSA"), stage.person(Role.REVIEWER)
    reviews.assign(strategy, reviewer, by=stage.person(Role.DIRECTORATE_LEAD), at=eastern("2023-12-19 09:00"))
    marks = {"IV.c.1": (Mark.MEETS, ""), "IV.c.2": (Mark.NOT, "No place is named.")}
    rubrics.mark(strategy, marks, by=reviewer, at=eastern("2023-12-20 09:00"))
    return strategy


def codes(stage: Stage, wanted: Wanted) -> list[str]:
    found = queue.find(stage.edition, wanted, at=NOW).order_by(*queue.ORDERS["waits"].by)
    return [row.code for row in session().execute(found)]


def test_papers_wait_from_their_submission_until_the_decision(app: Flask, stage: Stage, tsa: Strategy) -> None:
    stage.submitted("ICE", "2024-01-02 09:00")
    recommended = stage.submitted("CBP", "2024-01-09 23:30")
    lead = stage.person(Role.DIRECTORATE_LEAD)
    reviews.recommend(recommended, Outcome.APPROVED, text="Complete.", by=lead, at=eastern("2024-01-13 09:00"))
    stage.approved("USCG")
    assert codes(stage, Wanted()) == ["TSA", "ICE", "CBP"]
    assert codes(stage, Wanted(stage=Status.RECOMMENDED)) == ["CBP"]
    assert codes(stage, Wanted(age="two-weeks")) == ["ICE"]
    assert queue.ages(stage.edition, at=NOW) == {
        Status.SUBMITTED: {"week": 0, "two-weeks": 1, "month": 1, "longer": 0},
        Status.RECOMMENDED: {"week": 1, "two-weeks": 0, "month": 0, "longer": 0},
    }


def test_a_paper_can_be_found_by_who_reviews_it_or_by_nobody(app: Flask, stage: Stage, tsa: Strategy) -> None:
    stage.submitted("ICE")
    reviewer = stage.person(Role.REVIEWER)
    assert codes(stage, Wanted(reviewer=reviewer.id)) == ["TSA"]
    assert codes(stage, Wanted(reviewer=NOBODY)) == ["ICE"]
    reviews.decline(tsa, reason="No time.", by=reviewer, at=NOW)
    assert codes(stage, Wanted(reviewer=reviewer.id)) == []
    assert codes(stage, Wanted(reviewer=NOBODY)) == ["TSA", "ICE"]


def test_the_workload_counts_papers_and_the_sections_that_are_rated(app: Flask, stage: Stage, tsa: Strategy) -> None:
    lead = stage.person(Role.DIRECTORATE_LEAD)
    other = stage.submitted("ICE")
    reviews.assign(other, stage.person(Role.REVIEWER), by=lead, at=NOW)
    (row,) = session().execute(queue.workload(stage.edition)).all()
    assert row[0].name == stage.person(Role.REVIEWER).name
    assert (row.papers, row.sections, row.rated) == (2, 12 + 10, 2)  # TSA is a HISP, with two sections more
    reviews.recommend(tsa, Outcome.RETURNED, text="Not yet.", by=lead, at=NOW)
    (row,) = session().execute(queue.workload(stage.edition)).all()
    assert (row.papers, row.rated) == (1, 0)


def test_where_reviewers_differ_the_strictest_mark_counts(app: Flask, stage: Stage, tsa: Strategy) -> None:
    lead = stage.person(Role.DIRECTORATE_LEAD)
    rubrics.mark(tsa, {"IV.c.1": (Mark.PARTLY, "Thin.")}, by=lead, at=NOW)
    assert tsa.current_version_id is not None
    marks = standings.marks([tsa.current_version_id])
    assert marks == {
        (tsa.current_version_id, "IV.c.1"): Mark.PARTLY,
        (tsa.current_version_id, "IV.c.2"): Mark.NOT,
    }
    assert standings.marks_tally(stage.edition) == {("IV.c.1", Mark.PARTLY): 1, ("IV.c.2", Mark.NOT): 1}
    found = standings.find(lead, stage.edition, standings.Wanted(clause="IV.c.2", mark=Mark.NOT), at=NOW)
    assert [row[0].code for row in session().execute(found)] == ["TSA"]
