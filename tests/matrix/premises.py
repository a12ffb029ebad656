"""What the matrix is asked on: a strategy, a clock, a notice, a person in each of their states, and the people."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy import select

from cxworkflow.db import session
from cxworkflow.models import (
    ActionState,
    Clock,
    Disposal,
    Disposition,
    GuidanceKind,
    Identity,
    Notice,
    Outcome,
    Person,
    Position,
    Role,
    Strategy,
)
from cxworkflow.models.notice import NoticeState
from cxworkflow.services import (
    account_reviews,
    assignments,
    attachments,
    clocks,
    comments,
    coordination,
    department_actions,
    duty_drafts,
    extensions,
    guidance,
    holds,
    implementation,
    people,
    publications,
    quarters,
    recusals,
    reviews,
)
from cxworkflow.services import strategies as papers
from cxworkflow.services.public_texts import Place, public
from cxworkflow.uploads.examining import examine
from tests import hisps
from tests.matrix import promised, told
from tests.stage import Stage, eastern
from tests.uploads.samples import png

NOW = eastern("2023-12-20 10:00")
CLAUSE = "IV.c.3"
OTHER = "FLETC"  # the other Component; it files nothing here

STRATEGIES = {
    "draft": "CBP",
    "withdrawn": "CISA",
    "submitted": "CWMD",
    "recommended": "FEMA",
    "returned": "ICE",
    "approved": "TSA",
    "implemented": "USCG",
}
CLOCKS = {"running": "CBP", "paused": "OHS", "asked": "OSA", "decided": "USSS", "stopped": "CWMD"}
REPORTED = "I&A"  # as implemented
BARE = "S&T"  # has not begun
HISP = "CBP"
QUARTERS = {
    "open": "2023-Q4",
    "submitted": "2023-Q3",
    "returned": "2023-Q2",
    "cleared": "2023-Q1",
    "sent": "2022-Q4",
}
OWN = (*STRATEGIES.values(), *CLOCKS.values(), REPORTED, BARE)


NOWHERE = UUID(int=0)


@dataclass(frozen=True)
class Matter:
    """What an address is about: its Component, if it has one, and the numbers that lead to it."""

    component: str | None = None
    strategy_id: int = 999_999
    address: UUID = NOWHERE
    comment_id: int = 999_999
    clock_id: int = 999_999
    request_id: int = 999_999
    notice_id: int = 999_999
    person_id: int = 999_999
    appointment_id: int = 999_999
    identity_id: int = 999_999
    review_id: int = 999_999
    disposal_id: int = 999_999
    hold_id: int = 999_999
    what: str = "cx-directorate"
    round_id: int = 999_999
    remark_id: int = 999_999
    commitment_id: int = 999_999
    change_id: int = 999_999
    reading_id: int = 999_999
    publication_id: int = 999_999
    withholding_id: int = 999_999
    close_id: int = 999_999
    line_id: int = 999_999
    guidance_id: int = 999_999
    service_id: int = 999_999
    cycle: str = "2024-Q4"
    step_id: int = 999_999
    link_id: int = 1
    webhook_id: int = 999_999
    delivery_id: int = 999_999
    clause: str = CLAUSE


class Premises:
    """Everything, set up once by the real verbs; each test undoes what it does."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.newcomers = {
            "deactivated": stage.newcomer("Dean Gone", *((Role.LEAD, code) for code in dict.fromkeys(OWN))),
            "without a role": stage.newcomer("Norm Null"),
            "own writer": stage.newcomer("Wanda Wright", *((Role.CONTRIBUTOR, code) for code in dict.fromkeys(OWN))),
            "own HQ lead": stage.newcomer("Hugo Quist", *((Role.HQ_LEAD, code) for code in dict.fromkeys(OWN))),
            "own lead and reviewer": stage.newcomer(
                "Lea Rove", *((Role.LEAD, code) for code in dict.fromkeys(OWN)), (Role.REVIEWER, None)
            ),
            "assigned reviewer": stage.newcomer("Asa Reed", (Role.REVIEWER, None)),
            "recused reviewer": stage.newcomer("Rex Cused", (Role.REVIEWER, None)),
            "recused Directorate lead": stage.newcomer("Dora Left", (Role.DIRECTORATE_LEAD, None)),
            "adviser": stage.newcomer("Ada Vise", (Role.DIRECTORATE_LEAD, None), (Role.CIO, None)),
            "acting CIO": stage.newcomer("Stan Din"),
        }
        self._taken: list[int] = []  # notices
        self._appoint_who_acts()
        self.matters = {
            "A strategy": {state: self._strategy(state, code) for state, code in STRATEGIES.items()},
            "A clock": {state: self._clock(state, code) for state, code in CLOCKS.items()}
            | {"Department": self._cap()},
            "A notice": {state.value.replace("_", " "): self._notice(state) for state in NOTICES},
            "A person": {"active": self._person("Pat Present"), "deactivated": self._person("Paula Past", gone=True)},
            "A Component": {"not begun": Matter(BARE), "begun": Matter("CBP")},
            "The Department": {"": Matter(review_id=self._account_review())},
            "A disposal": {state: self._disposal(settled=state == "settled") for state in ("proposed", "settled")},
            "A publication": {
                "dropped": self._publication("USCIS", "dropped"),
                "withdrawn": self._publication("USCIS", "withdrawn"),
                "released": self._publication("USCIS", "released"),
                "prepared": self._publication("USCIS"),
            },
            "A legal hold": {state: self._hold(lifted=state == "lifted") for state in ("in force", "lifted")},
            "Open without a sign-in": {"": Matter()},
            "A paper of the Directorate": papers_of_the_directorate(self.stage),
        }
        self.matters["A Department-wide action"] = {"kept": self._action()}
        self.matters["A piece of guidance"] = {state: self._piece(state) for state in PIECES}
        self.matters["A round of coordination"] = {
            "open": self.matters["A paper of the Directorate"]["in coordination"],
            "closed": self.matters["A paper of the Directorate"]["coordinated"],
        }
        approved = self.matters["A strategy"]["approved"]
        self.matters["A commitment"] = {
            state: replace(approved, address=found.pop("address", NOWHERE), **found)
            for state, found in promised.at_work(stage, approved.strategy_id, approved.component).items()
        }
        self.matters["A report of the implementation"] = {
            "waiting": self._strategy("reported", REPORTED),
            "answered": self.matters["A strategy"]["implemented"],
        }
        of_closes = promised.closed(stage)
        self.matters["A close of the fiscal year"] = {state: Matter(**found) for state, found in of_closes.items()}
        self.matters["A Component in a close"] = {state: Matter("CBP", **found) for state, found in of_closes.items()}
        self.matters["A webhook"] = {
            state: Matter(webhook_id=told.webhook(stage, ended=state == "ended").id) for state in ("in use", "ended")
        }
        self.matters["A delivery to another program"] = {
            state: Matter(**found) for state, found in told.deliveries(stage).items()
        }
        self.matters["A quarter of a HISP"] = self._quarters()
        self.matters["A notice in an inbox"] = self.matters["A notice"]
        for family in ("A comment in a review", "What the review team says among itself", "A section of a draft"):
            self.matters[family] = self.matters["A strategy"]
        session().commit()
        self.known = {name: person.id for name, person in self.newcomers.items()}

    def person(self, name: str, component: str | None) -> Person:
        """Who a name of the statement stands for, where the matter is one of this Component."""
        if name in self.known:
            return session().get_one(Person, self.known[name])
        whose = component or "CBP"
        held: dict[str, tuple[Role, str | None]] = {
            "own contributor": (Role.CONTRIBUTOR, whose),
            "own lead": (Role.LEAD, whose),
            "own executive": (Role.EXECUTIVE, whose),
            "other contributor": (Role.CONTRIBUTOR, OTHER),
            "other lead": (Role.LEAD, OTHER),
            "other executive": (Role.EXECUTIVE, OTHER),
            "other HQ lead": (Role.LEAD, "OCIO"),
            "reviewer": (Role.REVIEWER, None),
            "Directorate lead": (Role.DIRECTORATE_LEAD, None),
            "CIO": (Role.CIO, None),
            "auditor": (Role.AUDITOR, None),
            "administrator": (Role.ADMINISTRATOR, None),
        }
        return self.stage.person(*held[name])

    def _appoint_who_acts(self) -> None:
        people.appoint(
            self.newcomers["acting CIO"],
            Role.CIO,
            None,
            from_on=date(2023, 12, 1),
            until_on=date(2024, 2, 1),
            acting=True,
            at=eastern("2023-11-30 09:00"),
        )

    def _strategy(self, state: str, code: str) -> Matter:
        paper, own = self.stage.drafted(code), self.stage.person(Role.LEAD, code)
        lead, cio = self.stage.person(Role.DIRECTORATE_LEAD), self.stage.person(Role.CIO)
        at = eastern("2023-12-18 15:00")
        assignments.assign(paper, CLAUSE, self.newcomers["own writer"], by=own, at=at)
        figures = examine("figures.png", png(), largest=10_000, clamd_url=None)
        file = attachments.attach(paper, CLAUSE, figures, most=100_000, by=own, at=at)
        matter = Matter(
            code, strategy_id=paper.id, address=file.address, person_id=self.newcomers["assigned reviewer"].id
        )
        if state == "draft":
            return matter
        papers.submit(paper, by=own, at=at)
        reviews.assign(paper, self.newcomers["assigned reviewer"], by=lead, at=at)
        recusals.recuse(paper, reason="A relative leads it.", by=self.newcomers["recused reviewer"], at=at)
        recusals.recuse(paper, reason="I worked there.", by=self.newcomers["recused Directorate lead"], at=at)
        remark = comments.comment(paper, CLAUSE, "Where is the baseline?", by=lead, at=at)
        session().flush()
        matter = replace(matter, comment_id=remark.id)
        if state == "withdrawn":
            papers.withdraw(paper, reason="A wrong figure.", by=own, at=at)
        if state in ("withdrawn", "submitted"):
            return matter
        advice = Outcome.RETURNED if state == "returned" else Outcome.APPROVED
        reviews.recommend(paper, advice, text="As read.", by=self.newcomers["adviser"], at=at)
        if state == "returned":
            reviews.send_back(paper, reason="Metrics need baselines.", by=lead, at=at)
        if state in ("approved", "reported", "implemented"):
            self.stage.approve(paper, "2023-12-19 10:00", by=cio)
        if state == "reported":
            implementation.report(paper, statement="All of it.", by=own, at=eastern("2023-12-19 15:00"))
        if state == "implemented":
            self.stage.implemented(paper, "2023-12-19 15:00")
        return matter

    def _clock(self, state: str, code: str) -> Matter:
        at, cio, own = eastern("2023-12-18 15:00"), self.stage.person(Role.CIO), self.stage.person(Role.LEAD, code)
        ours = (Clock.component_id == self.stage.component(code).id, Clock.kind == "strategy")
        clock = session().scalars(select(Clock).where(*ours)).one()
        if state == "paused":
            clocks.pause(clock, reason="A lapse in appropriations.", by=cio, at=at)
        if state not in ("asked", "decided"):
            return Matter(code, clock_id=clock.id)
        request = extensions.ask(clock, to=date(2024, 12, 2), reason="Staff on detail.", by=own, at=at)
        if state == "decided":
            extensions.refuse(request, reason="There is time.", by=cio, at=at)
        return Matter(code, clock_id=clock.id, request_id=request.id)

    def _cap(self) -> Matter:
        return Matter(clock_id=session().scalars(select(Clock).where(Clock.kind == "department")).one().id)

    def _notice(self, state: NoticeState) -> Matter:
        # Whom a notice is for never changes, so it is one that a lead is owed, and not yet taken here.
        leads = {self.stage.person(Role.LEAD, code).id: code for code in STRATEGIES.values()}
        owed = select(Notice).where(
            Notice.state == NoticeState.OWED,
            Notice.person_id.in_(leads),
            Notice.component_id.is_not(None),
            Notice.id.not_in(self._taken),
        )
        notice = session().scalars(owed.order_by(Notice.id).limit(1)).one()
        self._taken.append(notice.id)
        notice.state = state
        notice.closed_reason = None if state is NoticeState.OWED else "The server did not say."
        session().flush()
        return Matter(leads[notice.person_id], notice_id=notice.id)

    def _person(self, name: str, *, gone: bool = False) -> Matter:
        person = self.stage.newcomer(name, (Role.CONTRIBUTOR, BARE))
        if gone:
            person.deactivated_at = NOW
            session().flush()
        linked = Identity(person_id=person.id, issuer="https://id.example", subject=name, linked_at=NOW)
        session().add(linked)
        session().flush()
        return Matter(person_id=person.id, appointment_id=person.appointments[0].id, identity_id=linked.id)

    def _disposal(self, *, settled: bool) -> Matter:
        disposal = Disposal(
            kind="drafts",
            before_on=date(2020, 12, 20),
            items=[],
            sha256="",
            proposed_at=NOW,
            by_id=self.newcomers["deactivated"].id,
            withdrawn_at=NOW if settled else None,
        )
        session().add(disposal)
        session().flush()
        return Matter(disposal_id=disposal.id)

    def _publication(self, code: str, state: str = "prepared") -> Matter:
        paper = papers.find(self.stage.edition, self.stage.component(code)) or self._approved(code)
        lead, cio = self.stage.person(Role.DIRECTORATE_LEAD), self.stage.person(Role.CIO)
        made = publications.prepare(paper, [CLAUSE], by=lead, at=NOW)
        withheld = publications.withhold(made, Place(CLAUSE, "metrics", 0), "privileged", by=lead, at=NOW)
        session().flush()
        if state == "dropped":
            publications.drop(made, by=lead, at=NOW)
        if state in ("released", "withdrawn"):
            publications.release(made, sha256=public(made).sha256, by=cio, at=NOW)
        if state == "withdrawn":
            publications.withdraw(made, reason="A wrong figure.", by=cio, at=NOW)
        session().flush()
        return Matter(publication_id=made.id, withholding_id=withheld[0].id)

    def _approved(self, code: str) -> Strategy:
        paper = self.stage.submitted(code)
        self.stage.approve(paper, "2023-12-19 10:00")
        return paper

    def _hold(self, *, lifted: bool) -> Matter:
        auditor, on = self.stage.person(Role.AUDITOR), NOW.date()
        hold = holds.place(
            None, None, auditor, reason="Asked for.", citation="OIG 24-17", from_on=on, by=auditor, at=NOW
        )
        if lifted:
            holds.lift(hold, reason="Closed.", by=auditor, at=NOW)
        return Matter(hold_id=hold.id)

    def _action(self) -> Matter:
        lead, edition, at = self.stage.person(Role.DIRECTORATE_LEAD), self.stage.edition, eastern("2023-12-18 15:00")
        paper, clause = self._paper("CBP"), "IV.a.1"
        department_actions.stand(edition, clause, ActionState.PLANNED, owner="OCIO", note="", by=lead, at=at)
        step = department_actions.plan(edition, clause, "A course.", due_on=date(2024, 1, 9), by=lead, at=at)
        made = department_actions.link(edition, clause, paper, "", why="It trains its people.", by=lead, at=at)
        session().flush()
        return Matter(strategy_id=paper.id, step_id=step.id, link_id=made.id, clause=clause)

    def _paper(self, code: str) -> Strategy:
        found = papers.find(self.stage.edition, self.stage.component(code))
        assert found is not None
        return found

    def _piece(self, state: str) -> Matter:
        lead, edition, at = self.stage.person(Role.DIRECTORATE_LEAD), self.stage.edition, eastern("2023-12-18 15:00")
        figures = examine("figures.png", png(), largest=10_000, clamd_url=None)
        words = guidance.Words(f"Plain forms ({state})", "forms", "Ask less.", figures)
        if state == "offered":
            cbp = self.stage.component("CBP")
            piece = guidance.offer(edition, cbp, words, by=self.stage.person(Role.LEAD, "CBP"), at=at)
        else:
            piece = guidance.write(edition, GuidanceKind.PLAYBOOK, words, by=lead, at=at)
        if state not in ("draft", "offered"):
            guidance.publish(piece, None, acknowledge_by=date(2024, 1, 9), by=lead, at=at)
        if state == "superseded":
            guidance.publish(guidance.renew(piece, by=lead, at=at), None, acknowledge_by=None, by=lead, at=at)
        if state == "withdrawn":
            guidance.withdraw(piece, reason="The law has changed.", by=lead, at=at)
        session().flush()
        return Matter("CBP", guidance_id=piece.id)

    def _quarters(self) -> dict[str, Matter]:
        """The quarters of CBP, one in each state."""
        service = hisps.service(self.stage, HISP)
        report = {
            "open": hisps.entered(self.stage, service, QUARTERS["open"]),
            "submitted": hisps.entered(self.stage, service, QUARTERS["submitted"]),
            "returned": hisps.entered(self.stage, service, QUARTERS["returned"]),
            "cleared": hisps.entered(self.stage, service, QUARTERS["cleared"]),
        }
        at, own, cio = NOW, self.stage.person(Role.LEAD, HISP), self.stage.person(Role.CIO)
        for state in ("submitted", "returned", "cleared"):
            quarters.submit(report[state], by=own, at=at)
        quarters.send_back(report["returned"], reason="Mend it.", by=cio, at=at)
        quarters.clear(report["cleared"], by=cio, at=at)
        hisps.sent(self.stage, service, QUARTERS["sent"])
        return {state: Matter(HISP, cycle=cycle, service_id=service.id) for state, cycle in QUARTERS.items()}

    def _account_review(self) -> int:
        at, administrator = eastern("2023-12-19 15:00"), self.stage.person(Role.ADMINISTRATOR)
        mark = account_reviews.mark_of(account_reviews.statement(on=at.date()))
        return account_reviews.confirm(mark, by=administrator, at=at).id


def papers_of_the_directorate(stage: Stage) -> dict[str, Matter]:
    """A paper in each of its states; CBP has commented on those that were circulated."""
    lead, edition, at = stage.person(Role.DIRECTORATE_LEAD), stage.edition, eastern("2023-12-18 15:00")
    figures = examine("figures.png", png(), largest=10_000, clamd_url=None)
    matters = {}
    for state, what in (
        ("drafted", "cx-directorate"),
        ("in coordination", "directive"),
        ("coordinated", "instruction"),
    ):
        draft = duty_drafts.save(edition, what, f"{what}: all serve.", file=figures, by=lead, at=at)
        matters[state] = Matter("CBP", what=what)
        if state == "drafted":
            continue
        cbp, until = stage.component("CBP"), date(2024, 1, 9)
        asked = coordination.circulate(edition, what, [cbp], until_on=until, base=draft.id, by=lead, at=at)
        own, said = stage.person(Role.LEAD, "CBP"), [("", "Say who pays.")]
        given = coordination.answer(asked, cbp, Position.COMMENTS, comments=said, by=own, at=at)
        session().flush()
        matters[state] = Matter("CBP", what=what, round_id=asked.id, remark_id=given.comments[0].id)
        if state == "coordinated":
            coordination.dispose(given.comments[0], Disposition.ACCEPTED, by=lead, at=at)
            coordination.close(asked, by=lead, at=at)
    return matters


PIECES = ("draft", "offered", "published", "superseded", "withdrawn")
NOTICES = (NoticeState.FAILED, NoticeState.IN_DOUBT, NoticeState.OWED)
