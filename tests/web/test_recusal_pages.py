"""A reviewer steps out on the page of the review, or is taken off it there."""

import pytest
from flask import Flask

from cxworkflow.db import session
from cxworkflow.models import Role, Strategy
from cxworkflow.services import comments, recusals, reviews
from tests.stage import Stage, eastern
from tests.web.visiting import it_is, visitor, words

pytestmark = pytest.mark.integration


@pytest.fixture
def paper(stage: Stage) -> Strategy:
    """CBP's strategy, assigned and commented on, read on December 20."""
    strategy, lead = stage.submitted("CBP"), stage.person(Role.DIRECTORATE_LEAD)
    reviews.assign(strategy, stage.person(Role.REVIEWER), by=lead, at=eastern("2023-12-19 09:00"))
    comments.comment(strategy, "IV.c.3", "Where is the baseline?", by=lead, at=eastern("2023-12-19 10:00"))
    session().commit()
    it_is(eastern("2023-12-20 10:00"))
    return strategy


def test_a_reviewer_steps_out_and_the_comments_are_gone(app: Flask, stage: Stage, paper: Strategy) -> None:
    client, page = visitor(app, stage.person(Role.REVIEWER)), f"/strategies/{paper.id}/review"
    assert "Where is the baseline?" in words(client.get(page))
    refused = client.post(f"{page}/recusal", data={"why": " "})
    assert refused.status_code == 422
    assert words(refused).count("Say why") == 2
    shown = words(client.post(f"{page}/recusal", data={"why": "My sister leads it."}, follow_redirects=True))
    assert "You are out of this review for good" in shown
    for place in (page, f"/strategies/{paper.id}/decision", f"/strategies/{paper.id}"):
        assert "Where is the baseline?" not in words(client.get(place))
    assert client.post(f"{page}/recusal", data={"why": "Again."}).status_code == 403


def test_why_somebody_is_out_is_not_for_the_component(app: Flask, stage: Stage, paper: Strategy) -> None:
    reviewer, at = stage.person(Role.REVIEWER), eastern("2023-12-20 10:00")
    recusals.recuse(paper, reason="My sister leads it.", by=reviewer, at=at)
    session().commit()
    page = f"/strategies/{paper.id}"
    assert "My sister leads it." not in words(visitor(app, stage.person(Role.LEAD, "CBP")).get(page))
    assert "My sister leads it." in words(visitor(app, stage.person(Role.DIRECTORATE_LEAD)).get(page))


def test_the_lead_takes_a_reviewer_off(app: Flask, stage: Stage, paper: Strategy) -> None:
    client, reviewer = visitor(app, stage.person(Role.DIRECTORATE_LEAD)), stage.person(Role.REVIEWER)
    page = f"/strategies/{paper.id}/review"
    off = f"{page}/reviewers/{reviewer.id}/off"
    refused = client.post(off, data={"why": "", "off": str(reviewer.id)})
    assert refused.status_code == 422
    shown = words(client.post(off, data={"why": "On leave.", "off": str(reviewer.id)}, follow_redirects=True))
    assert f"{reviewer.name} is off this review, and is told by e-mail." in shown
    assert "Out of this review" in shown
    assert visitor(app, reviewer).post(off, data={"why": "Back."}).status_code == 403
    assert client.post(f"{page}/reviewers/999999/off", data={"why": "Who?"}).status_code == 404


def test_another_component_learns_nothing_of_it(app: Flask, stage: Stage, paper: Strategy) -> None:
    client = visitor(app, stage.person(Role.LEAD, "TSA"))
    assert client.post(f"/strategies/{paper.id}/review/recusal", data={"why": "Hello."}).status_code == 404
