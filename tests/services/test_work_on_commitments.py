"""Work on commitments: progress, evidence, the check, changes and readings; what is wrong changes nothing."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from cxworkflow.db import session
from cxworkflow.errors import InvalidInput, NotAllowed, NotNow
from cxworkflow.models import Commitment, CommitmentState, Evidence, Notice, Reading, Role
from cxworkflow.services import commitment_changes as changes
from cxworkflow.services import evidence, progress, readings
from cxworkflow.uploads.examining import Examined, examine
from tests.refusals import refused
from tests.stage import Stage, eastern
from tests.uploads.samples import chunk, png

pytestmark = pytest.mark.integration

AT, LATER = eastern("2024-03-01 10:00"), eastern("2024-03-11 10:00")
MOST = 100_000


def one(stage: Stage, kind: str) -> Commitment:
    """An open commitment of USCG, of this kind."""
    if session().scalar(select(Commitment.id).limit(1)) is None:
        stage.approved("USCG")
    return session().scalars(select(Commitment).where(Commitment.kind == kind).order_by(Commitment.id)).first()  # type: ignore[return-value]


def picture(name: str = "seen.png", said: str = "one") -> Examined:
    return examine(name, png(inside=chunk(b"tEXt", f"Comment\0{said}".encode())), largest=10_000, clamd_url=None)


def reported(stage: Stage) -> Commitment:
    """An activity that is reported as done, with evidence."""
    work, lead = one(stage, "activity"), stage.person(Role.LEAD, "USCG")
    evidence.attach(work, picture(), most=MOST, by=lead, at=AT)
    progress.report(work, statement="All forms are tested.", by=lead, at=AT)
    return work


def test_a_lead_reports_progress_in_words_and_in_percent(stage: Stage) -> None:
    work, lead = one(stage, "activity"), stage.person(Role.LEAD, "USCG")
    with refused(InvalidInput, "percent: Give a whole number from 0 to 100"):
        progress.note(work, text="Half of it.", percent=101, by=lead, at=AT)
    with refused(InvalidInput, "text: Say what has been done since"):
        progress.note(work, text=" ", by=lead, at=AT)
    progress.note(work, text="Half of it.", percent=50, by=lead, at=AT)
    assert (work.percent, work.state) == (50, CommitmentState.OPEN)
    for role, code in ((Role.LEAD, "ICE"), (Role.CONTRIBUTOR, "USCG"), (Role.DIRECTORATE_LEAD, None)):
        with refused(NotAllowed, "You may not report on this commitment."):
            progress.note(work, text="I see.", by=stage.person(role, code), at=AT)


def test_a_contributor_who_owns_a_commitment_works_on_it(stage: Stage) -> None:
    work, lead, writer = one(stage, "activity"), stage.person(Role.LEAD, "USCG"), stage.person(Role.CONTRIBUTOR, "USCG")
    change = changes.propose(work, owner=writer, reason="She leads the tests.", by=lead, at=AT)
    changes.accept(change, by=stage.person(Role.DIRECTORATE_LEAD), at=AT)
    progress.note(work, text="Begun.", percent=10, by=writer, at=LATER)
    assert (work.owner_id, work.percent) == (writer.id, 10)


def test_what_is_done_has_to_be_shown_where_the_policy_asks_for_evidence(stage: Stage) -> None:
    work, lead = one(stage, "activity"), stage.person(Role.LEAD, "USCG")
    with refused(InvalidInput, "evidence: Attach at least one file that shows it"):
        progress.report(work, statement="Done.", by=lead, at=AT)
    metric = one(stage, "metric")
    with refused(InvalidInput, "evidence: Enter at least one reading of this metric first"):
        progress.report(metric, statement="Reached.", by=lead, at=AT)
    assert {work.state, metric.state} == {CommitmentState.OPEN}


def test_an_acceptance_counts_from_the_day_of_the_report(stage: Stage) -> None:
    work = reported(stage)
    clock, checker = work.clock, stage.person(Role.DIRECTORATE_LEAD)  # type: ignore[attr-defined]
    assert (work.state, clock.stopped_on) == (CommitmentState.REPORTED, date(2024, 3, 1))
    with refused(NotNow, "waits for the Directorate’s check"):
        progress.note(work, text="More.", by=stage.person(Role.LEAD, "USCG"), at=LATER)
    with refused(NotAllowed, "You may not check what this Component reports as done."):
        progress.accept(work, by=stage.person(Role.LEAD, "USCG"), at=LATER)
    progress.accept(work, by=checker, at=LATER)
    assert (work.state, work.reported_on, work.percent) == (CommitmentState.ACCEPTED, date(2024, 3, 1), 100)
    assert clock.stopped_on == date(2024, 3, 1)
    told = session().scalars(select(Notice).where(Notice.kind == "commitment-checked")).one()
    assert told.person_id == stage.person(Role.LEAD, "USCG").id


def test_what_is_sent_back_runs_on_to_its_own_date(stage: Stage) -> None:
    work = reported(stage)
    clock, due_on = work.clock, work.due_on  # type: ignore[attr-defined]
    checker = stage.person(Role.DIRECTORATE_LEAD)
    with refused(InvalidInput, "reason: Say what is missing"):
        progress.send_back(work, reason="", by=checker, at=LATER)
    progress.send_back(work, reason="Two forms are missing.", by=checker, at=LATER)
    assert (work.state, clock.stopped_on, clock.due_on) == (CommitmentState.SENT_BACK, None, due_on)
    progress.report(work, statement="Now all of them.", by=stage.person(Role.LEAD, "USCG"), at=LATER)
    progress.accept(work, by=checker, at=LATER)
    assert work.state is CommitmentState.ACCEPTED


def test_evidence_that_is_cited_is_neither_removed_nor_replaced(stage: Stage) -> None:
    work, lead = one(stage, "activity"), stage.person(Role.LEAD, "USCG")
    loose = evidence.attach(work, picture("loose.png", "two"), most=MOST, by=lead, at=AT)
    evidence.remove(work, loose.address, by=lead, at=AT)
    work = reported(stage)
    file = session().scalars(select(Evidence)).one()
    with refused(NotNow, "A report cites “seen.png”, so it stays as it is"):
        evidence.remove(work, file.address, by=lead, at=LATER)
    progress.send_back(work, reason="More.", by=stage.person(Role.DIRECTORATE_LEAD), at=LATER)
    with refused(InvalidInput, "file: A report cites another “seen.png”, which can't be replaced."):
        evidence.attach(work, picture(said="swapped"), most=MOST, by=lead, at=LATER)
    assert session().scalars(select(Evidence.sha256)).all() == [file.sha256]


def test_a_change_needs_a_reason_and_an_answer_and_keeps_the_original(stage: Stage) -> None:
    work, lead, checker = one(stage, "activity"), stage.person(Role.LEAD, "USCG"), stage.person(Role.DIRECTORATE_LEAD)
    before, to = work.due_on, date(2024, 9, 1)
    with refused(InvalidInput, "reason: Give the reason for the change"):
        changes.propose(work, due_on=to, reason=" ", by=lead, at=AT)
    with refused(InvalidInput, "title: Nothing would change."):
        changes.propose(work, due_on=before, reason="So.", by=lead, at=AT)
    change = changes.propose(work, due_on=to, reason="The tool comes late.", by=lead, at=AT)
    with refused(NotNow, "A change to this commitment waits for the Directorate’s answer already."):
        changes.propose(work, due_on=to, reason="Again.", by=lead, at=AT)
    assert work.due_on == before
    changes.accept(change, by=checker, at=LATER)
    clock = work.clock  # type: ignore[attr-defined]
    assert (work.due_on, work.original_due_on, clock.due_on, clock.original_due_on) == (to, before, to, before)
    assert clock.changes[-1].reason == "The tool comes late."
    second = changes.propose(work, drops=True, reason="The tool never comes.", by=lead, at=LATER)
    with refused(InvalidInput, "reason: Say why it is refused"):
        changes.refuse(second, reason="", by=checker, at=LATER)
    changes.refuse(second, reason="It is the heart of it.", by=checker, at=LATER)
    assert work.state is CommitmentState.OPEN


def test_what_is_dropped_has_no_clock_any_more(stage: Stage) -> None:
    work, lead = one(stage, "contract"), stage.person(Role.LEAD, "USCG")
    change = changes.propose(work, drops=True, reason="No funds.", by=lead, at=AT)
    changes.accept(change, by=stage.person(Role.DIRECTORATE_LEAD), at=LATER)
    assert (work.state, work.clock.lifted) == (CommitmentState.DROPPED, True)  # type: ignore[attr-defined]


def test_a_reading_is_of_a_day_that_has_come_and_a_correction_keeps_the_former(stage: Stage) -> None:
    metric, lead = one(stage, "metric"), stage.person(Role.LEAD, "USCG")
    with refused(InvalidInput, "as_of: March 2, 2024 has not come yet"):
        readings.read(metric, value="70", as_of=date(2024, 3, 2), by=lead, at=AT)
    with refused(InvalidInput, "value: Give the value as a number"):
        readings.read(metric, value="many", as_of=date(2024, 3, 1), by=lead, at=AT)
    first = readings.read(metric, value="70", as_of=date(2024, 3, 1), by=lead, at=AT)
    with refused(InvalidInput, "as_of: There is a reading as of March 1, 2024 already."):
        readings.read(metric, value="71", as_of=date(2024, 3, 1), by=lead, at=AT)
    with refused(InvalidInput, "reason: Say why it is corrected"):
        readings.correct(first, value="71", as_of=date(2024, 3, 1), reason="", by=lead, at=LATER)
    readings.correct(first, value="71", as_of=date(2024, 3, 1), reason="A slip.", by=lead, at=LATER)
    with refused(NotNow, "This reading has been corrected already."):
        readings.correct(first, value="72", as_of=date(2024, 3, 1), reason="Again.", by=lead, at=LATER)
    assert [each.value for each in readings.standing(metric)] == [Decimal(71)]
    assert len(session().scalars(select(Reading)).all()) == 2
