"""What the matrix is asked on: a strategy, a clock, a notice, a person in each of their states, and the people."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy import select

from cxworkflow.db import session
from cxworkflow.models import Clock, Disposal, Notice, Outcome, Person, Role
from cxworkflow.models.notice import NoticeState
from cxworkflow.services import (
    account_reviews,
    assignments,
    attachments,
    clocks,
    comments,
    extensions,
    holds,
    implementation,
    people,
    recusals,
    reviews,
)
from cxworkflow.services import strategies as papers
from cxworkflow.uploads.examining import examine
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
BARE = "S&T"  # has not begun
OWN = (*STRATEGIES.values(), *CLOCKS.values(), BARE)


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
    review_id: int = 999_999
    disposal_id: int = 999_999
    hold_id: int = 999_999


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
            "A legal hold": {state: self._hold(lifted=state == "lifted") for state in ("in force", "lifted")},
            "Open without a sign-in": {"": Matter()},
        }
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
        if state in ("approved", "implemented"):
            self.stage.approve(paper, "2023-12-19 10:00", by=cio)
        if state == "implemented":
            implementation.report(paper, statement="All of it.", by=own, at=eastern("2023-12-19 15:00"))
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
        return Matter(person_id=person.id, appointment_id=person.appointments[0].id)

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

    def _hold(self, *, lifted: bool) -> Matter:
        auditor, on = self.stage.person(Role.AUDITOR), NOW.date()
        hold = holds.place(
            None, None, auditor, reason="Asked for.", citation="OIG 24-17", from_on=on, by=auditor, at=NOW
        )
        if lifted:
            holds.lift(hold, reason="Closed.", by=auditor, at=NOW)
        return Matter(hold_id=hold.id)

    def _account_review(self) -> int:
        at, administrator = eastern("2023-12-19 15:00"), self.stage.person(Role.ADMINISTRATOR)
        mark = account_reviews.mark_of(account_reviews.statement(on=at.date()))
        return account_reviews.confirm(mark, by=administrator, at=at).id


NOTICES = (NoticeState.FAILED, NoticeState.IN_DOUBT, NoticeState.OWED)
