"""The Directorate reviews on one page, and the CIO decides on another exactly what was read."""

import re
from hashlib import sha256

import pytest
from flask import Flask
from sqlalchemy import select

from cxworkflow.db import session
from cxworkflow.models import Comment, Decision, Kind, Mark, Notice, Person, Role, Strategy
from cxworkflow.services import comments, people, reviews, rubrics, strategies
from tests.stage import Stage, eastern
from tests.web.visiting import Browser, it_is, statements, visitor, words

pytestmark = [pytest.mark.integration, pytest.mark.clause("IV.b")]

PLAIN = {"kind": "comment", "audience": "component"}


@pytest.fixture
def paper(stage: Stage) -> Strategy:
    """CBP's strategy, submitted on December 18, read on December 20."""
    strategy = stage.submitted("CBP")
    session().commit()
    it_is(eastern("2023-12-20 10:00"))
    return strategy


def lead(app: Flask, stage: Stage) -> Browser:
    return visitor(app, stage.person(Role.DIRECTORATE_LEAD))


def resubmitted(stage: Stage, strategy: Strategy) -> None:
    """Version 1 is withdrawn and version 2 takes its place, behind the back of whoever reads version 1."""
    by, at = stage.person(Role.LEAD, "CBP"), eastern("2023-12-20 11:00")
    strategies.withdraw(strategy, reason="A wrong figure.", by=by, at=at)
    strategies.submit(strategy, by=by, at=at)
    session().commit()


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
    resubmitted(stage, paper)
    refused = client.post(f"/strategies/{paper.id}/{what}", data={"version_number": "1", "sha256": sha256, **typed})
    assert refused.status_code == 409
    assert "You read version 1, but version 2 is before you now." in words(refused)
    assert all(text in words(refused) for text in typed.values() if text.endswith("."))
    assert session().scalars(select(Comment)).all() == []
    assert session().scalars(select(Decision)).all() == []


@pytest.mark.clause("IV.d")
def test_the_cio_sees_what_follows_before_the_click_and_approves_what_was_read(
    app: Flask, stage: Stage, paper: Strategy
) -> None:
    client, page = visitor(app, stage.person(Role.CIO)), f"/strategies/{paper.id}/decision"
    assert paper.current_version is not None
    shown = client.get(page)
    assert paper.current_version.sha256 in words(shown)
    assert "starts today and is due on June 17, 2024 . 180 days from December 20, 2023 is June 17, 2024." in words(
        shown
    )
    assert words(shown).count("What happens next") == 1
    form = {"version_number": "1", "sha256": paper.current_version.sha256, "remark": ""}
    told = client.post(f"{page}/approval", data=form, follow_redirects=True)
    assert "Version 1 of the strategy of CBP is approved." in words(told)
    assert "Strategy implementation is due on June 17, 2024 ." in words(told)
    again = client.post(f"{page}/approval", data=form)
    assert again.status_code == 409
    assert "this one is approved. Nothing was changed." in words(again)
    assert len(session().scalars(select(Decision)).all()) == 1


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


def test_conditions_are_recorded_and_shown_to_the_lead(app: Flask, stage: Stage, paper: Strategy) -> None:
    client, page = visitor(app, stage.person(Role.CIO)), f"/strategies/{paper.id}"
    assert paper.current_version is not None
    form = {"version_number": "1", "sha256": paper.current_version.sha256, "remark": ""}
    conditions = "Report every quarter.\n\n Name an owner. "
    told = client.post(f"{page}/decision/approval", data={**form, "conditions": conditions}, follow_redirects=True)
    assert "Approved on these conditions: Report every quarter. Name an owner." in words(told)
    of_cbp = visitor(app, stage.person(Role.LEAD, "CBP"))
    assert "Approved on these conditions: Report every quarter. Name an owner." in words(of_cbp.get(page))


def test_the_letter_comes_back_as_the_same_bytes_for_those_concerned(app: Flask, stage: Stage, paper: Strategy) -> None:
    letter = f"/strategies/{paper.id}/versions/1/letter.pdf"
    cio = visitor(app, stage.person(Role.CIO))
    assert cio.get(letter).status_code == 404
    stage.approve(paper, "2023-12-20 09:00")
    session().commit()
    shown = words(cio.get(f"/strategies/{paper.id}/decision"))
    sent = cio.get(letter)
    assert (sent.mimetype, sent.headers["Content-Disposition"]) == (
        "application/pdf",
        "attachment; filename=CBP-version-1-approved.pdf",
    )
    assert sha256(sent.data).hexdigest() in shown
    of_cbp = visitor(app, stage.person(Role.LEAD, "CBP"))
    assert of_cbp.get(letter).data == sent.data
    assert "The letter about version 1 (PDF)" in words(of_cbp.get(f"/strategies/{paper.id}"))
    assert visitor(app, stage.person(Role.LEAD, "TSA")).get(letter).status_code == 404
    assert cio.get(letter.replace("/1/", "/2/")).status_code == 404


def test_the_cio_has_all_that_a_decision_needs_on_one_page(app: Flask, stage: Stage, paper: Strategy) -> None:
    director, at = stage.person(Role.DIRECTORATE_LEAD), eastern("2023-12-19 09:00")
    rubrics.mark(paper, {"IV.c.1": (Mark.MEETS, ""), "IV.c.3": (Mark.PARTLY, "No source.")}, by=director, at=at)
    comments.comment(paper, "IV.c.3", "Where is the baseline?", kind=Kind.MUST_CHANGE, by=director, at=at)
    resubmitted(stage, paper)
    rubrics.mark(paper, {"IV.c.1": (Mark.MEETS, ""), "IV.c.3": (Mark.PARTLY, "Not yet.")}, by=director, at=at)
    session().commit()
    shown = words(visitor(app, stage.person(Role.CIO)).get(f"/strategies/{paper.id}/decision"))
    for part in (
        "How reviewers rate it",
        "Partly IV.c.3 Metrics: Not yet.",
        "One must-change is open.",
        "What changed since version 1",
        "Approve version 2",
        "Return version 2",
    ):
        assert part in shown, part
    of_cbp = words(visitor(app, stage.person(Role.LEAD, "CBP")).get(f"/strategies/{paper.id}/decision"))
    assert "Not yet." not in of_cbp


@pytest.mark.clause("IV.e")
def test_the_cap_is_said_before_the_click(app: Flask, stage: Stage, paper: Strategy) -> None:
    it_is(eastern("2024-04-10 09:00"))
    shown = words(visitor(app, stage.person(Role.CIO)).get(f"/strategies/{paper.id}/decision"))
    assert "is due on September 30, 2024 ." in shown
    assert "Clause IV.e allows no day after September 30, 2024" in shown


def test_a_changed_hash_approves_nothing(app: Flask, stage: Stage, paper: Strategy) -> None:
    client = visitor(app, stage.person(Role.CIO))
    form = {"version_number": "1", "sha256": "0" * 64, "remark": "Good work."}
    refused = client.post(f"/strategies/{paper.id}/decision/approval", data=form)
    assert refused.status_code == 409
    assert "Nothing was approved" in words(refused)
    assert "Good work." in words(refused)


def test_nobody_decides_on_their_own_components_paper(app: Flask, stage: Stage, paper: Strategy) -> None:
    cio, at = stage.person(Role.CIO), eastern("2023-12-19 09:00")
    people.appoint(cio, Role.CONTRIBUTOR, stage.component("CBP"), from_on=at.date(), at=at)
    session().commit()
    shown = visitor(app, cio).get(f"/strategies/{paper.id}/decision")
    assert "The Chief Information Officer decides here, unless" in words(shown)
    assert "<form" not in shown.get_data(as_text=True).partition("<h1>")[2]


def test_a_form_that_lost_its_numbers_is_refused_in_words(app: Flask, stage: Stage, paper: Strategy) -> None:
    refused = visitor(app, stage.person(Role.CIO)).post(f"/strategies/{paper.id}/decision/approval", data={})
    assert refused.status_code == 422
    assert "The form was not complete." in words(refused)


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
