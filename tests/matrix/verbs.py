"""Every verb that asks who may do it: the matter at whose time it could be done, and how it is called."""

from collections.abc import Callable
from datetime import date
from io import StringIO
from typing import TypeVar

from sqlalchemy import select

from cxworkflow.db import Base, session
from cxworkflow.models import (
    AccountReview,
    ActionLink,
    ActionState,
    ActionStep,
    ApiToken,
    Appointment,
    Clock,
    CloseLine,
    Comment,
    Commitment,
    CommitmentChange,
    ConcurrenceComment,
    Delivery,
    Disposal,
    Disposition,
    ExtensionRequest,
    FiscalClose,
    Guidance,
    GuidanceKind,
    Kind,
    LegalHold,
    Notice,
    Outcome,
    Person,
    Position,
    Publication,
    Published,
    QuarterReport,
    Reading,
    Role,
    Round,
    Service,
    Strategy,
    Version,
    Webhook,
)
from cxworkflow.policies.answers import StrategyFile
from cxworkflow.scope import SYSTEM, within
from cxworkflow.services import (
    account_reviews,
    api_tokens,
    appointments,
    assignments,
    attachments,
    clocks,
    closes,
    closures,
    comments,
    commitment_changes,
    coordination,
    deliverables,
    department_actions,
    disposals,
    drafting,
    duty_drafts,
    earlier,
    evidence,
    extensions,
    guidance,
    hisp_services,
    holds,
    identities,
    implementation,
    moves,
    offline,
    personal_data,
    policies,
    presence,
    progress,
    publications,
    quarter_files,
    quarters,
    readings,
    recusals,
    reviews,
    rubrics,
    sign_ins,
    signatures,
    stories,
    strategies,
    taking_out,
    undelivered,
    webhooks,
)
from cxworkflow.services.public_texts import Place
from cxworkflow.uploads.examining import examine
from tests import hisps
from tests.matrix.premises import CLAUSE, HISP, NOW, Matter
from tests.stage import answers
from tests.uploads.samples import png

WEBHOOK = "http://127.0.0.1:9/"
TO, WHY = date(2024, 12, 2), "It has to be."
FIGURES = examine("other.png", png(), largest=10_000, clamd_url=None)
OF_A_HISP, HISP_FORM = "A quarter of a HISP", hisps.COUNTS
FACTS = hisp_services.Facts("Another name", ("website",), "", date(2020, 1, 1))
Found = TypeVar("Found", bound=Base)
Verb = Callable[[Matter, Person], object]


def _found(kind: type[Found], row_id: int) -> Found:
    with within(SYSTEM):
        return session().get_one(kind, row_id)


def _quarter(matter: Matter) -> QuarterReport:
    with within(SYSTEM):
        found = quarters.report_of(policies.component_of(HISP), matter.cycle)
    assert found is not None
    return found


def _entered(matter: Matter, by: Person) -> object:
    told = (HISP_FORM, hisps.typed(HISP_FORM))
    component, service = policies.component_of(HISP), _found(Service, matter.service_id)
    return quarters.enter(component, matter.cycle, service, "website", *told, base_revision=1, by=by, at=NOW)


def _token_of_another(person: Person) -> int:
    with within(SYSTEM):
        wanted = select(ApiToken.id).where(ApiToken.person_id != person.id).limit(1)
        return session().scalars(wanted).one()


class Row:
    """Finds the row of a matter, seen or not: a verb is handed it by whoever has found it."""

    paper = staticmethod(lambda matter: _found(Strategy, matter.strategy_id))
    clock = staticmethod(lambda matter: _found(Clock, matter.clock_id))
    remark = staticmethod(lambda matter: _found(Comment, matter.comment_id))
    request = staticmethod(lambda matter: _found(ExtensionRequest, matter.request_id))
    notice = staticmethod(lambda matter: _found(Notice, matter.notice_id))
    person = staticmethod(lambda matter: _found(Person, matter.person_id))
    role = staticmethod(lambda matter: _found(Appointment, matter.appointment_id))
    hold = staticmethod(lambda matter: _found(LegalHold, matter.hold_id))
    account_review = staticmethod(lambda matter: _found(AccountReview, matter.review_id))
    round = staticmethod(lambda matter: _found(Round, matter.round_id))
    disposable = staticmethod(lambda matter: _found(ConcurrenceComment, matter.remark_id))
    close = staticmethod(lambda matter: _found(FiscalClose, matter.close_id))
    close_line = staticmethod(lambda matter: _found(CloseLine, matter.line_id))
    commitment = staticmethod(lambda matter: _found(Commitment, matter.commitment_id))
    change = staticmethod(lambda matter: _found(CommitmentChange, matter.change_id))
    reading = staticmethod(lambda matter: _found(Reading, matter.reading_id))
    publication = staticmethod(lambda matter: _found(Publication, matter.publication_id))
    piece = staticmethod(lambda matter: _found(Guidance, matter.guidance_id))
    service = staticmethod(lambda matter: _found(Service, matter.service_id))
    quarter = staticmethod(_quarter)
    token_of_another = staticmethod(_token_of_another)
    webhook = staticmethod(lambda matter: _found(Webhook, matter.webhook_id))
    delivery = staticmethod(lambda matter: _found(Delivery, matter.delivery_id))
    disposal = staticmethod(lambda matter: _found(Disposal, matter.disposal_id))


# Verb: the family and the state of a matter at whose time it could be done, and what it is told.
VERBS: dict[str, tuple[str, str, Verb]] = {
    "account_reviews.confirm": ("The Department", "", lambda _, by: account_reviews.confirm("", by=by, at=NOW)),
    "account_reviews.take_out": (
        "The Department",
        "",
        lambda m, by: account_reviews.take_out(Row.account_review(m), by=by, at=NOW),
    ),
    "appointments.invite": (
        "The Department",
        "",
        lambda _, by: appointments.invite("Nia New", "nia.new@stage.example", by=by, at=NOW),
    ),
    "attachments.take_out": ("A strategy", "draft", lambda m, by: attachments.take_out(m.address, by=by, at=NOW)),
    "closures.announce": (
        "The Department",
        "",
        lambda _, by: closures.announce("dhs", TO, reason=WHY, authority=WHY, by=by, at=NOW),
    ),
    "webhooks.register": (
        "The Department",
        "",
        lambda _, by: webhooks.register(WEBHOOK, ["submit"], loopback=True, key=WHY, by=by, at=NOW),
    ),
    "webhooks.renew": ("A webhook", "in use", lambda m, by: webhooks.renew(Row.webhook(m), key=WHY, by=by, at=NOW)),
    "webhooks.end": ("A webhook", "in use", lambda m, by: webhooks.end(Row.webhook(m), by=by, at=NOW)),
    "webhooks.replay": (
        "A delivery to another program",
        "failed",
        lambda m, by: webhooks.replay(Row.delivery(m), by=by, at=NOW),
    ),
    "personal_data.take_out": (
        "A person",
        "active",
        lambda m, by: personal_data.take_out(Row.person(m), by=by, at=NOW),
    ),
    "stories.take_out": ("A strategy", "draft", lambda m, by: stories.take_out(Row.paper(m), by=by, at=NOW)),
    "disposals.propose": (
        "The Department",
        "",
        lambda _, by: disposals.propose(disposals.disposable("drafts"), "", by=by, at=NOW),
    ),
    "holds.place": (
        "A person",
        "active",
        lambda m, by: holds.place(
            None, None, Row.person(m), reason=WHY, citation=WHY, from_on=NOW.date(), by=by, at=NOW
        ),
    ),
    "offline.take_out": ("A strategy", "draft", lambda m, by: offline.take_out(Row.paper(m), "a file", by=by, at=NOW)),
    "publications.prepare": (
        "A strategy",
        "approved",
        lambda m, by: publications.prepare(Row.paper(m), [CLAUSE], by=by, at=NOW),
    ),
    "publications.choose": (
        "A publication",
        "prepared",
        lambda m, by: publications.choose(Row.publication(m), [CLAUSE], base="", by=by, at=NOW),
    ),
    "publications.withhold": (
        "A publication",
        "prepared",
        lambda m, by: publications.withhold(
            Row.publication(m), Place(CLAUSE, "metrics", 1), "privileged", by=by, at=NOW
        ),
    ),
    "publications.show_again": (
        "A publication",
        "prepared",
        lambda m, by: publications.show_again(Row.publication(m), m.withholding_id, by=by, at=NOW),
    ),
    "publications.drop": (
        "A publication",
        "prepared",
        lambda m, by: publications.drop(Row.publication(m), by=by, at=NOW),
    ),
    "publications.release": (
        "A publication",
        "prepared",
        lambda m, by: publications.release(Row.publication(m), sha256="", by=by, at=NOW),
    ),
    "publications.withdraw": (
        "A publication",
        "released",
        lambda m, by: publications.withdraw(Row.publication(m), reason=WHY, by=by, at=NOW),
    ),
    "presence.note": ("A strategy", "draft", lambda m, by: presence.note(Row.paper(m), CLAUSE, by=by, at=NOW)),
    "sign_ins.end_all": ("A person", "active", lambda m, by: sign_ins.end_all(Row.person(m), by=by, at=NOW)),
    "api_tokens.revoke": (
        "A person",
        "active",
        lambda _, by: api_tokens.revoke(Row.token_of_another(by), by=by, at=NOW),
    ),
    "identities.unlink": (
        "A person",
        "active",
        lambda m, by: identities.unlink(Row.person(m), m.identity_id, by=by, at=NOW),
    ),
    "strategies.begin": (
        "A clock",
        "running",
        lambda m, by: strategies.begin(Row.clock(m).edition, policies.component_of("S&T"), by=by, at=NOW),
    ),
    "appointments.appoint": (
        "A person",
        "active",
        lambda m, by: appointments.appoint(Row.person(m), Role.AUDITOR, None, from_on=NOW.date(), by=by, at=NOW),
    ),
    "appointments.readdress": (
        "A person",
        "active",
        lambda m, by: appointments.readdress(Row.person(m), "another@stage.example", by=by, at=NOW),
    ),
    "appointments.end": (
        "A person",
        "active",
        lambda m, by: appointments.end(Row.role(m), on=NOW.date(), by=by, at=NOW),
    ),
    "appointments.deactivate": (
        "A person",
        "active",
        lambda m, by: appointments.deactivate(Row.person(m), reason=WHY, by=by, at=NOW),
    ),
    "appointments.reactivate": (
        "A person",
        "deactivated",
        lambda m, by: appointments.reactivate(Row.person(m), by=by, at=NOW),
    ),
    "assignments.assign": (
        "A strategy",
        "draft",
        lambda m, by: assignments.assign(Row.paper(m), CLAUSE, by, by=by, at=NOW),
    ),
    "assignments.take_back": (
        "A strategy",
        "draft",
        lambda m, by: assignments.take_back(Row.paper(m), CLAUSE, by, by=by, at=NOW),
    ),
    "attachments.attach": (
        "A strategy",
        "draft",
        lambda m, by: attachments.attach(Row.paper(m), CLAUSE, FIGURES, most=10**6, by=by, at=NOW),
    ),
    "attachments.remove": (
        "A strategy",
        "draft",
        lambda m, by: attachments.remove(Row.paper(m), m.address, by=by, at=NOW),
    ),
    "clocks.extend": (
        "A clock",
        "running",
        lambda m, by: clocks.extend(Row.clock(m), to=TO, reason=WHY, by=by, at=NOW),
    ),
    "clocks.pause": ("A clock", "running", lambda m, by: clocks.pause(Row.clock(m), reason=WHY, by=by, at=NOW)),
    "clocks.resume": ("A clock", "paused", lambda m, by: clocks.resume(Row.clock(m), by=by, at=NOW)),
    "comments.comment": (
        "A strategy",
        "submitted",
        lambda m, by: comments.comment(Row.paper(m), CLAUSE, WHY, by=by, at=NOW),
    ),
    "comments.answer": ("A strategy", "submitted", lambda m, by: comments.answer(Row.remark(m), WHY, by=by, at=NOW)),
    "comments.turn": (
        "A strategy",
        "submitted",
        lambda m, by: comments.turn(Row.remark(m), Kind.MUST_CHANGE, by=by, at=NOW),
    ),
    "comments.settle": ("A strategy", "submitted", lambda m, by: comments.settle(Row.remark(m), by=by, at=NOW)),
    "comments.reopen": ("A strategy", "submitted", lambda m, by: comments.reopen(Row.remark(m), by=by, at=NOW)),
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
    "moves.move": (
        "A strategy",
        "draft",
        lambda m, by: moves.move(Row.paper(m), reason=WHY, by=by, at=NOW),
    ),
    "disposals.confirm": (
        "A disposal",
        "proposed",
        lambda m, by: disposals.confirm(Row.disposal(m), by=by, at=NOW),
    ),
    "disposals.withdraw": (
        "A disposal",
        "proposed",
        lambda m, by: disposals.withdraw(Row.disposal(m), by=by, at=NOW),
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
    "drafting.save_section": (
        "A strategy",
        "draft",
        lambda m, by: drafting.save_section(Row.paper(m), CLAUSE, {}, base_revision=1, by=by, at=NOW),
    ),
    "drafting.rename": (
        "A strategy",
        "draft",
        lambda m, by: drafting.rename(Row.paper(m), "Another title", base_revision=1, by=by, at=NOW),
    ),
    "drafting.fill": ("A strategy", "draft", lambda m, by: _filled(Row.paper(m), by)),
    "earlier.take_over": (
        "A strategy",
        "draft",
        lambda m, by: earlier.take_over(Row.paper(m), Row.paper(m), by=by, at=NOW),
    ),
    "earlier.take_over_published": (
        "A strategy",
        "draft",
        lambda m, by: earlier.take_over_published(
            Row.paper(m), Published(code="USCIS", policy="x", document="{}"), by=by, at=NOW
        ),
    ),
    "extensions.ask": (
        "A clock",
        "running",
        lambda m, by: extensions.ask(Row.clock(m), to=TO, reason=WHY, by=by, at=NOW),
    ),
    "extensions.grant": ("A clock", "asked", lambda m, by: extensions.grant(Row.request(m), by=by, at=NOW)),
    "extensions.refuse": (
        "A clock",
        "asked",
        lambda m, by: extensions.refuse(Row.request(m), reason=WHY, by=by, at=NOW),
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
        lambda m, by: department_actions.move(_found(ActionStep, m.step_id), ActionState.DONE, by=by, at=NOW),
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
        lambda m, by: department_actions.unlink(_found(ActionLink, m.link_id), by=by, at=NOW),
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
    "holds.lift": ("A legal hold", "in force", lambda m, by: holds.lift(Row.hold(m), reason=WHY, by=by, at=NOW)),
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
    "recusals.recuse": (
        "A strategy",
        "submitted",
        lambda m, by: recusals.recuse(Row.paper(m), reason=WHY, by=by, at=NOW),
    ),
    "recusals.take_off": (
        "A strategy",
        "submitted",
        lambda m, by: recusals.take_off(Row.paper(m), Row.person(m), reason=WHY, by=by, at=NOW),
    ),
    "reviews.assign": (
        "A strategy",
        "submitted",
        lambda m, by: reviews.assign(Row.paper(m), Row.person(m), by=by, at=NOW),
    ),
    "reviews.decline": (
        "A strategy",
        "submitted",
        lambda m, by: reviews.decline(Row.paper(m), reason=WHY, by=by, at=NOW),
    ),
    "reviews.recommend": (
        "A strategy",
        "submitted",
        lambda m, by: reviews.recommend(Row.paper(m), Outcome.RETURNED, text=WHY, by=by, at=NOW),
    ),
    "reviews.send_back": (
        "A strategy",
        "submitted",
        lambda m, by: reviews.send_back(Row.paper(m), reason=WHY, by=by, at=NOW),
    ),
    "reviews.approve": (
        "A strategy",
        "submitted",
        lambda m, by: reviews.approve(Row.paper(m), version_number=1, sha256="", by=by, at=NOW),
    ),
    "rubrics.mark": ("A strategy", "submitted", lambda m, by: rubrics.mark(Row.paper(m), {}, by=by, at=NOW)),
    "strategies.submit": ("A strategy", "draft", lambda m, by: strategies.submit(Row.paper(m), by=by, at=NOW)),
    "strategies.withdraw": (
        "A strategy",
        "submitted",
        lambda m, by: strategies.withdraw(Row.paper(m), reason=WHY, by=by, at=NOW),
    ),
    "taking_out.take_out_preview": (
        "A publication",
        "prepared",
        lambda m, by: taking_out.take_out_preview(Row.publication(m), "a file", by=by, at=NOW),
    ),
    "taking_out.take_out_record": (
        "A strategy",
        "submitted",
        lambda m, by: taking_out.take_out_record(Row.paper(m), "a file", by=by, at=NOW),
    ),
    "taking_out.take_out_report": (
        "The Department",
        "",
        lambda _, by: taking_out.take_out_report("the report", by=by, at=NOW),
    ),
    "taking_out.take_out_version": (
        "A strategy",
        "submitted",
        lambda m, by: taking_out.take_out_version(_version(m), "a file", by=by, at=NOW),
    ),
    "undelivered.try_again": ("A notice", "failed", lambda m, by: undelivered.try_again(Row.notice(m), by=by, at=NOW)),
    "undelivered.send_again": (
        "A notice",
        "in doubt",
        lambda m, by: undelivered.send_again(Row.notice(m), by=by, at=NOW),
    ),
    "undelivered.was_sent": ("A notice", "in doubt", lambda m, by: undelivered.was_sent(Row.notice(m), by=by, at=NOW)),
}


def _version(matter: Matter) -> Version:
    with within(SYSTEM):
        return strategies.under_review(Row.paper(matter))


def _filled(paper: Strategy, by: Person) -> bool:
    file = StrategyFile(paper.edition.code, paper.component.code, "A title", answers(hisp=paper.component.hisp))
    return drafting.fill(paper.edition, paper.component, file, by=by, at=NOW)
