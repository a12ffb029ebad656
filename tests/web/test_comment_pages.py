"""Comments on the page of the review: who reads which, the forms, and what leads nowhere."""

import pytest
from flask import Flask
from sqlalchemy import select

from cxworkflow.db import session
from cxworkflow.models import Audience, Comment, Kind, Role, Strategy
from cxworkflow.services import comments, reviews
from tests.stage import Stage, eastern
from tests.web.visiting import it_is, visitor, words

pytestmark = pytest.mark.integration

AT = eastern("2023-12-19 10:00")


@pytest.fixture
def paper(stage: Stage) -> Strategy:
    """CBP's strategy with a comment to CBP and one among the team, read on December 20."""
    strategy, reviewer = stage.submitted("CBP"), stage.person(Role.REVIEWER)
    reviews.assign(strategy, reviewer, by=stage.person(Role.DIRECTORATE_LEAD), at=eastern("2023-12-19 09:00"))
    comments.comment(strategy, "IV.c.3", "Where is the baseline?", kind=Kind.MUST_CHANGE, by=reviewer, at=AT)
    comments.comment(strategy, "IV.c.3", "Weaker than TSA.", audience=Audience.TEAM, by=reviewer, at=AT)
    session().commit()
    it_is(eastern("2023-12-20 10:00"))
    return strategy


def numbers() -> tuple[int, int]:
    """The numbers of the open comment and of the team's."""
    open_one, secret = session().scalars(select(Comment.id).order_by(Comment.id)).all()
    return open_one, secret


def test_a_comment_on_a_row_says_which_row(app: Flask, stage: Stage, paper: Strategy) -> None:
    client, page = visitor(app, stage.person(Role.REVIEWER)), f"/strategies/{paper.id}/review"
    assert paper.current_version is not None
    name = paper.current_version.row_names["IV.c.3"]["metrics"][0]
    form = {"clause": "IV.c.3", "version_number": "1", "text": "Since when?", "kind": "suggestion"}
    sent = client.post(f"{page}/comments", data={**form, "audience": "component", "about": f"metrics/{name}"})
    assert sent.status_code == 303
    shown = words(client.get(page))
    assert "Suggestion December 20, 2023, 10:00 a.m. Eastern time Metric 1: " in shown


@pytest.mark.parametrize("missing", ["kind", "audience"])
def test_nothing_is_shown_to_anybody_who_was_not_chosen(
    app: Flask, stage: Stage, paper: Strategy, missing: str
) -> None:
    client, page = visitor(app, stage.person(Role.REVIEWER)), f"/strategies/{paper.id}/review/comments"
    form = {"clause": "IV.c.3", "version_number": "1", "text": "Hm.", "kind": "comment", "audience": "team"}
    del form[missing]
    refused = client.post(page, data=form)
    assert refused.status_code == 422
    assert f'href="#{missing}"' in refused.get_data(as_text=True)
    assert "Hm." in words(refused)


def test_the_component_reads_what_is_said_to_it_on_every_page_and_nothing_else(
    app: Flask, stage: Stage, paper: Strategy
) -> None:
    client = visitor(app, stage.person(Role.LEAD, "CBP"))
    address = f"/strategies/{paper.id}"
    assert "Where is the baseline?" in words(client.get(f"{address}/review"))
    for page in ("/", "/components/CBP", address, f"{address}/review", f"{address}/decision", f"{address}/versions/1"):
        assert "Weaker than TSA." not in client.get(page).get_data(as_text=True), page
    # Not even that something was said: the history has one comment, not two.
    assert words(client.get(address)).count("commented on section IV.c.3") == 1


def test_what_one_may_not_read_is_not_there(app: Flask, stage: Stage, paper: Strategy) -> None:
    open_one, secret = numbers()
    place = f"/strategies/{paper.id}/review/comments"
    lead, other = visitor(app, stage.person(Role.LEAD, "CBP")), visitor(app, stage.person(Role.LEAD, "TSA"))
    for verb in ("answers", "kind", "settled"):
        form = {"answer": "Hello.", "kind": "must-change", "settled": "yes", "version_number": "1"}
        assert lead.post(f"{place}/{secret}/{verb}", data=form).status_code == 404
        assert other.post(f"{place}/{open_one}/{verb}", data=form).status_code == 404
        assert lead.post(f"{place}/999999/{verb}", data=form).status_code == 404
    elsewhere = stage.submitted("TSA")
    session().commit()
    reviewer = visitor(app, stage.person(Role.DIRECTORATE_LEAD))
    assert reviewer.post(f"/strategies/{elsewhere.id}/review/comments/{open_one}/answers").status_code == 404


def test_the_lead_answers_and_the_reviewer_settles_and_opens_again(app: Flask, stage: Stage, paper: Strategy) -> None:
    open_one, _ = numbers()
    place = f"/strategies/{paper.id}/review"
    lead, reviewer = visitor(app, stage.person(Role.LEAD, "CBP")), visitor(app, stage.person(Role.REVIEWER))
    empty = lead.post(f"{place}/comments/{open_one}/answers", data={"answer": " ", "thread": open_one})
    assert empty.status_code == 422
    assert words(empty).count("Write the answer before sending it.") == 2
    sent = lead.post(f"{place}/comments/{open_one}/answers", data={"answer": "It is 45.", "thread": open_one})
    assert sent.location.endswith(f"#comment-{open_one}")
    assert "It is 45." in words(reviewer.get(place))
    assert lead.post(f"{place}/comments/{open_one}/settled", data={"version_number": "1"}).status_code == 403
    settled = f"{place}/comments/{open_one}/settled"
    done = reviewer.post(settled, data={"settled": "yes", "version_number": "1"}, follow_redirects=True)
    assert "Must change: done" in words(done)
    again = reviewer.post(settled, data={"settled": "no", "version_number": "1"}, follow_redirects=True)
    assert "The comment is open again." in words(again)


def test_a_comment_becomes_a_suggestion(app: Flask, stage: Stage, paper: Strategy) -> None:
    open_one, secret = numbers()
    client, place = visitor(app, stage.person(Role.REVIEWER)), f"/strategies/{paper.id}/review/comments"
    turned = client.post(f"{place}/{open_one}/kind", data={"kind": "suggestion"}, follow_redirects=True)
    assert "The comment is a suggestion now." in words(turned)
    assert client.post(f"{place}/{open_one}/kind", data={"kind": "order"}).status_code == 422
    told = client.post(f"{place}/{secret}/kind", data={"kind": "must-change", "thread": secret})
    assert "CBP has to be able to read a must-change." in words(told)
