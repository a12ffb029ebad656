"""What lies on a person's desk: the strategies, clocks, reviews and sections that their roles make theirs."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, select
from sqlalchemy.orm import defer, joinedload, selectinload

from cxworkflow.calendar import day_of
from cxworkflow.db import session
from cxworkflow.lifecycle import Action, Status, can
from cxworkflow.models import (
    Answer,
    AnswerRevision,
    Appointment,
    Assignment,
    Clock,
    Comment,
    Component,
    Event,
    Kind,
    Person,
    PolicyEdition,
    Recusal,
    Review,
    Role,
    Strategy,
    Version,
)
from cxworkflow.policies import DeliverableRule
from cxworkflow.queries import desk_lines
from cxworkflow.queries.clocks import OWN, STOPPED, latest_editions, own_components, sees_every_clock
from cxworkflow.queries.directorate import to_deliver
from cxworkflow.queries.names import with_person

CLOCKS = 10  # of those due next
PAPERS = 20  # of those that have waited longest
WAITS_FOR = {Role.DIRECTORATE_LEAD: Status.SUBMITTED, Role.CIO: Status.RECOMMENDED}
# Written once, as most of what these cost is the writing of them. None of the clocks is stopped, but lists go by that
# first, so that one index serves both.
_CLOCKS = (
    select(Clock)
    .where(Clock.stopped_on.is_(None), Clock.commitment_id.is_(None))
    .order_by(STOPPED, Clock.due_on, Clock.id)
)
_OWN_CLOCKS = _CLOCKS.where(Clock.component_id.in_(OWN))
_DEPARTMENT_CLOCKS = _CLOCKS.where(Clock.component_id.is_(None))
_OWN_STRATEGIES = (
    select(Strategy)
    .where(Strategy.component_id.in_(OWN))
    .options(joinedload(Strategy.answers).load_only(Answer.clause, Answer.content))
)
_GIVEN = (
    select(Assignment)
    .where(Assignment.strategy_id.in_(bindparam("written", expanding=True)))
    .options(with_person(Assignment.person), joinedload(Assignment.strategy))
    .order_by(Assignment.due_on.nulls_last(), Assignment.id)
)
NO_TEXT = (defer(Version.content), defer(Version.row_names), defer(Version.attachments))


@dataclass(frozen=True)
class Filing:
    """What a Component owes under one policy: its strategy, if it has begun one, and the clocks that run."""

    edition: PolicyEdition
    component: Component
    strategy: Strategy | None
    clocks: Sequence[Clock]

    def clock_until(self, event: str) -> Clock | None:
        """The running clock that this event would stop, the one due first."""
        policy = self.edition.policy
        return next((clock for clock in self.clocks if event in policy.clock(clock.kind).stops), None)


@dataclass(frozen=True)
class Begun(Filing):
    """A filing whose strategy has been begun."""

    strategy: Strategy


@dataclass(frozen=True)
class Desk:
    """Everything that the home page shows, read in a fixed number of statements."""

    roles: Sequence[Appointment]
    filings: Sequence[Filing]
    assigned_sections: Sequence[Assignment]
    given_sections: Sequence[Assignment]  # to contributors, in strategies that the person leads
    to_review: Sequence[Begun]
    under_review: Sequence[Begun]
    open_must_changes: Mapping[int, int]  # of each strategy that has any
    to_deliver: Sequence[tuple[PolicyEdition, DeliverableRule, Clock | None]]
    unsent: int
    clocks: Sequence[Clock]
    events: Sequence[Event]

    def holds(self, *roles: Role, component: Component | None = None) -> bool:
        """Whether the person holds one of these roles today, for this Component or at all."""
        return any(
            held.role in roles and (component is None or held.component_id == component.id) for held in self.roles
        )


def desk(person: Person, *, at: datetime) -> Desk:
    """The desk of a person at this moment."""
    roles = [held for held in person.appointments if held.in_force(day_of(at))]
    held_as = {held.role for held in roles}
    in_force = latest_editions()
    oversees = bool(held_as & {Role.DIRECTORATE_LEAD, Role.CIO})
    reviewed = session().scalars(_to_review(person)).all() if held_as & {Role.REVIEWER, Role.DIRECTORATE_LEAD} else []
    papers = session().scalars(_under_review(person, held_as, at=at)).all() if oversees else []
    filing = {held.component_id: held.component for held in roles if held.component}
    before_others = {strategy.component_id for strategy in (*reviewed, *papers)}
    whose = list({*filing, *before_others})
    open_clocks = session().scalars(_OWN_CLOCKS, {"own": whose}).all() if whose else []
    filings = _own_filings(filing.values(), in_force, open_clocks)
    own = [each.strategy for each in filings if each.strategy]
    return Desk(
        roles,
        filings,
        session().scalars(_assigned(person)).all() if Role.CONTRIBUTOR in held_as else [],
        _given(filings, roles),
        [_begun(strategy, open_clocks) for strategy in reviewed],
        [_begun(strategy, open_clocks) for strategy in papers],
        _open_must_changes([each for each in (*own, *reviewed, *papers) if each.current_version_id]),
        to_deliver(in_force, session().scalars(_DEPARTMENT_CLOCKS)) if oversees else [],
        desk_lines.unsent() if Role.ADMINISTRATOR in held_as else 0,
        session().scalars(_CLOCKS.limit(CLOCKS)).all()
        if sees_every_clock(person, at=at)
        else [clock for clock in open_clocks if clock.component_id in filing][:CLOCKS],
        desk_lines.latest(person, at=at),
    )


def _open_must_changes(strategies: Sequence[Strategy]) -> dict[int, int]:
    """How many must-changes nobody has confirmed as done, of each strategy that has any: all the Component reads."""
    if not strategies:
        return {}
    still_open = (Comment.kind == Kind.MUST_CHANGE) & Comment.settled_at.is_(None)
    of_them = Comment.strategy_id.in_([strategy.id for strategy in strategies])
    counted = select(Comment.strategy_id, func.count()).where(still_open, of_them).group_by(Comment.strategy_id)
    return dict(session().execute(counted).tuples().all())


def _own_filings(own: Iterable[Component], in_force: Sequence[PolicyEdition], clocks: Sequence[Clock]) -> list[Filing]:
    # One that OCIO covers files nothing itself (IV.b note 1).
    components = sorted((each for each in own if each.files != "ocio"), key=lambda component: component.code)
    if not components:
        return []
    begun = session().scalars(_OWN_STRATEGIES, {"own": [component.id for component in components]}).unique()
    strategies = {(each.edition.code, each.component_id): each for each in begun}
    return [
        _filing(edition, component, strategies.get((edition.code, component.id)), clocks)
        for edition in in_force
        if edition.policy.sections
        for component in components
        if edition.policy.department == component.department
    ]


def _filing(latest: PolicyEdition, component: Component, begun: Strategy | None, clocks: Sequence[Clock]) -> Filing:
    """What a Component files under a policy: by the edition under which it has begun, or else by the latest."""
    edition = begun.edition if begun else latest
    theirs = [each for each in clocks if each.edition_id == edition.id and each.component_id == component.id]
    return Filing(edition, component, begun, theirs)


def _begun(strategy: Strategy, clocks: Sequence[Clock]) -> Begun:
    theirs = [
        clock
        for clock in clocks
        if clock.edition_id == strategy.edition_id and clock.component_id == strategy.component_id
    ]
    return Begun(strategy.edition, strategy.component, strategy, theirs)


def _assigned(person: Person) -> Select[tuple[Assignment]]:
    """Sections given to the person in strategies that can still be written."""
    return (
        select(Assignment)
        .join(Assignment.strategy)
        .where(Assignment.person_id == person.id, Strategy.status.in_((Status.DRAFT, Status.RETURNED)))
        .options(joinedload(Assignment.strategy).selectinload(Strategy.answers))
        .order_by(Assignment.strategy_id, Assignment.id)
    )


def _given(filings: Sequence[Filing], roles: Sequence[Appointment]) -> Sequence[Assignment]:
    """Sections that contributors are writing in strategies that the person leads, the soonest due first."""
    led = {held.component_id for held in roles if held.role in (Role.LEAD, Role.HQ_LEAD)}
    being_written = {
        filing.strategy.id
        for filing in filings
        if filing.strategy and filing.component.id in led and can(filing.strategy.status, Action.EDIT)
    }
    if not being_written:
        return ()
    return session().scalars(_GIVEN, {"written": list(being_written)}).all()


def _to_review(person: Person) -> Select[tuple[Strategy]]:
    """Strategies whose current version waits for the person's review."""
    asked = select(Review.version_id).where(Review.reviewer_id == person.id, Review.declined_at.is_(None))
    return (
        select(Strategy)
        .where(Strategy.status == Status.SUBMITTED, Strategy.current_version_id.in_(asked))
        .order_by(Strategy.id)
    )


def _under_review(person: Person, held_as: Collection[Role], *, at: datetime) -> Select[tuple[Strategy]]:
    """The strategies that have waited longest for a Directorate lead or a CIO who has no part in them."""
    waiting = [status for role, status in WAITS_FOR.items() if role in held_as]
    return (
        select(Strategy)
        .where(Strategy.status.in_(waiting), had_no_part(person, at=at))
        .options(joinedload(Strategy.current_version).options(*NO_TEXT, selectinload(Version.reviews)))
        .order_by(Strategy.submitted_at, Strategy.id)
        .limit(PAPERS)
    )


def had_no_part(person: Person, *, at: datetime) -> ColumnElement[bool]:
    """The strategies that a person can judge: of no Component of theirs, never written or certified by them."""
    wrote = select(AnswerRevision.strategy_id).where(AnswerRevision.by_id == person.id)
    certified = select(Version.strategy_id).where(Version.by_id == person.id)
    out_of_it = select(Recusal.strategy_id).where(Recusal.person_id == person.id)
    return and_(
        Strategy.component_id.not_in(own_components(person, at=at)),
        Strategy.id.not_in(wrote),
        Strategy.id.not_in(certified),
        Strategy.id.not_in(out_of_it),
    )
