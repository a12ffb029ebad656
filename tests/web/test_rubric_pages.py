"""The page of the rubric: one's own marks in one form, everybody's beside each other, nothing for the Component."""

import pytest
from flask import Flask

from cxworkflow.db import session
from cxworkflow.models import Mark, Role, Strategy
from cxworkflow.services import reviews, rubrics
from tests.stage import Stage, eastern
from tests.web.visiting import it_is, visitor, words

pytestmark = pytest.mark.integration

AT = eastern("2023-12-19 10:00")


@pytest.fixture
def paper(stage: Stage) -> Strategy:
    """CBP's strategy with a reviewer and a mark of the Directorate lead, read on December 20."""
    strategy, lead = stage.submitted("CBP"), stage.person(Role.DIRECTORATE_LEAD)
    reviews.assign(strategy, stage.person(Role.REVIEWER), by=lead, at=AT)
    rubrics.mark(strategy, {"IV.c.3": (Mark.PARTLY, "No baseline.")}, by=lead, at=AT)
    session().commit()
    it_is(eastern("2023-12-20 10:00"))
    return strategy


def test_a_reviewer_rates_some_sections_and_then_others(app: Flask, stage: Stage, paper: Strategy) -> None:
    client, page = visitor(app, stage.person(Role.REVIEWER)), f"/strategies/{paper.id}/review/rubric"
    form = {"version_number": "1", "IV-c-1-mark": "meets", "IV-c-3-mark": "not", "IV-c-3-reason": "No source."}
    shown = words(client.post(page, data=form, follow_redirects=True))
    assert "Your marks are saved." in shown
    assert "2 of 12 rated." in shown
    assert "Partly No baseline." in shown
    assert "Does not meet No source." in shown
    review = words(client.get(f"/strategies/{paper.id}/review"))
    assert "2 of 12 sections rated" in review


def test_what_is_missing_is_said_beside_it_and_nothing_typed_is_lost(app: Flask, stage: Stage, paper: Strategy) -> None:
    client, page = visitor(app, stage.person(Role.REVIEWER)), f"/strategies/{paper.id}/review/rubric"
    without_reason = client.post(page, data={"version_number": "1", "IV-c-4-mark": "partly", "IV-c-1-mark": "meets"})
    assert without_reason.status_code == 422
    assert words(without_reason).count("Say why IV.c.4 only partly meets it.") == 2
    assert 'id="IV-c-1-meets" value="meets" checked' in without_reason.get_data(as_text=True)
    without_mark = client.post(page, data={"version_number": "1", "IV-c-4-reason": "Hm, no owner."})
    assert without_mark.status_code == 422
    assert "Choose a mark for IV.c.4." in words(without_mark)
    assert "Hm, no owner." in words(without_mark)


def test_the_component_learns_nothing_of_it(app: Flask, stage: Stage, paper: Strategy) -> None:
    client, page = visitor(app, stage.person(Role.LEAD, "CBP")), f"/strategies/{paper.id}/review"
    assert client.get(f"{page}/rubric").status_code == 404
    assert client.post(f"{page}/rubric", data={"version_number": "1"}).status_code == 404
    assert "No baseline." not in words(client.get(page))
    assert "Rubric" not in words(client.get(page))
    assert "rated" not in words(client.get(f"/strategies/{paper.id}"))


def test_the_cio_reads_the_marks_and_gives_none(app: Flask, stage: Stage, paper: Strategy) -> None:
    client, page = visitor(app, stage.person(Role.CIO)), f"/strategies/{paper.id}/review/rubric"
    assert "Partly No baseline." in words(client.get(page))
    assert "Your marks" not in words(client.get(page))
    assert client.post(page, data={"version_number": "1", "IV-c-1-mark": "meets"}).status_code == 403


def test_a_reviewer_declines_on_the_page_of_the_review(app: Flask, stage: Stage, paper: Strategy) -> None:
    client, page = visitor(app, stage.person(Role.REVIEWER)), f"/strategies/{paper.id}/review"
    refused = client.post(f"{page}/declined", data={"declining": ""})
    assert refused.status_code == 422
    assert words(refused).count("Say why: the CX Directorate lead assigns somebody else.") == 2
    shown = words(client.post(f"{page}/declined", data={"declining": "Away until May."}, follow_redirects=True))
    assert "You have declined this review." in shown
    assert "Declined Away until May." in shown
    assert "Away until May." not in words(visitor(app, stage.person(Role.LEAD, "CBP")).get(page))


def test_the_writer_knows_what_reviewers_will_ask(app: Flask, stage: Stage, paper: Strategy) -> None:
    page = visitor(app, stage.person(Role.LEAD, "CBP")).get(f"/strategies/{paper.id}/sections/IV.c.3")
    assert "Reviewers will ask: Would customers notice what is measured?" in words(page)
