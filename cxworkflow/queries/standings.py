"""How the Components stand under a policy: strategy, the clock that counts now, and whether they are on time.

A Component is late when what the policy asks of it next is past its due date, or was done after it. It is at risk when
that date is near (the policy's file says how near), or when its strategy is not approved and the term to implement it
would no longer end before the cap. Otherwise it is on time. Targets of the Directorate make nobody late.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    Text,
    and_,
    case,
    false,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    true,
)
from sqlalchemy.orm import lazyload

from cxworkflow.calendar import day_of
from cxworkflow.db import session
from cxworkflow.lifecycle import Status
from cxworkflow.models import Component, Mark, Person, PolicyEdition, RubricMark, Strategy
from cxworkflow.permissions import Permission, may
from cxworkflow.policies import Policy
from cxworkflow.queries.clocks import own_components
from cxworkflow.queries.paging import both_ways
from cxworkflow.queries.present_clock import APPROVED, Now, counts, kinds
from cxworkflow.queries.written import written_once
from cxworkflow.services import policies
from cxworkflow.services.policies import Beside

NOT_BEGUN = "not-begun"


class Standing(StrEnum):
    """Whether a Component will do, or has done, what the policy asks by its date."""

    ON_TIME = "on-time"
    AT_RISK = "at-risk"
    LATE = "late"


@dataclass(frozen=True)
class Wanted:
    """What the Components are narrowed down to; None: all of them. `mark` is the strictest on `clause`.

    `as_of`: those that there were on that day, however they stand today.
    """

    kind: str | None = None
    files: str | None = None
    status: str | None = None
    standing: Standing | None = None
    clause: str | None = None
    mark: str | None = None
    as_of: date | None = None


ORDERS = {
    **both_ways("code", "By Component, A to Z", "By Component, Z to A", Component.code),
    **both_ways("name", "By name, A to Z", "By name, Z to A", Component.name),
    **both_ways("due", "Due first", "Due last", Now.due_on, Component.code),
    **both_ways("status", "By strategy", "By strategy, backwards", Strategy.status, Component.code),
}


def find(person: Person, edition: PolicyEdition, wanted: Wanted, *, at: datetime) -> Select[Any]:
    """The Components that are wanted: rows of Component, Strategy, Clock and Standing, each None where there is none.

    How one stands is there only for who may know. To be read in one of the `ORDERS`.
    """
    own = None if may(person, Permission.SEE_ALL, at=at) else tuple(own_components(person, at=at))
    return _found(edition, wanted, day_of(at), own, policies.beside(edition))


@written_once
def _found(
    edition: PolicyEdition, wanted: Wanted, on: date, own: tuple[int, ...] | None, others: Beside
) -> Select[Any]:
    """For somebody who belongs to these Components; None: who sees them all."""
    known = true() if own is None else Component.id.in_(own)
    stands = case((known, standing(edition, on)))
    found = select(Component, Strategy, Now, stands.label("stands"))
    found = found.options(lazyload(Strategy.component), lazyload(Now.component))
    found = _narrowed(_joined(found, edition, known), stands, known, edition, wanted)
    return found.where(_present(edition, others, wanted.as_of or on))


def drawn(edition: PolicyEdition, wanted: Wanted, others: Beside, *, at: datetime) -> Select[Any]:
    """Of the Components that file, what the time line shows of each, for who sees them all: rows of columns."""
    return _drawn(edition, wanted, day_of(at), others)


@written_once
def _drawn(edition: PolicyEdition, wanted: Wanted, on: date, others: Beside) -> Select[Any]:
    stands = standing(edition, on)
    of_component = (Component.id, Component.code, Component.hisp)
    of_clock = (Now.id.label("clock_id"), Now.kind, Now.due_on, Now.stopped_on)
    found = _joined(select(*of_component, *of_clock, stands.label("stands")), edition, true())
    return _narrowed(found, stands, true(), edition, wanted).where(_present(edition, others, on), _FILES)


def _narrowed(
    found: Select[Any],
    stands: ColumnElement[Any],
    known: ColumnElement[bool],
    edition: PolicyEdition,
    wanted: Wanted,
) -> Select[Any]:
    if wanted.kind is not None:
        found = found.where(Component.kind == wanted.kind)
    if wanted.files is not None:
        found = found.where(Component.files == wanted.files)
    if wanted.status is not None:
        begun = wanted.status != NOT_BEGUN
        none_yet = and_(Strategy.id.is_(None), _FILES, known)
        found = found.where(Strategy.status == Status(wanted.status) if begun else none_yet)
    if wanted.standing is not None:
        found = found.where(stands == wanted.standing.value)
    if wanted.clause is not None and wanted.mark is not None:
        rated = strictest(and_(_current(edition), RubricMark.clause == wanted.clause)).subquery()
        of_it = rated.c.mark == wanted.mark
        found = found.where(Strategy.current_version_id.in_(select(rated.c.version_id).where(of_it)))
    return found


def counted(edition: PolicyEdition, others: Beside, on: date) -> Select[Any]:
    """How many Components stand how on a day, one after the other: Standing, number."""
    stands = standing(edition, on)
    found = _joined(select(stands, func.count()), edition, true())
    return found.where(_present(edition, others, on), _FILES).group_by(stands)


def filing_on(edition: PolicyEdition, others: Beside, on: date, *conditions: ColumnElement[bool]) -> Select[Any]:
    """The Components of a day that meet these conditions."""
    return select(Component.id).where(_present(edition, others, on), *conditions)


def statuses(edition: PolicyEdition, *, at: datetime) -> dict[str, int]:
    """How many Components that file have a strategy in each state, or none yet."""
    status = func.coalesce(Strategy.status.cast(Text), NOT_BEGUN)
    counted = (
        select(status, func.count())
        .select_from(Component)
        .outerjoin(Strategy, _of(edition))
        .where(_present(edition, policies.beside(edition), day_of(at)), _FILES)
        .group_by(status)
    )
    found = dict(session().execute(counted).tuples().all())
    return {each: found.get(each, 0) for each in (NOT_BEGUN, *(status.value for status in Status))}


def standing(edition: PolicyEdition, on: date) -> ColumnElement[str]:
    """Each row's standing on a day, by the definition above; null where a Component files nothing."""
    policy = edition.policy
    binding = [rule for rule in kinds(policy) if rule.set_by == "policy"]
    due = Now.kind.in_([rule.kind for rule in binding])
    late = due & (func.coalesce(Now.stopped_on, Now.paused_on, literal(on)) > Now.due_on)
    near = [(Now.kind == rule.kind) & (Now.due_on <= on + timedelta(days=rule.at_risk_days)) for rule in binding]
    soon = Now.stopped_on.is_(None) & Now.paused_on.is_(None) & or_(false(), *near)
    cut = and_(
        true() if term_is_cut(policy, on) else false(),
        Component.files == "self",
        or_(Strategy.status.is_(None), Strategy.status.not_in(APPROVED)),
    )
    return case(
        (~_FILES, null()),
        (late, Standing.LATE.value),
        (or_(soon, cut), Standing.AT_RISK.value),
        else_=Standing.ON_TIME.value,
    )


def term_is_cut(policy: Policy, on: date) -> bool:
    """Whether a strategy that is approved on this day no longer has its whole term before the cap."""
    return any(rule.cap_on and rule.days and on + timedelta(days=rule.days) > rule.cap_on for rule in kinds(policy))


def strictest(of_these: ColumnElement[bool]) -> Select[Any]:
    """The strictest mark that any reviewer gave each clause of some versions, as far as one may see it."""
    rank = func.max(case((RubricMark.mark == Mark.NOT, 3), (RubricMark.mark == Mark.PARTLY, 2), else_=1))
    mark = case((rank == 3, Mark.NOT.value), (rank == 2, Mark.PARTLY.value), else_=Mark.MEETS.value)
    return (
        select(RubricMark.version_id, RubricMark.clause, mark.label("mark"))
        .where(of_these)
        .group_by(RubricMark.version_id, RubricMark.clause)
    )


def _current(edition: PolicyEdition) -> ColumnElement[bool]:
    """Of the marks, those on a current version."""
    return RubricMark.version_id.in_(select(Strategy.current_version_id).where(Strategy.edition_id == edition.id))


def marks(version_ids: Sequence[int]) -> dict[tuple[int, str], Mark]:
    """The strictest mark by version and clause, of these versions."""
    rows = session().execute(strictest(RubricMark.version_id.in_(version_ids))).tuples().all()
    return {(version_id, clause): Mark(mark) for version_id, clause, mark in rows}


def marks_tally(edition: PolicyEdition) -> dict[tuple[str, Mark], int]:
    """How many current versions got each mark, by clause: one statement."""
    rated = strictest(_current(edition)).subquery()
    counted = select(rated.c.clause, rated.c.mark, func.count()).group_by(rated.c.clause, rated.c.mark)
    return {(clause, Mark(mark)): count for clause, mark, count in session().execute(counted)}


_FILES = or_(Component.files == "self", Strategy.id.is_not(None))


def _joined(found: Select[Any], edition: PolicyEdition, known: ColumnElement[bool]) -> Select[Any]:
    return (
        found.select_from(Component).outerjoin(Strategy, _of(edition) & known).outerjoin(Now, counts(edition) & known)
    )


def _of(edition: PolicyEdition) -> ColumnElement[bool]:
    return and_(Strategy.component_id == Component.id, Strategy.edition_id == edition.id)


def _present(edition: PolicyEdition, others: Beside, on: date) -> ColumnElement[bool]:
    # Written out: of a day that it is not told, the database expects few Components, and would plan anew each time.
    day = literal_column(f"date '{on.isoformat()}'", Date)
    return and_(
        policies.belongs(edition, others),
        Component.department == edition.policy.department,
        Component.from_on <= day,
        or_(Component.until_on.is_(None), Component.until_on > day),
    )
