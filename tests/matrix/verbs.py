"""Every verb that asks who may do it: the matter at whose time it could be done, and how it is called."""

from collections.abc import Callable
from datetime import date
from typing import TypeVar

from cxworkflow.db import Base, session
from cxworkflow.models import (
    AccountReview,
    Appointment,
    Clock,
    Comment,
    Disposal,
    ExtensionRequest,
    Kind,
    LegalHold,
    Notice,
    Outcome,
    Person,
    Role,
    Strategy,
)
from cxworkflow.policies.answers import StrategyFile
from cxworkflow.scope import SYSTEM, within
from cxworkflow.services import (
    account_reviews,
    appointments,
    assignments,
    attachments,
    clocks,
    closures,
    comments,
    deliverables,
    disposals,
    drafting,
    earlier,
    extensions,
    holds,
    implementation,
    offline,
    personal_data,
    policies,
    presence,
    recusals,
    reviews,
    rubrics,
    sign_ins,
    stories,
    strategies,
    undelivered,
)
from cxworkflow.uploads.examining import examine
from tests.matrix.premises import CLAUSE, NOW, Matter
from tests.stage import answers
from tests.uploads.samples import png

TO, WHY = date(2024, 12, 2), "It has to be."
FIGURES = examine("other.png", png(), largest=10_000, clamd_url=None)
Found = TypeVar("Found", bound=Base)
Verb = Callable[[Matter, Person], object]


def _found(kind: type[Found], row_id: int) -> Found:
    with within(SYSTEM):
        return session().get_one(kind, row_id)


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
    "presence.note": ("A strategy", "draft", lambda m, by: presence.note(Row.paper(m), CLAUSE, by=by, at=NOW)),
    "sign_ins.end_all": ("A person", "active", lambda m, by: sign_ins.end_all(Row.person(m), by=by, at=NOW)),
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
    "holds.lift": ("A legal hold", "in force", lambda m, by: holds.lift(Row.hold(m), reason=WHY, by=by, at=NOW)),
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
    "undelivered.try_again": ("A notice", "failed", lambda m, by: undelivered.try_again(Row.notice(m), by=by, at=NOW)),
    "undelivered.send_again": (
        "A notice",
        "in doubt",
        lambda m, by: undelivered.send_again(Row.notice(m), by=by, at=NOW),
    ),
    "undelivered.was_sent": ("A notice", "in doubt", lambda m, by: undelivered.was_sent(Row.notice(m), by=by, at=NOW)),
}


def _filled(paper: Strategy, by: Person) -> bool:
    file = StrategyFile(paper.edition.code, paper.component.code, "A title", answers(hisp=paper.component.hisp))
    return drafting.fill(paper.edition, paper.component, file, by=by, at=NOW)
