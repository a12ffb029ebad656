"""What the Directorate does of its own and sends e-mails about: papers in coordination, the guidance library."""

from datetime import date

from cxworkflow.models import Disposition, GuidanceKind, Person, Position, Role
from cxworkflow.services import (
    coordination,
    coordination_notices,
    deliverables,
    duty_drafts,
    guidance,
    guidance_notices,
    signatures,
)
from tests.stage import Stage, eastern


def coordinated(stage: Stage, own: Person) -> None:
    """A Directive that two Components are asked about, and one answers, signed after it was answered."""
    lead, at, edition = stage.person(Role.DIRECTORATE_LEAD), eastern("2023-10-02 09:00"), stage.edition
    deliverables.deliver(edition, "cx-directorate", by=lead, at=eastern("2023-09-12 10:00"))
    draft = duty_drafts.save(edition, "directive", "All <serve>.", by=lead, at=at)
    asked = coordination.circulate(
        edition,
        "directive",
        [stage.component("CBP"), stage.component("TSA")],
        until_on=date(2023, 10, 10),
        note="Please look at <page 2>.",
        base=draft.id,
        by=lead,
        at=at,
    )
    said = [("Page 2", "Who <pays>?")]
    given = coordination.answer(
        asked, stage.component("CBP"), Position.NON_CONCUR, reason="Costs.", comments=said, by=own, at=at
    )
    for day in (3, 10, 11):
        coordination_notices.remind_all(date(2023, 10, day), eastern(f"2023-10-{day:02} 06:00"))
    coordination.dispose(given.comments[0], Disposition.ACCEPTED, by=lead, at=eastern("2023-10-12 09:00"))
    coordination.close(asked, by=lead, at=eastern("2023-10-12 09:00"))
    cio, signed_at = stage.person(Role.CIO), eastern("2023-10-12 10:00")
    signatures.sign(edition, "directive", draft_sha256=draft.sha256, by=cio, at=signed_at)
    _guided(stage, own)


def _guided(stage: Stage, own: Person) -> None:
    """A playbook that is published, reminded of and withdrawn; a lesson that a Component offers."""
    lead, at, edition = stage.person(Role.DIRECTORATE_LEAD), eastern("2023-10-02 09:00"), stage.edition
    words = guidance.Words("Plain <forms>", "forms", "Ask <less>.")
    piece = guidance.write(edition, GuidanceKind.PLAYBOOK, words, by=lead, at=at)
    guidance.publish(piece, [stage.component("CBP")], acknowledge_by=date(2023, 10, 10), by=lead, at=at)
    for day in (3, 10, 17):
        guidance_notices.remind_all(date(2023, 10, day), eastern(f"2023-10-{day:02} 06:00"))
    guidance.withdraw(piece, reason="The law <has> changed.", by=lead, at=eastern("2023-10-18 06:00"))
    lesson = guidance.Words("Call <back>", "", "Sooner.")
    guidance.offer(edition, stage.component("CBP"), lesson, by=own, at=eastern("2023-10-18 09:00"))
