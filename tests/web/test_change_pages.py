"""What changed since the return, with the comments beside it: for whoever may see the versions."""

import pytest
from flask import Flask

from cxworkflow.db import session
from cxworkflow.models import Audience, Kind, Role, Strategy
from cxworkflow.services import comments, drafting, reviews, strategies
from tests.stage import Stage, eastern
from tests.web.visiting import it_is, statements, visitor, words

pytestmark = pytest.mark.integration

AT = eastern("2023-12-19 09:00")


@pytest.fixture
def paper(stage: Stage) -> Strategy:
    """CBP's strategy, returned for two must-changes of which the second version does one, read on December 21."""
    strategy, lead, by = stage.submitted("CBP"), stage.person(Role.DIRECTORATE_LEAD), stage.person(Role.LEAD, "CBP")
    name = strategies.under_review(strategy).row_names["IV.c.3"]["metrics"][0]
    must = Kind.MUST_CHANGE
    comments.comment(strategy, "IV.c.3", "Which baseline?", kind=must, row=("metrics", name), by=lead, at=AT)
    comments.comment(strategy, "IV.c.5.a", "Who reads the forms?", kind=must, by=lead, at=AT)
    comments.comment(strategy, "IV.c.3", "Weaker than TSA.", audience=Audience.TEAM, by=lead, at=AT)
    reviews.send_back(strategy, reason="Two things.", by=lead, at=AT)
    answer = next(each for each in strategy.answers if each.clause == "IV.c.3")
    first, *others = answer.content["metrics"]
    content = {**answer.content, "metrics": [{**first, "baseline": 61}, *others]}
    told, at = answer.row_names, eastern("2023-12-20 09:00")
    drafting.save_section(strategy, "IV.c.3", content, base_revision=answer.revision, row_names=told, by=by, at=at)
    strategies.submit(strategy, by=by, at=at)
    session().commit()
    it_is(eastern("2023-12-21 10:00"))
    return strategy


def test_the_reviewer_sees_each_change_beside_what_was_asked_and_confirms_it(
    app: Flask, stage: Stage, paper: Strategy
) -> None:
    client, page = visitor(app, stage.person(Role.DIRECTORATE_LEAD)), f"/strategies/{paper.id}/changes"
    shown = client.get(page)
    text = shown.get_data(as_text=True)
    assert "<ins>" in text
    assert "<del>" in text
    assert "[added: 61 ]" in words(shown)
    assert "Changed Metric 1: " in words(shown)
    assert "IV.c.5.a Forms design Nothing changed here." in words(shown)
    assert "2 must-changes are open:" in words(shown)
    remark = next(each for each in comments.open_must_changes(paper) if each.clause == "IV.c.3")
    form = {"settled": "yes", "version_number": "2", "back": "changes"}
    done = client.post(f"/strategies/{paper.id}/review/comments/{remark.id}/settled", data=form)
    assert done.location.endswith(f"/changes#comment-{remark.id}")
    assert "A must-change is open: IV.c.5.a" in words(client.get(page))


def test_the_component_sees_the_changes_without_what_the_team_says(app: Flask, stage: Stage, paper: Strategy) -> None:
    shown = words(visitor(app, stage.person(Role.LEAD, "CBP")).get(f"/strategies/{paper.id}/changes"))
    assert "Which baseline?" in shown
    assert "Weaker than TSA." not in shown
    assert visitor(app, stage.person(Role.LEAD, "TSA")).get(f"/strategies/{paper.id}/changes").status_code == 404


def test_any_two_versions_are_compared_and_others_are_not_there(app: Flask, stage: Stage, paper: Strategy) -> None:
    client, page = visitor(app, stage.person(Role.DIRECTORATE_LEAD)), f"/strategies/{paper.id}/changes"
    backwards = words(client.get(f"{page}?from=2&to=1"))
    assert "[removed: 61 ]" in backwards
    assert "Nothing changed here" in words(client.get(f"{page}?from=2&to=2"))
    assert client.get(f"{page}?from=1&to=7").status_code == 404
    assert client.get(f"{page}?from=one&to=2").status_code == 422


def test_with_one_version_there_is_nothing_to_compare(app: Flask, stage: Stage) -> None:
    strategy = stage.submitted("TSA")
    session().commit()
    shown = words(visitor(app, stage.person(Role.CIO)).get(f"/strategies/{strategy.id}/changes"))
    assert "TSA has submitted one version so far, so there is nothing to compare." in shown


def test_more_comments_need_no_more_statements(app: Flask, stage: Stage, paper: Strategy) -> None:
    client, page = visitor(app, stage.person(Role.CIO)), f"/strategies/{paper.id}/changes"
    with statements(app) as few:
        client.get(page)
    lead = stage.person(Role.DIRECTORATE_LEAD)
    for number in range(5):
        comments.comment(paper, "IV.c.3", f"Remark {number}", by=lead, at=eastern("2023-12-21 09:00"))
    session().commit()
    with statements(app) as many:
        assert "Remark 4" in words(client.get(page))
    assert len(many) == len(few)
