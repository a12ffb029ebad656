"""The Directorate's own duties in the demo: a Directive in its second round, a playbook, a lesson that is offered."""

from collections.abc import Mapping
from datetime import date

from config.settings import FOLDER
from cxworkflow.demo.reviewed import on
from cxworkflow.models import Disposition, GuidanceKind, Person, PolicyEdition, Position
from cxworkflow.services import coordination, duty_drafts, guidance, policies

SAMPLES = FOLDER / "demo"
ASKED = ("CBP", "CISA", "FEMA", "FLETC", "TSA", "USCG", "USCIS")


def coordinated(edition: PolicyEdition, *, lead: Person, leads: Mapping[str, Person]) -> None:
    """The Directive, answered once and circulated again until December 18; the Instruction's first draft."""
    first, second, instruction = (
        (SAMPLES / name).read_text(encoding="utf-8")
        for name in ("directive-1.md", "directive-2.md", "instruction-1.md")
    )
    components = [policies.component_of(code) for code in ASKED]
    draft = duty_drafts.save(edition, "directive", first, by=lead, at=on(10, 6, 15))
    duty_drafts.save(edition, "instruction", instruction, by=lead, at=on(10, 6, 16))
    asked = coordination.circulate(
        edition,
        "directive",
        components,
        until_on=date(2023, 11, 3),
        note="Tell us above all whether the reporting can be done with what you measure today.",
        base=draft.id,
        by=lead,
        at=on(10, 16, 9),
    )
    given = coordination.answer(
        asked,
        policies.component_of("TSA"),
        Position.COMMENTS,
        comments=[("3. Reporting", "A report each month is more than our survey can carry. Each quarter is enough.")],
        by=leads["TSA"],
        at=on(10, 30, 14),
    )
    coordination.answer(asked, policies.component_of("CISA"), Position.CONCUR, by=leads["CISA"], at=on(11, 6, 10))
    coordination.close(asked, by=lead, at=on(11, 10, 9))
    coordination.dispose(given.comments[0], Disposition.ACCEPTED, by=lead, at=on(11, 13, 9))
    following = duty_drafts.save(edition, "directive", second, base=draft.id, by=lead, at=on(12, 1, 11))
    coordination.circulate(
        edition, "directive", components, until_on=date(2023, 12, 18), base=following.id, by=lead, at=on(12, 4, 9)
    )


def guided(edition: PolicyEdition, *, lead: Person, cisa: Person) -> None:
    """A playbook that Components are to acknowledge by December 15, and a lesson that CISA offers."""
    text = (SAMPLES / "playbook.md").read_text(encoding="utf-8")
    words = guidance.Words("Five questions after a service", "feedback, surveys", text)
    piece = guidance.write(edition, GuidanceKind.PLAYBOOK, words, by=lead, at=on(11, 20, 9))
    guidance.publish(piece, None, acknowledge_by=date(2023, 12, 15), by=lead, at=on(11, 20, 10))
    guidance.acknowledge(piece, policies.component_of("CISA"), by=cisa, at=on(11, 27, 11))
    lesson = "Calls for help fell by a third when the first line of each letter said **what to do, and by when**."
    offered = guidance.Words("Say what to do in the first line", "plain language, letters", lesson)
    guidance.offer(edition, policies.component_of("CISA"), offered, by=cisa, at=on(12, 7, 15))
