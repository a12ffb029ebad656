"""A strategy as its own pages show it, as far as a person may know of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from cxworkflow.calendar import day_of
from cxworkflow.db import held_at_first, holding, session
from cxworkflow.errors import Fault, NotFound
from cxworkflow.models import (
    Answer,
    Appointment,
    Assignment,
    Attachment,
    Audience,
    Clock,
    Comment,
    Decision,
    Event,
    ImplementationReport,
    Person,
    Role,
    Strategy,
    Version,
)
from cxworkflow.permissions import Permission, may
from cxworkflow.policies import Policy, Section
from cxworkflow.policies.answers import ChecklistItem, checklist, weak_in
from cxworkflow.queries.comments import in_the_open, threads
from cxworkflow.queries.names import with_person


@dataclass(frozen=True)
class Paper:
    """A strategy with its draft, its versions, and what was said in its review."""

    strategy: Strategy
    sees_draft: bool
    decision: Decision | None
    remarks: Sequence[Comment]
    report: ImplementationReport | None
    clocks: Sequence[Clock]
    events: Sequence[Event]
    contributors: Sequence[Person]
    attachments: Sequence[Attachment]

    @property
    def policy(self) -> Policy:
        """The policy it answers."""
        return self.strategy.edition.policy

    @property
    def sections(self) -> tuple[Section, ...]:
        """The sections its Component is asked."""
        return self.policy.sections_for(hisp=self.strategy.component.hisp)

    @cached_property
    def checklist(self) -> list[ChecklistItem]:
        """Every section of the draft and what it still lacks."""
        return checklist(self.policy, self.strategy.contents, hisp=self.strategy.component.hisp)

    @cached_property
    def weak(self) -> dict[str, list[Fault]]:
        """What is weak in each section of the draft, by clause."""
        contents = self.strategy.contents
        return {section.clause: weak_in(self.policy, section, contents) for section in self.sections}

    @property
    def missing_count(self) -> int:
        """How many things keep the draft from being submitted."""
        return sum(len(item.missing) for item in self.checklist)

    @property
    def lacking(self) -> list[ChecklistItem]:
        """The sections of the draft that are not complete."""
        return [item for item in self.checklist if item.state != "complete"]

    def writers_of(self, clause: str) -> list[Assignment]:
        """The contributors to whom a section is assigned, and until when."""
        return [given for given in self.strategy.assignments if given.clause == clause]

    def answer_to(self, clause: str) -> Answer | None:
        """The draft of a section, if it is begun."""
        return next((answer for answer in self.strategy.answers if answer.clause == clause), None)

    def attached_to(self, clause: str) -> list[Attachment]:
        """The files of a section of the draft."""
        return [file for file in self.attachments if file.clause == clause]

    @property
    def other_remarks(self) -> list[Comment]:
        """What reviewers said to the Component that is neither settled nor in the letter of the return."""
        in_the_letter = [each["comment"] for each in self.decision.must_changes] if self.decision else []
        to_it = [each for each in self.remarks if each.audience is Audience.COMPONENT]
        return [each for each in to_it if each.settled_at is None and each.id not in in_the_letter]

    def remarks_on(self, clause: str) -> list[Comment]:
        """What reviewers said about a section and is not settled yet."""
        return [remark for remark in self.remarks if remark.clause == clause and remark.settled_at is None]


def paper(person: Person, strategy_id: int, *, at: datetime) -> Paper:
    """The paper of this number; raises NotFound also where the person may not know of it."""
    strategy = visible(person, strategy_id, at=at)
    decision = session().scalar(
        select(Decision)
        .where(Decision.strategy_id == strategy.id)
        .options(joinedload(Decision.by), joinedload(Decision.version))
        .order_by(Decision.id.desc())
        .limit(1)
    )
    events = select(Event).where(Event.strategy_id == strategy.id, in_the_open(person, strategy, at=at))
    files = select(Attachment).where(Attachment.strategy_id == strategy.id, Attachment.removed_at.is_(None))
    return Paper(
        strategy,
        may(person, Permission.SEE_DRAFT, strategy, at=at),
        decision,
        threads(person, strategy, at=at) if strategy.current_version_id else (),
        next(iter(reports(strategy)), None),
        clocks_of(strategy),
        session().scalars(events.order_by(Event.at.desc(), Event.id.desc())).all(),
        contributors(strategy, at=at),
        session().scalars(files.order_by(Attachment.id)).all(),
    )


def reports(strategy: Strategy) -> Sequence[ImplementationReport]:
    """Every report that the strategy is implemented, with the answer to it, the latest first."""
    wanted = select(ImplementationReport).where(ImplementationReport.strategy_id == strategy.id)
    people = with_person(ImplementationReport.by), with_person(ImplementationReport.checked_by)
    return session().scalars(wanted.options(*people).order_by(ImplementationReport.id.desc())).all()


_HELD = holding(Strategy, joinedload(Strategy.edition))


def known(person: Person, strategy_id: int, *, hold: bool = False, at: datetime) -> Strategy:
    """The strategy alone, for what is asked of it first; raises NotFound also where the person may not know of it.

    `hold`: for a verb that follows at once, held by this reading where the person may change it.
    """
    strategy = held_at_first(_HELD, strategy_id) if hold else None
    if strategy is None:
        strategy = session().get(Strategy, strategy_id, options=[joinedload(Strategy.edition)])
    if strategy is None or not may(person, Permission.SEE_SUBMITTED, strategy, at=at):
        raise NotFound("There is no such strategy, or you may not know of it.")
    return strategy


def visible(person: Person, strategy_id: int, *, at: datetime) -> Strategy:
    """The strategy with its draft and versions; raises NotFound also where the person may not know of it."""
    wanted = select(Strategy).where(Strategy.id == strategy_id)
    strategy = session().scalar(
        wanted.options(
            joinedload(Strategy.edition),
            joinedload(Strategy.current_version),
            selectinload(Strategy.answers).joinedload(Answer.by),
            selectinload(Strategy.versions).joinedload(Version.by),
            selectinload(Strategy.assignments).joinedload(Assignment.person),
        )
    )
    if strategy is None or not may(person, Permission.SEE_SUBMITTED, strategy, at=at):
        raise NotFound("There is no such strategy, or you may not know of it.")
    return strategy


def clocks_of(strategy: Strategy) -> Sequence[Clock]:
    """Every clock of the strategy's Component under its policy but those of commitments, the open ones first."""
    of_it = (Clock.edition_id == strategy.edition_id, Clock.component_id == strategy.component_id)
    wanted = select(Clock).where(*of_it, Clock.commitment_id.is_(None))
    return session().scalars(wanted.order_by(Clock.stopped_on.is_not(None), Clock.due_on, Clock.id)).all()


def clocks_of_implementation(strategy: Strategy) -> list[Clock]:
    """Those of its clocks that stop once the strategy is implemented."""
    stops = {rule.kind for rule in strategy.edition.policy.clocks if "implemented" in rule.stops}
    return [clock for clock in clocks_of(strategy) if clock.kind in stops]


def stopped_by_submitting(paper: Paper) -> Clock | None:
    """The open clock whose due date a submission now would be measured by."""
    kinds = [rule.kind for rule in paper.policy.clocks if "submitted" in rule.stops]
    open_clocks = {clock.kind: clock for clock in paper.clocks if clock.stopped_on is None}
    return next((open_clocks[kind] for kind in kinds if kind in open_clocks), None)


def contributors(strategy: Strategy, *, at: datetime) -> Sequence[Person]:
    """The people to whom a section of this strategy can be assigned, by name."""
    on = day_of(at)
    writing = select(Appointment.person_id).where(
        Appointment.role == Role.CONTRIBUTOR,
        Appointment.component_id == strategy.component_id,
        Appointment.from_on <= on,
        Appointment.until_on.is_(None) | (Appointment.until_on > on),
    )
    wanted = select(Person).where(Person.id.in_(writing), Person.deactivated_at.is_(None))
    return session().scalars(wanted.order_by(Person.name)).all()


def version(strategy: Strategy, number: int) -> Version:
    """The version of this number; raises NotFound."""
    for each in strategy.versions:
        if each.number == number:
            return each
    raise NotFound(f"This strategy has no version {number}.")
