"""Commitments for lists and for pages of their own, as far as a person may know of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload, lazyload, selectinload

from cxworkflow.calendar import day_of
from cxworkflow.db import session
from cxworkflow.errors import NotFound
from cxworkflow.models import (
    Appointment,
    Citation,
    Clock,
    Commitment,
    CommitmentChange,
    CommitmentState,
    Completion,
    Component,
    Evidence,
    Person,
    PolicyEdition,
    Progress,
    Strategy,
)
from cxworkflow.permissions import Permission, may
from cxworkflow.queries.clocks import own_components
from cxworkflow.queries.names import with_person
from cxworkflow.queries.paging import both_ways

SETTLED = (CommitmentState.ACCEPTED, CommitmentState.DROPPED)
FLAGS = {
    "overdue": "Overdue",
    "after-the-term": "Due after the implementation ends",
    "to-check": "Waits for the Directorate’s check",
    "change": "A change is proposed",
}
ORDERS = {
    **both_ways("due", "Due first", "Due last", Commitment.due_on, Component.code, Commitment.id),
    **both_ways("component", "By Component, A to Z", "By Component, Z to A", Component.code, Commitment.due_on),
    **both_ways("kind", "By kind", "By kind, backwards", Commitment.kind, Component.code, Commitment.due_on),
    **both_ways("state", "By state", "By state, backwards", Commitment.state, Commitment.due_on, Commitment.id),
}
Term = aliased(Clock, name="term")  # of the implementation


@dataclass(frozen=True)
class Wanted:
    """What a list of commitments is narrowed down to; None: all of them."""

    component: str | None = None
    kind: str | None = None
    state: CommitmentState | None = None
    flag: str | None = None


def find(person: Person, edition: PolicyEdition, wanted: Wanted, *, at: datetime) -> Select[Any]:
    """The commitments that are wanted: rows of Commitment, Component, the flags that it has, in words."""
    flags = {name: _flag(name, day_of(at)) for name in FLAGS}
    found = (
        select(Commitment, Component, *(case((condition, name)).label(name) for name, condition in flags.items()))
        .join(Strategy, Strategy.id == Commitment.strategy_id)
        .join(Component, Component.id == Strategy.component_id)
        .outerjoin(Term, _is_term(edition))
        .where(Strategy.edition_id == edition.id)
        .options(
            contains_eager(Commitment.strategy).lazyload(Strategy.component),
            joinedload(Commitment.owner).lazyload(Person.appointments),
        )
    )
    if not may(person, Permission.SEE_ALL, at=at):
        found = found.where(Strategy.component_id.in_(own_components(person, at=at)))
    if wanted.component is not None:
        found = found.where(Component.code == wanted.component)
    if wanted.kind is not None:
        found = found.where(Commitment.kind == wanted.kind)
    if wanted.state is not None:
        found = found.where(Commitment.state == wanted.state)
    if wanted.flag is not None:
        found = found.where(flags[wanted.flag])
    return found


def kinds(edition: PolicyEdition) -> dict[str, str]:
    """The kinds of commitments under a policy, and what each is called."""
    return {commits.kind: commits.noun for _, _, commits in edition.policy.committing}


def waiting(person: Person, edition: PolicyEdition, *, at: datetime) -> dict[str, int]:
    """How many commitments have each flag: one statement."""
    flags = {name: _flag(name, day_of(at)) for name in FLAGS}
    counted = (
        select(*(func.count().filter(condition) for condition in flags.values()))
        .select_from(Commitment)
        .join(Strategy, Strategy.id == Commitment.strategy_id)
        .outerjoin(Term, _is_term(edition))
        .where(Strategy.edition_id == edition.id)
    )
    if not may(person, Permission.SEE_ALL, at=at):
        counted = counted.where(Strategy.component_id.in_(own_components(person, at=at)))
    return dict(zip(flags, session().execute(counted).one(), strict=True))


def of_strategy(strategy: Strategy) -> Sequence[Commitment]:
    """The commitments of a strategy, in the order of its sections."""
    wanted = select(Commitment).where(Commitment.strategy_id == strategy.id)
    return session().scalars(wanted.options(with_person(Commitment.owner)).order_by(Commitment.id)).all()


def one(person: Person, commitment_id: int, *, at: datetime) -> Commitment:
    """The commitment of this number; raises NotFound also where the person may not know of it."""
    wanted = select(Commitment).where(Commitment.id == commitment_id)
    found = session().scalar(wanted.options(joinedload(Commitment.strategy).joinedload(Strategy.edition)))
    if found is None or not may(person, Permission.SEE_SUBMITTED, found.strategy, at=at):
        raise NotFound("There is no such commitment, or you may not know of it.")
    return found


def progress(commitment: Commitment) -> Sequence[Progress]:
    """What was reported of it on the way, the latest first."""
    wanted = select(Progress).where(Progress.commitment_id == commitment.id)
    return session().scalars(wanted.options(with_person(Progress.by)).order_by(Progress.id.desc())).all()


def completions(commitment: Commitment) -> Sequence[Completion]:
    """Every report that it is done, with what it cites and the answer, the latest first."""
    wanted = select(Completion).where(Completion.commitment_id == commitment.id)
    people = with_person(Completion.by), with_person(Completion.checked_by)
    cited = selectinload(Completion.citations).joinedload(Citation.evidence)
    return session().scalars(wanted.options(*people, cited).order_by(Completion.id.desc())).all()


def evidence(commitment: Commitment) -> Sequence[Evidence]:
    """Its files, each with what cites it."""
    wanted = select(Evidence).where(Evidence.commitment_id == commitment.id)
    options = (with_person(Evidence.by), selectinload(Evidence.citations))
    return session().scalars(wanted.options(*options).order_by(Evidence.id)).all()


def changes(commitment: Commitment) -> Sequence[CommitmentChange]:
    """Every change that was proposed, the latest first."""
    wanted = select(CommitmentChange).where(CommitmentChange.commitment_id == commitment.id)
    people = (CommitmentChange.by, CommitmentChange.decided_by, CommitmentChange.owner, CommitmentChange.before_owner)
    options = (with_person(each) for each in people)
    return session().scalars(wanted.options(*options).order_by(CommitmentChange.id.desc())).all()


def change(commitment: Commitment, change_id: int) -> CommitmentChange:
    """A change to this commitment; raises NotFound."""
    found = session().get(CommitmentChange, change_id)
    if found is None or found.commitment_id != commitment.id:
        raise NotFound("There is no such change to this commitment.")
    return found


def staff(strategy: Strategy, *, on: date) -> Sequence[Person]:
    """The people of the strategy's Component, who can answer for a commitment, by name."""
    of_it = select(Appointment.person_id).where(
        Appointment.component_id == strategy.component_id,
        Appointment.from_on <= on,
        or_(Appointment.until_on.is_(None), Appointment.until_on > on),
    )
    wanted = select(Person).where(Person.id.in_(of_it), Person.deactivated_at.is_(None))
    return session().scalars(wanted.options(lazyload(Person.appointments)).order_by(Person.name)).all()


def clock(commitment: Commitment) -> Clock | None:
    """Its small clock, if it has a day."""
    return session().scalar(
        select(Clock).where(Clock.commitment_id == commitment.id).options(lazyload(Clock.component))
    )


def _is_term(edition: PolicyEdition) -> ColumnElement[bool]:
    kinds = [rule.kind for rule in edition.policy.clocks if "implemented" in rule.stops]
    return and_(Term.strategy_id == Commitment.strategy_id, Term.kind.in_(kinds), ~Term.lifted)


def _flag(name: str, on: date) -> ColumnElement[bool]:
    still = Commitment.state.not_in(SETTLED)
    proposed = select(CommitmentChange.id).where(
        CommitmentChange.commitment_id == Commitment.id, CommitmentChange.accepted.is_(None)
    )
    return {
        "overdue": and_(still, Commitment.due_on < on, Commitment.state != CommitmentState.REPORTED),
        "after-the-term": and_(still, Commitment.due_on > Term.due_on),
        "to-check": Commitment.state == CommitmentState.REPORTED,
        "change": proposed.exists(),
    }[name]
