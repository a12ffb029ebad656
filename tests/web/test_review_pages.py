"""The Directorate reviews on one page: reviewers, comments, a recommendation, a return."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from cxworkflow.db import session
from cxworkflow.models import Comment, Decision, Kind, Mark, Notice, Person, Role, Strategy
from cxworkflow.services import comments, people, reviews, rubrics
from tests.stage import Stage, eastern
from tests.web.visiting import Browser, statements, visitor, words

pytestmark = [pytest.mark.integration, pytest.mark.clause("IV.b")]

PLAIN = {"kind": "comment", "audience": "component"}


def lead(app: Flask, stage: Stage) -> Browser:
    return visitor(app, stage.person(Role.DIRECTORATE_LEAD))


def test_the_lead_assigns_a_reviewer_who_is_told(app: Flask, stage: Stage, paper: Strategy) -> None:
    client, reviewer = lead(app, stage), stage.person(Role.REVIEWER)
    assert "Nobody has been asked to review version 1 yet" in words(client.get(f"/strategies/{paper.id}/review"))
    answer = client.post(
        f"/strategies/{paper.id}/review/reviewers", data={"reviewer": reviewer.id}, follow_redirects=True
    )
    assert f"{reviewer.name} reviews this version now" in words(answer)
    told = session().scalars(select(Notice).where(Notice.kind == "assigned")).one()
    assert told.person_id == reviewer.id


def test_choosing_nobody_is_said_beside_the_box(app: Flask, stage: Stage, paper: Strategy) -> None:
    answer = lead(app, stage).post(f"/strategies/{paper.id}/review/reviewers", data={"reviewer": ""})
    assert answer.status_code == 422
    assert words(answer).count("Choose who is to review this version.") == 2


def test_a_reviewer_comments_on_a_section_and_recommends(app: Flask, stage: Stage, paper: Strategy) -> None:
    reviewer = stage.person(Role.REVIEWER)
    reviews.assign(paper, reviewer, by=stage.person(Role.DIRECTORATE_LEAD), at=eastern("2023-12-19 09:00"))
    session().commit()
    client, page = visitor(app, reviewer), f"/strategies/{paper.id}/review"
    comment = {**PLAIN, "clause": "IV.c.3", "version_number": "1", "text": "Where is the baseline?\nAnd the source?"}
    answer = client.post(f"{page}/comments", data=comment)
    assert answer.status_code == 303
    assert answer.location.endswith("#section-IV-c-3")
    assert "Where is the baseline? And the source?" in words(client.get(page))
    advice = {"version_number": "1", "advice": "approved", "recommendation": "Complete."}
    assert client.post(f"{page}/recommendation", data=advice).status_code == 303
    assert "Approve this version Complete." in words(client.get(page))
    assert session().scalars(select(Notice).where(Notice.kind == "recommended")).one().to_role == "cio"


def test_a_reviewer_without_an_assignment_reads_and_is_told_why_there_are_no_forms(
    app: Flask, stage: Stage, paper: Strategy
) -> None:
    client = visitor(app, stage.person(Role.REVIEWER))
    page = client.get(f"/strategies/{paper.id}/review")
    assert "You may read this version." in words(page)
    assert 'name="text"' not in page.get_data(as_text=True)
    assert 'name="recommendation"' not in page.get_data(as_text=True)
    comment = {**PLAIN, "clause": "IV.c.3", "version_number": "1", "text": "Hello."}
    refused = client.post(f"/strategies/{paper.id}/review/comments", data=comment)
    assert refused.status_code == 403
    assert "You may not comment on this strategy." in words(refused)


def test_another_component_learns_nothing(app: Flask, stage: Stage, paper: Strategy) -> None:
    client = visitor(app, stage.person(Role.LEAD, "TSA"))
    for page in ("review", "decision"):
        assert client.get(f"/strategies/{paper.id}/{page}").status_code == 404
    assert client.post(f"/strategies/{paper.id}/decision/approval", data={}).status_code == 404


def test_returning_needs_a_reason_and_keeps_what_was_typed_elsewhere(app: Flask, stage: Stage, paper: Strategy) -> None:
    client = lead(app, stage)
    assert paper.current_version is not None
    read = {"version_number": "1", "sha256": paper.current_version.sha256}
    refused = client.post(f"/strategies/{paper.id}/review/return", data={**read, "reason": " "})
    assert refused.status_code == 422
    assert "Say what has to change" in words(refused)
    assert 'id="reason"' in refused.get_data(as_text=True)
    told = client.post(
        f"/strategies/{paper.id}/review/return",
        data={**read, "reason": "Baselines."},
        follow_redirects=True,
    )
    assert "Version 1 was returned" in words(told)
    assert "Revision of the returned strategy: January 3, 2024" in words(told)


@pytest.mark.parametrize(
    ("what", "typed"),
    [
        ("review/comments", {"clause": "IV.c.3", "kind": "comment", "audience": "team", "text": "About version 1."}),
        ("review/recommendation", {"advice": "approved", "recommendation": "Fine."}),
        ("review/return", {"reason": "About version 1."}),
        ("decision/approval", {"remark": "Well done."}),
        ("decision/return", {"reason": "About version 1."}),
    ],
)
def test_what_is_said_about_one_version_never_lands_on_another(
    app: Flask, stage: Stage, paper: Strategy, what: str, typed: dict[str, str]
) -> None:
    assert paper.current_version is not None
    sha256 = paper.current_version.sha256
    client = visitor(app, stage.person(Role.CIO)) if what.startswith("decision") else lead(app, stage)
    stage.resubmitted(paper)
    session().commit()
    refused = client.post(f"/strategies/{paper.id}/{what}", data={"version_number": "1", "sha256": sha256, **typed})
    assert refused.status_code == 409
    assert "You read version 1, but version 2 is before you now." in words(refused)
    assert all(text in words(refused) for text in typed.values() if text.endswith("."))
    assert session().scalars(select(Comment)).all() == []
    assert session().scalars(select(Decision)).all() == []


@pytest.mark.parametrize("page", ["review", "decision"])
def test_a_return_gathers_the_open_must_changes_that_were_seen(
    app: Flask, stage: Stage, paper: Strategy, page: str
) -> None:
    director, at = stage.person(Role.DIRECTORATE_LEAD), eastern("2023-12-19 09:00")
    first = comments.comment(paper, "IV.c.3", "Where is the baseline?", kind=Kind.MUST_CHANGE, by=director, at=at)
    session().commit()
    client = visitor(app, stage.person(Role.CIO)) if page == "decision" else lead(app, stage)
    shown = client.get(f"/strategies/{paper.id}/{page}").get_data(as_text=True)
    assert f'name="listed" value="{first.id}"' in shown
    assert "Please make the changes listed below" in shown
    assert paper.current_version is not None
    form = {"version_number": "1", "sha256": paper.current_version.sha256, "reason": "Baselines.", "listed": first.id}
    comments.comment(paper, "IV.c.4", "Who follows up?", kind=Kind.MUST_CHANGE, by=director, at=at)
    session().commit()
    stale = client.post(f"/strategies/{paper.id}/{page}/return", data=form)
    assert stale.status_code == 409
    assert "The open must-changes are not those that you saw" in words(stale)
    assert "Baselines." in words(stale)
    assert client.post(f"/strategies/{paper.id}/{page}/return", data={**form, "listed": "x"}).status_code == 422
    comments.settle(session().scalars(select(Comment).where(Comment.clause == "IV.c.4")).one(), by=director, at=at)
    session().commit()
    told = client.post(f"/strategies/{paper.id}/{page}/return", data=form, follow_redirects=True)
    assert "What has to change: IV.c.3 Metrics : Where is the baseline?" in words(told)
    of_cbp = visitor(app, stage.person(Role.LEAD, "CBP"))
    assert "What has to change IV.c.3 Metrics : Where is the baseline?" in words(of_cbp.get(f"/strategies/{paper.id}"))


def test_before_anything_is_submitted_the_pages_say_what_to_wait_for(app: Flask, stage: Stage) -> None:
    strategy = stage.drafted("CBP")
    session().commit()
    client = visitor(app, stage.person(Role.DIRECTORATE_LEAD))
    assert "The review begins when CBP submits." in words(client.get(f"/strategies/{strategy.id}/review"))
    assert "there is nothing to decide" in words(client.get(f"/strategies/{strategy.id}/decision"))


@pytest.mark.parametrize("page", ["review", "review/rubric", "decision"])
def test_more_comments_and_reviewers_need_no_more_statements(
    app: Flask, stage: Stage, paper: Strategy, page: str
) -> None:
    director, at = stage.person(Role.DIRECTORATE_LEAD), eastern("2023-12-19 09:00")
    client = visitor(app, director)

    def one_more(number: int) -> Person:
        person = people.add(f"Reviewer {number}", f"reviewer{number}@dhs.example", at=at)
        people.appoint(person, Role.REVIEWER, None, from_on=at.date(), at=at)
        reviews.assign(paper, person, by=director, at=at)
        remark = comments.comment(paper, "IV.c.3", f"Remark {number}", by=person, at=at)
        comments.answer(remark, "Noted.", by=director, at=at)
        rubrics.mark(paper, {"IV.c.3": (Mark.PARTLY, f"Reason {number}")}, by=person, at=at)
        session().commit()
        return person

    one_more(1)
    with statements(app) as few:
        client.get(f"/strategies/{paper.id}/{page}")
    for number in range(2, 9):
        one_more(number)
    with statements(app) as many:
        assert re.search(r"(Remark|Reason) 8", words(client.get(f"/strategies/{paper.id}/{page}")))
    assert len(many) == len(few)
