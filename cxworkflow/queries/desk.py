"""What lies on a person's desk: the strategies, clocks, reviews and sections that their roles make theirs."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, bindparam, select
from sqlalchemy.orm import defer, joinedload, lazyload, selectinload

from cxworkflow.calendar import day_of
from cxworkflow.db import session
from cxworkflow.lifecycle import Action, Status, can
from cxworkflow.models import (
    AnswerRevision,
    Appointment,
    Assignment,
    Clock,
    Component,
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
from cxworkflow.queries.desk_lines import Said
from cxworkflow.queries.directorate import to_deliver
from cxworkflow.queries.filings import BEING_WRITTEN, Begun, Filing, begun, filings_of, must_changes_of
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
# Whose Components, and those of the strategies, are at hand with the roles of who asks.
_OWN_CLOCKS = _CLOCKS.where(Clock.component_id.in_(OWN)).options(lazyload(Clock.component))
_DEPARTMENT_CLOCKS = _CLOCKS.where(Clock.component_id.is_(None))
_GIVEN = (
    select(Assignment)
    .where(Assignment.strategy_id.in_(bindparam("written", expanding=True)))
    .options(with_person(Assignment.person), joinedload(Assignment.strategy).selectinload(Strategy.answers))
    .order_by(Assignment.due_on.nulls_last(), Assignment.id)
)
NO_TEXT = (defer(Version.content), defer(Version.row_names), defer(Version.attachments))


@dataclass(frozen=True)
class Desk:
    """Everything that the home page shows, read in a fixed number of statements."""

    roles: Sequence[Appointment]
    filings: Sequence[Filing]
    assigned_sections: Sequence[Assignment]
    given_sections: Sequence[Assignment]  # to contributors, in strategies that the person leads
    to_review: Sequence[Begun]
    under_review: Sequence[Begun]
    open_must_changes: Mapping[int, int]  # that nobody has confirmed as done, of each strategy that has any
    to_deliver: Sequence[tuple[PolicyEdition, DeliverableRule, Clock | None]]
    unsent: int
    clocks: Sequence[Clock]
    events: Sequence[Said]

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
    filings = filings_of(filing.values(), in_force, open_clocks)
    return Desk(
        roles,
        filings,
        session().scalars(_assigned(person)).all() if Role.CONTRIBUTOR in held_as else [],
        _given(filings, roles),
        [begun(strategy, open_clocks) for strategy in reviewed],
        [begun(strategy, open_clocks) for strategy in papers],
        {
            **{each.strategy.id: each.must_changes for each in filings if each.strategy},
            **must_changes_of([*reviewed, *papers]),
        },
        to_deliver(in_force, session().scalars(_DEPARTMENT_CLOCKS)) if oversees else [],
        desk_lines.unsent() if Role.ADMINISTRATOR in held_as else 0,
        session().scalars(_CLOCKS.limit(CLOCKS)).all()
        if sees_every_clock(person, at=at)
        else [clock for clock in open_clocks if clock.component_id in filing][:CLOCKS],
        desk_lines.latest(person, at=at),
    )


def _assigned(person: Person) -> Select[tuple[Assignment]]:
    """Sections given to the person in strategies that can still be written."""
    return (
        select(Assignment)
        .join(Assignment.strategy)
        .where(Assignment.person_id == person.id, Strategy.status.in_(BEING_WRITTEN))
        .options(joinedload(Assignment.strategy).selectinload(Strategy.answers))
        .order_by(Assignment.strategy_id, Assignment.id)
    )


def _given(filings: Sequence[Filing], roles: Sequence[Appointment]) -> Sequence[Assignment]:
    """Sections that contributors are writing in strategies that the person leads, the soonest due first."""
    led = {held.component_id for held in roles if held.role in (Role.LEAD, Role.HQ_LEAD)}
    being_written = {
        filing.strategy.id
        for filing in filings
        if filing.strategy
        and filing.has_writers
        and filing.component.id in led
        and can(filing.strategy.status, Action.EDIT)
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
