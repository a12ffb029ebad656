"""The CIO decides on one page exactly what was read; the letter about it comes back as the same bytes."""

from hashlib import sha256

import pytest
from flask import Flask
from sqlalchemy import select

from cxworkflow.db import session
from cxworkflow.models import Decision, Event, Kind, Mark, Role, Strategy
from cxworkflow.services import comments, commitments, people, rubrics
from tests.stage import Stage, eastern
from tests.web.visiting import it_is, visitor, words

pytestmark = [pytest.mark.integration, pytest.mark.clause("IV.b")]


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


@pytest.mark.clause("IV.d")
def test_the_cio_sees_before_the_click_which_commitments_would_be_due_after_the_term(
    app: Flask, stage: Stage, paper: Strategy
) -> None:
    page = f"/strategies/{paper.id}/decision"
    before = words(visitor(app, stage.person(Role.CIO)).get(page))
    assert "commitments of this version would still be due" not in words(
        visitor(app, stage.person(Role.DIRECTORATE_LEAD)).get(page)
    )
    stage.approve(paper, "2023-12-20 10:00")
    late = commitments.too_late(paper)
    assert late
    assert "After that day" in before
    for each in late:
        assert each.due_on is not None
        assert f"{each.title}, by {each.due_on:%B} {each.due_on.day}, {each.due_on.year}" in before
    assert "After that day" not in words(visitor(app, stage.person(Role.CIO)).get(page))


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
    taken = session().execute(select(Event.by_role, Event.details).where(Event.verb == "exported").order_by(Event.seq))
    assert list(taken.tuples()) == [(role, {"what": "version 1 as the letter about it"}) for role in ("cio", "lead")]
    assert "The letter about version 1 (PDF)" in words(of_cbp.get(f"/strategies/{paper.id}"))
    assert visitor(app, stage.person(Role.LEAD, "TSA")).get(letter).status_code == 404
    assert cio.get(letter.replace("/1/", "/2/")).status_code == 404


def test_the_cio_has_all_that_a_decision_needs_on_one_page(app: Flask, stage: Stage, paper: Strategy) -> None:
    director, at = stage.person(Role.DIRECTORATE_LEAD), eastern("2023-12-19 09:00")
    rubrics.mark(paper, {"IV.c.1": (Mark.MEETS, ""), "IV.c.3": (Mark.PARTLY, "No source.")}, by=director, at=at)
    comments.comment(paper, "IV.c.3", "Where is the baseline?", kind=Kind.MUST_CHANGE, by=director, at=at)
    stage.resubmitted(paper)
    session().commit()
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
