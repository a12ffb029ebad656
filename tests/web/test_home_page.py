"""Home shows each person their own work first, the soonest due on top, whatever their role."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from cxworkflow.db import session
from cxworkflow.models import Commitment, Kind, Outcome, Role
from cxworkflow.services import (
    assignments,
    comments,
    commitment_changes,
    drafting,
    evidence,
    implementation,
    people,
    progress,
    reviews,
)
from cxworkflow.uploads.examining import examine
from tests.stage import Stage, eastern
from tests.uploads.samples import png
from tests.web.visiting import it_is, statements, visitor, words

pytestmark = pytest.mark.integration


def home(app: Flask, stage: Stage, role: Role, code: str | None = None) -> str:
    """What the home page tells the one who holds this role."""
    return words(visitor(app, stage.person(role, code)).get("/"))


@pytest.fixture(autouse=True)
def _december(stage: Stage) -> None:
    it_is(eastern("2023-12-11 09:00"))


def test_a_lead_is_told_to_begin_then_to_write_then_to_submit(app: Flask, stage: Stage) -> None:
    assert "Begin the strategy of CBP DHS Policy Statement 076-02 Due in 29 days" in home(app, stage, Role.LEAD, "CBP")
    strategy = stage.drafted("CBP")
    draft = next(answer for answer in strategy.answers if answer.clause == "IV.c.5.a")
    drafting.save_section(
        strategy, "IV.c.5.a", {"text": ""}, base_revision=draft.revision, by=stage.person(Role.LEAD, "CBP"),
        at=eastern("2023-12-10 09:00"),
    )  # fmt: skip
    assert "1 of 12 sections are not complete" in home(app, stage, Role.LEAD, "CBP")
    stage.drafted("CBP")
    assert "Certify and submit the strategy of CBP" in home(app, stage, Role.LEAD, "CBP")
    assert "Certify and submit the strategy of CBP" in home(app, stage, Role.EXECUTIVE, "CBP")
    assert "Nothing waits on you today." in home(app, stage, Role.CONTRIBUTOR, "CBP")


def test_a_lead_whose_paper_came_back_is_told_how_much_has_to_change(app: Flask, stage: Stage) -> None:
    strategy, directorate, at = stage.submitted("CBP"), stage.person(Role.DIRECTORATE_LEAD), eastern("2023-12-19 09:00")
    it_is(eastern("2023-12-20 09:00"))
    comments.comment(strategy, "IV.c.3", "Baseline?", kind=Kind.MUST_CHANGE, by=directorate, at=at)
    assert "CBP: a strategy: 1 must-change open" in home(app, stage, Role.DIRECTORATE_LEAD)
    reviews.send_back(strategy, reason="Baselines.", by=directorate, at=at)
    told = home(app, stage, Role.LEAD, "CBP")
    assert "Revise the strategy of CBP The CX Directorate asked for 1 change" in told
    assert "All sections are complete; 1 must-change open" in told
    assert "Revise" not in home(app, stage, Role.EXECUTIVE, "CBP")


def test_a_contributor_is_told_which_assigned_section_lacks_what(app: Flask, stage: Stage) -> None:
    lead, writer = stage.person(Role.LEAD, "TSA"), stage.person(Role.CONTRIBUTOR, "TSA")
    strategy = stage.drafted("TSA")
    draft = next(answer for answer in strategy.answers if answer.clause == "IV.c.5.a")
    at = eastern("2023-12-10 09:00")
    assignments.assign(strategy, "IV.c.5.a", writer, by=lead, at=at)
    drafting.save_section(strategy, "IV.c.5.a", {"text": ""}, base_revision=draft.revision, by=lead, at=at)
    told = home(app, stage, Role.CONTRIBUTOR, "TSA")
    assert "Write section IV.c.5.a, Forms design Strategy of TSA: 1 thing missing Due in 29 days" in told
    assignments.assign(strategy, "IV.c.5.a", writer, due_on=date(2023, 12, 13), by=lead, at=at)
    told = home(app, stage, Role.CONTRIBUTOR, "TSA")
    assert "Write section IV.c.5.a, Forms design Strategy of TSA: 1 thing missing Due in 2 days" in told
    seen = home(app, stage, Role.LEAD, "TSA")
    assert f"TSA IV.c.5.a Forms design {writer.name} December 13, 2023 Due in 2 days 1 thing" in seen
    assert "What contributors write for you" not in home(app, stage, Role.EXECUTIVE, "TSA")


def test_a_submission_waits_on_the_directorate_lead_then_on_the_reviewer_then_on_the_cio(
    app: Flask, stage: Stage
) -> None:
    strategy = stage.submitted("ICE", "2023-12-01 09:00")
    lead, reviewer = stage.person(Role.DIRECTORATE_LEAD), stage.person(Role.REVIEWER)
    assert "Assign reviewers to the strategy of ICE" in home(app, stage, Role.DIRECTORATE_LEAD)
    assert "strategy of ICE" not in home(app, stage, Role.REVIEWER)
    reviews.assign(strategy, reviewer, by=lead, at=eastern("2023-12-04 09:00"))
    assert "Review the strategy of ICE" in home(app, stage, Role.REVIEWER)
    assert "Recommend or return the strategy of ICE" in home(app, stage, Role.DIRECTORATE_LEAD)
    assert "Decide on" not in home(app, stage, Role.CIO)
    reviews.recommend(strategy, Outcome.APPROVED, by=reviewer, at=eastern("2023-12-08 09:00"))
    assert "Decide on the strategy of ICE" in home(app, stage, Role.CIO)


def test_nobody_is_told_to_judge_what_they_wrote_themselves(app: Flask, stage: Stage) -> None:
    at = eastern("2023-12-01 09:00")
    author = stage.person(Role.LEAD, "ICE")
    people.appoint(author, Role.DIRECTORATE_LEAD, None, from_on=at.date(), at=at)
    stage.submitted("ICE", "2023-12-01 09:00")
    stage.submitted("TSA", "2023-12-01 09:00")
    told = words(visitor(app, author).get("/"))
    assert "Assign reviewers to the strategy of TSA" in told
    assert "Assign reviewers to the strategy of ICE" not in told


def test_an_approved_strategy_waits_on_its_lead_to_be_put_into_practice(app: Flask, stage: Stage) -> None:
    stage.approved("USCG")
    it_is(eastern("2024-01-10 09:00"))
    told = home(app, stage, Role.LEAD, "USCG")
    assert "Put the strategy of USCG into practice, and report it" in told
    assert "July 7, 2024" in told


def promised(stage: Stage, code: str) -> Commitment:
    """The commitment of a Component's approved strategy that is due first."""
    stage.approved(code)
    wanted = select(Commitment).where(Commitment.due_on.is_not(None), Commitment.kind == "activity")
    return session().scalars(wanted.order_by(Commitment.due_on, Commitment.id).limit(1)).one()


def test_the_owner_of_a_commitment_is_told_from_two_weeks_before_its_day(app: Flask, stage: Stage) -> None:
    first = promised(stage, "USCG")
    assert first.due_on is not None
    it_is(eastern(f"{first.due_on - timedelta(days=15)} 09:00"))
    assert "Commitment of USCG" not in home(app, stage, Role.LEAD, "USCG")
    it_is(eastern(f"{first.due_on - timedelta(days=14)} 09:00"))
    assert f"{first.title} Commitment of USCG: 0% done Due in 14 days" in home(app, stage, Role.LEAD, "USCG")
    it_is(eastern(f"{first.due_on + timedelta(days=1)} 09:00"))
    assert f"{first.title} Commitment of USCG: 0% done 1 day overdue" in home(app, stage, Role.LEAD, "USCG")
    assert first.title not in home(app, stage, Role.EXECUTIVE, "USCG"), "somebody else answers for it"


def test_the_directorate_is_told_what_to_check_and_the_owner_what_came_back(app: Flask, stage: Stage) -> None:
    first, at = promised(stage, "USCG"), eastern("2024-01-10 09:00")
    lead, directorate = stage.person(Role.LEAD, "USCG"), stage.person(Role.DIRECTORATE_LEAD)
    it_is(eastern("2024-01-11 09:00"))
    file = examine("seen.png", png(), largest=10_000, clamd_url=None)
    evidence.attach(first, file, most=100_000, by=lead, at=at)
    progress.report(first, statement="All of it.", by=lead, at=at)
    told = home(app, stage, Role.DIRECTORATE_LEAD)
    assert "Check what USCG has done 1 commitment reported as done" in told
    assert "Check what" not in home(app, stage, Role.LEAD, "USCG")
    progress.send_back(first, reason="One is missing.", by=directorate, at=at)
    assert "Check what USCG" not in home(app, stage, Role.DIRECTORATE_LEAD)
    told = home(app, stage, Role.LEAD, "USCG")
    assert f"{first.title} Commitment of USCG: the report on it was sent back" in told


def test_a_proposed_change_waits_on_the_directorate_until_it_is_answered(app: Flask, stage: Stage) -> None:
    first, at = promised(stage, "USCG"), eastern("2024-01-10 09:00")
    lead, directorate = stage.person(Role.LEAD, "USCG"), stage.person(Role.DIRECTORATE_LEAD)
    change = commitment_changes.propose(first, title="Six forms", reason="One was dropped.", by=lead, at=at)
    it_is(eastern("2024-01-11 09:00"))
    said = "Decide what USCG proposes A change to a commitment, waiting since January 10, 2024"
    assert said in home(app, stage, Role.DIRECTORATE_LEAD)
    assert "Decide what" not in home(app, stage, Role.LEAD, "USCG")
    assert first.title in words(visitor(app, directorate).get("/commitments/?flag=change&component=USCG"))
    commitment_changes.accept(change, by=directorate, at=at)
    assert "Decide what" not in home(app, stage, Role.DIRECTORATE_LEAD)


def test_a_report_of_the_whole_waits_on_the_directorate_but_not_on_who_wrote_the_paper(
    app: Flask, stage: Stage
) -> None:
    first, at = promised(stage, "USCG"), eastern("2024-01-10 09:00")
    it_is(eastern("2024-01-11 09:00"))
    lead = stage.person(Role.LEAD, "USCG")
    implementation.report(first.strategy, statement="All of it.", by=lead, at=at)
    assert "Check the implementation of USCG" in home(app, stage, Role.DIRECTORATE_LEAD)
    people.appoint(lead, Role.DIRECTORATE_LEAD, None, from_on=at.date(), at=at)
    assert "Check the implementation of USCG" not in words(visitor(app, lead).get("/"))
    implementation.accept(first.strategy, answer="It runs on.", by=stage.person(Role.DIRECTORATE_LEAD), at=at)
    assert "Check the implementation" not in home(app, stage, Role.DIRECTORATE_LEAD)


def test_what_the_directorate_owes_itself_waits_on_its_lead_and_the_cio(app: Flask, stage: Stage) -> None:
    for role in (Role.DIRECTORATE_LEAD, Role.CIO):
        assert "61 days overdue October 11, 2023" in home(app, stage, role)


def test_the_auditor_sees_clocks_and_history_of_all_and_has_nothing_to_do(app: Flask, stage: Stage) -> None:
    stage.submitted("ICE")
    told = home(app, stage, Role.AUDITOR)
    assert "Nothing waits on you today." in told
    assert "certified and submitted version 1" in told


def test_a_component_hears_nothing_of_the_others(app: Flask, stage: Stage) -> None:
    stage.submitted("ICE")
    session().commit()
    assert "ICE" not in home(app, stage, Role.LEAD, "TSA")


def test_the_number_of_statements_does_not_grow_with_the_work(app: Flask, stage: Stage) -> None:
    client = visitor(app, stage.person(Role.CIO))
    stage.submitted("ICE")
    session().commit()
    with statements(app) as few:
        client.get("/")
    for code in ("TSA", "FEMA", "USCG", "USSS"):
        stage.submitted(code)
    session().commit()
    with statements(app) as many:
        client.get("/")
    assert len(many) == len(few)
    assert len(many) < 20
