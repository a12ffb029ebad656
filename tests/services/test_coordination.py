"""The Directorate's own papers: drafted, put to Components, answered, settled, signed by somebody who did not write."""

from datetime import date

import pytest
from sqlalchemy import select

from cxworkflow.db import session
from cxworkflow.errors import Conflict, InvalidInput, NotAllowed, NotFound, NotNow
from cxworkflow.models import (
    Concurrence,
    Deliverable,
    Disposition,
    DutyDraft,
    Event,
    Notice,
    Person,
    Position,
    Role,
    Round,
)
from cxworkflow.services import coordination, coordination_notices, deliverables, duty_drafts, signatures
from cxworkflow.uploads.examining import examine
from tests.refusals import refused
from tests.stage import Stage, eastern
from tests.uploads.samples import png

pytestmark = [pytest.mark.integration, pytest.mark.clause("IV.a")]

WHAT = "directive"
ON = date(2023, 10, 20)


@pytest.fixture
def lead(stage: Stage) -> Person:
    return stage.person(Role.DIRECTORATE_LEAD)


@pytest.fixture
def draft(stage: Stage, lead: Person) -> DutyDraft:
    return duty_drafts.save(stage.edition, WHAT, "# Purpose\n\nAll serve.", by=lead, at=eastern("2023-10-02 09:00"))


@pytest.fixture
def asked(stage: Stage, lead: Person, draft: DutyDraft) -> Round:
    return circulate(stage, draft, lead)


def circulate(stage: Stage, draft: DutyDraft, lead: Person, when: str = "2023-10-03 09:00") -> Round:
    components = [stage.component(code) for code in ("CBP", "TSA", "FEMA")]
    return coordination.circulate(
        stage.edition, WHAT, components, until_on=ON, note="", base=draft.id, by=lead, at=eastern(when)
    )


def answered(stage: Stage, asked: Round, code: str, position: Position, when: str, **said: object) -> Concurrence:
    return coordination.answer(
        asked,
        stage.component(code),
        position,
        by=stage.person(Role.LEAD, code),
        at=eastern(when),
        **said,  # type: ignore[arg-type]
    )


def test_a_paper_goes_from_draft_to_signature_and_is_done_then(stage: Stage, asked: Round, lead: Person) -> None:
    objected = answered(
        stage,
        asked,
        "CBP",
        Position.NON_CONCUR,
        "2023-10-10 09:00",
        reason="It costs too much.",
        comments=[("Purpose", "Say who pays."), ("", "Name an owner.")],
    )
    late = answered(stage, asked, "TSA", Position.CONCUR, "2023-10-22 09:00")
    assert (objected.late, late.late) == (False, True)
    silent = coordination.close(asked, by=lead, at=eastern("2023-10-23 09:00"))
    assert [each.code for each in silent] == ["FEMA"]
    assert asked.draft.number == 1

    first, second = objected.comments
    coordination.dispose(first, Disposition.ACCEPTED, by=lead, at=eastern("2023-10-24 09:00"))
    coordination.dispose(second, Disposition.DECLINED, reason="OCIO owns it.", by=lead, at=eastern("2023-10-24 09:05"))
    following = duty_drafts.save(
        stage.edition,
        WHAT,
        "# Purpose\n\nAll serve. OCIO pays.",
        base=asked.draft_id,
        by=lead,
        at=eastern("2023-10-25 09:00"),
    )
    assert (following.number, following.revision) == (2, 1)
    cio = stage.person(Role.CIO)
    signature = signatures.sign(
        stage.edition, WHAT, draft_sha256=following.sha256, by=cio, at=eastern("2023-10-30 09:00")
    )
    session().flush()
    assert signature.pdf.startswith(b"%PDF")
    assert signature.sha256 == following.sha256
    assert WHAT in deliverables.delivered(stage.edition)
    kept = session().scalars(select(Event.details).where(Event.verb == "signed-paper")).one()
    assert (kept["sha256"], kept["letter_sha256"]) == (following.sha256, signature.pdf_sha256)
    with refused(NotNow, "A signed paper stays as it is."):
        duty_drafts.save(stage.edition, WHAT, "Another.", base=following.id, by=lead, at=eastern("2023-10-31 09:00"))


def test_every_saved_state_is_kept_and_who_saves_second_overwrites_nothing(
    stage: Stage, draft: DutyDraft, lead: Person
) -> None:
    at = eastern("2023-10-02 10:00")
    second = duty_drafts.save(stage.edition, WHAT, "All serve well.", base=draft.id, by=lead, at=at)
    assert (second.number, second.revision) == (1, 2)
    assert second.sha256 != draft.sha256
    with refused(Conflict, "Nothing was overwritten."):
        duty_drafts.save(stage.edition, WHAT, "Mine.", base=draft.id, by=lead, at=at)
    assert duty_drafts.save(stage.edition, WHAT, "All serve well.", base=second.id, by=lead, at=at) is second
    file = examine("figures.png", png(), largest=10_000, clamd_url=None)
    third = duty_drafts.save(stage.edition, WHAT, "", file=file, base=second.id, by=lead, at=at)
    assert third.file is not None
    with refused(InvalidInput, "Write the draft, or attach a file"):
        duty_drafts.save(stage.edition, WHAT, " ", without_file=True, base=third.id, by=lead, at=at)


def test_the_first_drafts_of_directive_and_instruction_are_their_begin(
    stage: Stage, draft: DutyDraft, lead: Person
) -> None:
    assert deliverables.delivered(stage.edition) == set()
    duty_drafts.save(stage.edition, "instruction", "How.", by=lead, at=eastern("2023-10-06 16:00"))
    assert deliverables.delivered(stage.edition) == {"directive-and-instruction-begun"}
    at = eastern("2023-10-10 10:00")
    deliverables.deliver(stage.edition, "cx-directorate", by=stage.person(Role.CIO), at=at)
    stopped = session().scalars(select(Deliverable.what).order_by(Deliverable.id)).all()
    assert stopped == ["directive-and-instruction-begun", "cx-directorate"]
    with refused(NotNow, "“CX Directive” is done when the Chief Information Officer has signed it."):
        deliverables.deliver(stage.edition, "directive", by=stage.person(Role.CIO), at=at)


def test_a_round_asks_for_time_components_and_the_draft_that_was_read(
    stage: Stage, draft: DutyDraft, lead: Person
) -> None:
    at, cbp = eastern("2023-10-03 09:00"), [stage.component("CBP")]
    with refused(InvalidInput, "Choose a day after today."):
        coordination.circulate(stage.edition, WHAT, cbp, until_on=at.date(), base=draft.id, by=lead, at=at)
    with refused(InvalidInput, "Choose at least one Component."):
        coordination.circulate(stage.edition, WHAT, [], until_on=ON, base=draft.id, by=lead, at=at)
    with refused(Conflict, "Read it before you circulate it."):
        coordination.circulate(stage.edition, WHAT, cbp, until_on=ON, base=draft.id + 1, by=lead, at=at)
    with refused(NotNow, "There is no draft yet."):
        coordination.circulate(stage.edition, "instruction", cbp, until_on=ON, base=0, by=lead, at=at)
    with refused(NotFound, "asks for no paper of this name"):
        coordination.circulate(stage.edition, "a-parade", cbp, until_on=ON, base=0, by=lead, at=at)
    coordination.circulate(stage.edition, WHAT, cbp, until_on=ON, base=draft.id, by=lead, at=at)
    with refused(NotNow, "A round is open."):
        coordination.circulate(stage.edition, WHAT, cbp, until_on=ON, base=draft.id, by=lead, at=at)


def test_an_answer_has_what_its_kind_needs(stage: Stage, asked: Round) -> None:
    when = "2023-10-10 09:00"
    with refused(InvalidInput, "whoever does not concur gives a reason"):
        answered(stage, asked, "CBP", Position.NON_CONCUR, when)
    with refused(InvalidInput, "Write at least one comment"):
        answered(stage, asked, "CBP", Position.COMMENTS, when)
    with refused(InvalidInput, "With comments, choose"):
        answered(stage, asked, "CBP", Position.CONCUR, when, comments=[("", "But.")])
    with refused(NotFound, "ICE was not asked in this round."):
        answered(stage, asked, "ICE", Position.CONCUR, when)
    with refused(NotAllowed, "You may not answer for this Component in coordination."):
        coordination.answer(
            asked, stage.component("CBP"), Position.CONCUR, by=stage.person(Role.LEAD, "TSA"), at=eastern(when)
        )


def test_the_last_answer_counts_until_the_directorate_works_with_it_or_closes(
    stage: Stage, asked: Round, lead: Person
) -> None:
    first = answered(stage, asked, "CBP", Position.CONCUR, "2023-10-10 09:00")
    second = answered(stage, asked, "CBP", Position.COMMENTS, "2023-10-11 09:00", comments=[("", "One more thing.")])
    assert coordination.counting(asked)[second.component_id] is second
    assert first.id < second.id
    coordination.dispose(second.comments[0], Disposition.ACCEPTED, by=lead, at=eastern("2023-10-12 09:00"))
    with refused(NotNow, "so its answer stays"):
        answered(stage, asked, "CBP", Position.CONCUR, "2023-10-13 09:00")
    coordination.close(asked, by=lead, at=eastern("2023-10-21 09:00"))
    with refused(NotNow, "This round was closed on October 21, 2023, so it takes no answer any more."):
        answered(stage, asked, "FEMA", Position.CONCUR, "2023-10-22 09:00")
    with refused(NotNow, "closed on October 21, 2023 already"):
        coordination.close(asked, by=lead, at=eastern("2023-10-22 09:00"))


def test_nobody_signs_what_they_wrote_nor_what_is_not_settled_nor_what_is_not_the_last(
    stage: Stage, draft: DutyDraft, lead: Person
) -> None:
    cio, at = stage.person(Role.CIO), eastern("2023-10-30 09:00")
    edition = stage.edition
    with refused(NotNow, "No Component has been asked yet."):
        signatures.sign(edition, WHAT, draft_sha256=draft.sha256, by=cio, at=at)
    asked = circulate(stage, draft, lead)
    with refused(NotNow, "A round of coordination is open."):
        signatures.sign(edition, WHAT, draft_sha256=draft.sha256, by=cio, at=at)
    given = answered(stage, asked, "CBP", Position.COMMENTS, "2023-10-10 09:00", comments=[("", "Say who pays.")])
    coordination.close(asked, by=lead, at=at)
    with refused(NotNow, "1 comment of Components still waits"):
        signatures.sign(edition, WHAT, draft_sha256=draft.sha256, by=cio, at=at)
    with refused(InvalidInput, "Say why it is not taken over as it stands."):
        coordination.dispose(given.comments[0], Disposition.PARTLY, by=lead, at=at)
    coordination.dispose(given.comments[0], Disposition.ACCEPTED, by=lead, at=at)
    both = stage.newcomer("Ada Both", (Role.DIRECTORATE_LEAD, None), (Role.CIO, None))
    last = duty_drafts.save(edition, WHAT, "OCIO pays.", base=draft.id, by=both, at=at)
    with refused(Conflict, "This is not the last draft. Read draft 2"):
        signatures.sign(edition, WHAT, draft_sha256=draft.sha256, by=cio, at=at)
    with refused(NotAllowed, "Whoever wrote a paper does not sign it"):
        signatures.sign(edition, WHAT, draft_sha256=last.sha256, by=both, at=at)
    with refused(NotAllowed, "You may not sign the Directorate's papers."):
        signatures.sign(edition, WHAT, draft_sha256=last.sha256, by=lead, at=at)
    signatures.sign(edition, WHAT, draft_sha256=last.sha256, by=cio, at=at)


def test_components_are_told_reminded_once_for_each_rung_and_not_after_their_answer(
    stage: Stage, asked: Round, lead: Person
) -> None:
    def owed(kind: str) -> list[tuple[str | None, str]]:
        wanted = select(Notice.component_id, Notice.to_role).where(Notice.kind == kind).order_by(Notice.id)
        codes = {stage.component(code).id: code for code in ("CBP", "TSA", "FEMA")}
        return [(codes.get(component or 0), role) for component, role in session().execute(wanted)]

    assert owed("circulated") == [("CBP", "lead"), ("TSA", "lead"), ("FEMA", "lead")]
    answered(stage, asked, "CBP", Position.CONCUR, "2023-10-10 09:00")
    assert owed("answered-round") == [(None, "directorate-lead")]
    for on in (date(2023, 10, 12), date(2023, 10, 13), date(2023, 10, 14)):
        coordination_notices.remind_all(on, eastern(f"{on} 06:00"))
    assert owed("round-due") == [("FEMA", "lead"), ("TSA", "lead")]
    coordination_notices.remind_all(ON, eastern("2023-10-20 06:00"))
    assert owed("round-due")[2:] == [("FEMA", "lead"), ("FEMA", "executive"), ("TSA", "lead"), ("TSA", "executive")]
    coordination.close(asked, by=lead, at=eastern("2023-10-20 09:00"))
    coordination_notices.remind_all(date(2023, 10, 21), eastern("2023-10-21 06:00"))
    assert len(owed("round-due")) == 6
