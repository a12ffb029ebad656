"""What is done once a strategy is approved, and beside it: commitments, quarters, guidance, actions, drafts, closes."""

from datetime import date
from io import StringIO

from cxworkflow.models import (
    ActionLink,
    ActionState,
    ActionStep,
    Disposition,
    GuidanceKind,
    Person,
    Position,
    Service,
)
from cxworkflow.services import (
    closes,
    commitment_changes,
    coordination,
    deliverables,
    department_actions,
    duty_drafts,
    evidence,
    guidance,
    hisp_services,
    implementation,
    policies,
    progress,
    quarter_files,
    quarters,
    readings,
    signatures,
)
from tests import hisps
from tests.matrix.premises import HISP, NOW, Matter
from tests.matrix.rows import FIGURES, TO, WHY, Row, Verb, row_of

OF_A_HISP, HISP_FORM = "A quarter of a HISP", hisps.COUNTS
FACTS = hisp_services.Facts("Another name", ("website",), "", date(2020, 1, 1))


def _entered(matter: Matter, by: Person) -> object:
    told = (HISP_FORM, hisps.typed(HISP_FORM))
    component, service = policies.component_of(HISP), row_of(Service, matter.service_id)
    return quarters.enter(component, matter.cycle, service, "website", *told, base_revision=1, by=by, at=NOW)


VERBS: dict[str, tuple[str, str, Verb]] = {
    "deliverables.deliver": (
        "A strategy",
        "draft",
        lambda m, by: deliverables.deliver(Row.paper(m).edition, "cx-directorate", by=by, at=NOW),
    ),
    "deliverables.hand_in": (
        "A strategy",
        "draft",
        lambda m, by: deliverables.hand_in(
            Row.paper(m).edition, "survey-report", Row.paper(m).component, statement=WHY, by=by, at=NOW
        ),
    ),
    "coordination.circulate": (
        "A paper of the Directorate",
        "drafted",
        lambda m, by: coordination.circulate(
            policies.edition_of("dhs-076-02"), m.what, [], until_on=TO, base=0, by=by, at=NOW
        ),
    ),
    "coordination.answer": (
        "A round of coordination",
        "open",
        lambda m, by: coordination.answer(Row.round(m), policies.component_of("CBP"), Position.CONCUR, by=by, at=NOW),
    ),
    "coordination.close": (
        "A round of coordination",
        "open",
        lambda m, by: coordination.close(Row.round(m), by=by, at=NOW),
    ),
    "coordination.dispose": (
        "A round of coordination",
        "open",
        lambda m, by: coordination.dispose(Row.disposable(m), Disposition.ACCEPTED, by=by, at=NOW),
    ),
    "duty_drafts.save": (
        "A paper of the Directorate",
        "drafted",
        lambda m, by: duty_drafts.save(policies.edition_of("dhs-076-02"), m.what, WHY, by=by, at=NOW),
    ),
    "signatures.sign": (
        "A paper of the Directorate",
        "coordinated",
        lambda m, by: signatures.sign(policies.edition_of("dhs-076-02"), m.what, draft_sha256="", by=by, at=NOW),
    ),
    "department_actions.stand": (
        "A Department-wide action",
        "kept",
        lambda m, by: department_actions.stand(
            policies.edition_of("dhs-076-02"), m.clause, ActionState.DONE, owner=WHY, note="", by=by, at=NOW
        ),
    ),
    "department_actions.plan": (
        "A Department-wide action",
        "kept",
        lambda m, by: department_actions.plan(
            policies.edition_of("dhs-076-02"), m.clause, WHY, due_on=TO, by=by, at=NOW
        ),
    ),
    "department_actions.move": (
        "A Department-wide action",
        "kept",
        lambda m, by: department_actions.move(row_of(ActionStep, m.step_id), ActionState.DONE, by=by, at=NOW),
    ),
    "department_actions.link": (
        "A Department-wide action",
        "kept",
        lambda m, by: department_actions.link(
            policies.edition_of("dhs-076-02"), m.clause, Row.paper(m), "IV.c.4", why=WHY, by=by, at=NOW
        ),
    ),
    "department_actions.unlink": (
        "A Department-wide action",
        "kept",
        lambda m, by: department_actions.unlink(row_of(ActionLink, m.link_id), by=by, at=NOW),
    ),
    "guidance.write": (
        "The Department",
        "",
        lambda _, by: guidance.write(
            policies.edition_of("dhs-076-02"), GuidanceKind.PLAYBOOK, guidance.Words("T", "", WHY), by=by, at=NOW
        ),
    ),
    "guidance.offer": (
        "The Department",
        "",
        lambda _, by: guidance.offer(
            policies.edition_of("dhs-076-02"),
            policies.component_of("CBP"),
            guidance.Words("T", "", WHY),
            by=by,
            at=NOW,
        ),
    ),
    "guidance.revise": (
        "A piece of guidance",
        "draft",
        lambda m, by: guidance.revise(Row.piece(m), guidance.Words("T", "", WHY), revision=1, by=by, at=NOW),
    ),
    "guidance.publish": (
        "A piece of guidance",
        "draft",
        lambda m, by: guidance.publish(Row.piece(m), None, acknowledge_by=None, by=by, at=NOW),
    ),
    "guidance.renew": (
        "A piece of guidance",
        "published",
        lambda m, by: guidance.renew(Row.piece(m), by=by, at=NOW),
    ),
    "guidance.withdraw": (
        "A piece of guidance",
        "published",
        lambda m, by: guidance.withdraw(Row.piece(m), reason=WHY, by=by, at=NOW),
    ),
    "guidance.acknowledge": (
        "A piece of guidance",
        "published",
        lambda m, by: guidance.acknowledge(Row.piece(m), policies.component_of("CBP"), by=by, at=NOW),
    ),
    "hisp_services.add": (
        OF_A_HISP,
        "open",
        lambda _, by: hisp_services.add(policies.component_of(HISP), FACTS, by=by, at=NOW),
    ),
    "hisp_services.change": (
        OF_A_HISP,
        "open",
        lambda m, by: hisp_services.change(Row.service(m), FACTS, base_revision=1, by=by, at=NOW),
    ),
    "quarter_files.bring_in": (
        OF_A_HISP,
        "open",
        lambda _, by: quarter_files.bring_in(policies.component_of(HISP), StringIO(), by=by, at=NOW),
    ),
    "quarters.enter": (OF_A_HISP, "open", _entered),
    "quarters.submit": (OF_A_HISP, "open", lambda m, by: quarters.submit(Row.quarter(m), by=by, at=NOW)),
    "quarters.clear": (OF_A_HISP, "submitted", lambda m, by: quarters.clear(Row.quarter(m), by=by, at=NOW)),
    "quarters.send_back": (
        OF_A_HISP,
        "submitted",
        lambda m, by: quarters.send_back(Row.quarter(m), reason=WHY, by=by, at=NOW),
    ),
    "quarters.send": (OF_A_HISP, "cleared", lambda m, by: quarters.send(Row.quarter(m), by=by, at=NOW)),
    "quarters.correct": (
        OF_A_HISP,
        "sent",
        lambda m, by: quarters.correct(Row.quarter(m), reason=WHY, by=by, at=NOW),
    ),
    "closes.sign": (
        "A close of the fiscal year",
        "drawn up",
        lambda m, by: closes.sign(Row.close(m), read_sha256="", by=by, at=NOW),
    ),
    "closes.state": (
        "A Component in a close",
        "drawn up",
        lambda m, by: closes.state(Row.close_line(m), statement=WHY, by=by, at=NOW),
    ),
    "commitment_changes.accept": (
        "A commitment",
        "proposed",
        lambda m, by: commitment_changes.accept(Row.change(m), by=by, at=NOW),
    ),
    "commitment_changes.propose": (
        "A commitment",
        "open",
        lambda m, by: commitment_changes.propose(Row.commitment(m), drops=True, reason=WHY, by=by, at=NOW),
    ),
    "commitment_changes.refuse": (
        "A commitment",
        "proposed",
        lambda m, by: commitment_changes.refuse(Row.change(m), reason=WHY, by=by, at=NOW),
    ),
    "evidence.attach": (
        "A commitment",
        "open",
        lambda m, by: evidence.attach(Row.commitment(m), FIGURES, most=10_000, by=by, at=NOW),
    ),
    "evidence.remove": (
        "A commitment",
        "open",
        lambda m, by: evidence.remove(Row.commitment(m), m.address, by=by, at=NOW),
    ),
    "evidence.take_out": (
        "A commitment",
        "open",
        lambda m, by: evidence.take_out(m.address, by=by, at=NOW),
    ),
    "progress.accept": (
        "A commitment",
        "reported",
        lambda m, by: progress.accept(Row.commitment(m), by=by, at=NOW),
    ),
    "progress.note": (
        "A commitment",
        "open",
        lambda m, by: progress.note(Row.commitment(m), text=WHY, by=by, at=NOW),
    ),
    "progress.report": (
        "A commitment",
        "open",
        lambda m, by: progress.report(Row.commitment(m), statement=WHY, by=by, at=NOW),
    ),
    "progress.send_back": (
        "A commitment",
        "reported",
        lambda m, by: progress.send_back(Row.commitment(m), reason=WHY, by=by, at=NOW),
    ),
    "readings.correct": (
        "A commitment",
        "open",
        lambda m, by: readings.correct(Row.reading(m), value="1", as_of=NOW.date(), reason=WHY, by=by, at=NOW),
    ),
    "readings.read": (
        "A commitment",
        "open",
        lambda m, by: readings.read(Row.commitment(m), value="1", as_of=date(2023, 12, 1), by=by, at=NOW),
    ),
    "implementation.accept": (
        "A report of the implementation",
        "waiting",
        lambda m, by: implementation.accept(Row.paper(m), answer=WHY, by=by, at=NOW),
    ),
    "implementation.send_back": (
        "A report of the implementation",
        "waiting",
        lambda m, by: implementation.send_back(Row.paper(m), reason=WHY, by=by, at=NOW),
    ),
    "implementation.report": (
        "A strategy",
        "approved",
        lambda m, by: implementation.report(Row.paper(m), statement=WHY, by=by, at=NOW),
    ),
}
