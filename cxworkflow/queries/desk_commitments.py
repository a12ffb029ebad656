"""What of commitments lies on a desk: with owners until they are kept, with the Directorate until it is checked."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.orm import lazyload

from cxworkflow.calendar import day_of
from cxworkflow.db import session
from cxworkflow.models import (
    Commitment,
    CommitmentChange,
    CommitmentState,
    Component,
    ImplementationReport,
    Person,
    Strategy,
)
from cxworkflow.queries.clocks import OWN, own_components
from cxworkflow.queries.desk import had_no_part

AHEAD = timedelta(days=14)  # on the home page from the day on which the first reminder goes out
MOST = 20  # of each; a list has them all


_SOON = and_(Commitment.state == CommitmentState.OPEN, Commitment.due_on <= bindparam("soon"))
TO_KEEP = (
    select(Commitment, Component.code)
    .join(Strategy, Strategy.id == Commitment.strategy_id)
    .join(Component, Component.id == Strategy.component_id)
    .where(Commitment.owner_id == bindparam("owner"), Component.id.in_(OWN))
    .where(or_(_SOON, Commitment.state == CommitmentState.SENT_BACK))
)


def to_keep(person: Person, *, at: datetime) -> Sequence[tuple[Commitment, str]]:
    """The commitments a person answers for that came back, are overdue or soon due; each with its Component's code."""
    in_order = TO_KEEP.options(lazyload(Commitment.strategy), lazyload(Commitment.owner)).order_by(
        Commitment.due_on.nulls_last(), Commitment.id
    )
    return session().execute(in_order.limit(MOST), asked_of(person, at=at)).tuples().all()


def asked_of(person: Person, *, at: datetime) -> dict[str, Any]:
    """What `TO_KEEP` takes."""
    return {"owner": person.id, "soon": day_of(at) + AHEAD, "own": own_components(person, at=at)}


def commitments_to_check(person: Person, *, at: datetime) -> Sequence[tuple[str, int]]:
    """Of each Component, how many commitments it reported as done that wait for a check by this person."""
    wanted = (
        select(Component.code, func.count())
        .join(Strategy, Strategy.component_id == Component.id)
        .join(Commitment, Commitment.strategy_id == Strategy.id)
        .where(Commitment.state == CommitmentState.REPORTED, had_no_part(person, at=at))
        .group_by(Component.code)
        .order_by(func.min(Commitment.reported_on), Component.code)
    )
    return session().execute(wanted.limit(MOST)).tuples().all()


def changes_to_decide(person: Person, *, at: datetime) -> Sequence[tuple[str, int, date]]:
    """Of each Component, how many changes to commitments it proposed wait for this person, and since which day."""
    since = func.min(CommitmentChange.proposed_at)
    wanted = (
        select(Component.code, func.count(), since)
        .join(Strategy, Strategy.component_id == Component.id)
        .join(CommitmentChange, CommitmentChange.strategy_id == Strategy.id)
        .where(CommitmentChange.accepted.is_(None), had_no_part(person, at=at))
        .group_by(Component.code)
        .order_by(since, Component.code)
    )
    return [(code, count, day_of(first)) for code, count, first in session().execute(wanted.limit(MOST))]


def reports_to_check(person: Person, *, at: datetime) -> Sequence[tuple[str, int]]:
    """The reports that a strategy is implemented that wait for a check: Component and strategy, the oldest first."""
    wanted = (
        select(Component.code, Strategy.id)
        .join(Strategy, Strategy.component_id == Component.id)
        .join(ImplementationReport, ImplementationReport.strategy_id == Strategy.id)
        .where(ImplementationReport.outcome.is_(None), had_no_part(person, at=at))
        .order_by(ImplementationReport.reported_at, Strategy.id)
    )
    return session().execute(wanted.limit(MOST)).tuples().all()
