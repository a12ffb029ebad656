"""Metrics across Components: baseline, target and the last reading, by principle."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, case, func, or_, select, true
from sqlalchemy.orm import aliased, contains_eager

from cxworkflow.db import session
from cxworkflow.models import Commitment, CommitmentState, Component, Person, PolicyEdition, Reading, Strategy
from cxworkflow.permissions import Permission, may
from cxworkflow.queries.clocks import own_components
from cxworkflow.queries.names import with_person
from cxworkflow.queries.paging import both_ways

Later = aliased(Reading, name="later")
STANDING = ~select(Later.id).where(Later.corrects_id == Reading.id).exists()
# Looked up for each metric by itself, so that the readings of all the others are left alone.
Last = aliased(
    Reading,
    select(Reading)
    .where(Reading.commitment_id == Commitment.id, STANDING)
    .order_by(Reading.as_of.desc(), Reading.id.desc())
    .limit(1)
    .correlate(Commitment)
    .lateral("last"),
)
REACHED, NOT_YET, NOT_READ = "reached", "not-yet", "not-read"
RESULTS = {REACHED: "Target reached", NOT_YET: "Not there yet", NOT_READ: "No reading yet"}
ORDERS = {
    **both_ways("component", "By Component, A to Z", "By Component, Z to A", Component.code, Commitment.id),
    **both_ways("due", "Target date first", "Target date last", Commitment.due_on, Component.code),
    **both_ways("name", "By name, A to Z", "By name, Z to A", Commitment.title, Commitment.id),
}


@dataclass(frozen=True)
class Wanted:
    """What the metrics are narrowed down to; None: all of them. `principle` is its number."""

    principle: str | None = None
    component: str | None = None
    result: str | None = None


def find(person: Person, edition: PolicyEdition, wanted: Wanted, *, at: datetime) -> Select[Any]:
    """The metrics that are wanted: rows of Commitment, Component, the last Reading or None, and the result."""
    result = _result()
    found = (
        select(Commitment, Component, Last, result.label("result"))
        .join(Strategy, Strategy.id == Commitment.strategy_id)
        .join(Component, Component.id == Strategy.component_id)
        .outerjoin(Last, true())
        .where(*_metrics(person, edition, at=at))
        .options(contains_eager(Commitment.strategy).lazyload(Strategy.component))
    )
    if wanted.principle is not None:
        found = found.where(Commitment.principles.contains([wanted.principle]))
    if wanted.component is not None:
        found = found.where(Component.code == wanted.component)
    if wanted.result is not None:
        found = found.where(result == wanted.result)
    return found


def by_principle(person: Person, edition: PolicyEdition, *, at: datetime) -> dict[str, dict[str, int]]:
    """How many metrics serve each principle, of how many Components, and how many of them came to what."""
    principle = func.jsonb_array_elements_text(Commitment.principles).table_valued("value").lateral("principle")
    rows = (
        select(principle.c.value.label("principle"), _result().label("result"))
        .select_from(Commitment)
        .join(Strategy, Strategy.id == Commitment.strategy_id)
        .join(principle, true())
        .outerjoin(Last, true())
        .where(*_metrics(person, edition, at=at))
        .subquery()
    )
    counted = select(rows.c.principle, rows.c.result, func.count()).group_by(rows.c.principle, rows.c.result)
    found: dict[str, dict[str, int]] = {}
    for number, result, count in session().execute(counted):
        found.setdefault(number, {})[result] = count
    return found


def readings(metric: Commitment) -> Sequence[Reading]:
    """Every reading of a metric, those that were corrected as well, by their days."""
    wanted = select(Reading).where(Reading.commitment_id == metric.id)
    return session().scalars(wanted.options(with_person(Reading.by)).order_by(Reading.as_of, Reading.id)).all()


def _metrics(person: Person, edition: PolicyEdition, *, at: datetime) -> list[Any]:
    conditions = [
        Strategy.edition_id == edition.id,
        Commitment.target.is_not(None),
        Commitment.state != CommitmentState.DROPPED,
    ]
    if not may(person, Permission.SEE_ALL, at=at):
        conditions.append(Strategy.component_id.in_(own_components(person, at=at)))
    return conditions


def _result() -> Any:
    up, down = Commitment.better != "down", Commitment.better == "down"
    reached = or_(and_(up, Last.value >= Commitment.target), and_(down, Last.value <= Commitment.target))
    return case((Last.id.is_(None), NOT_READ), (reached, REACHED), else_=NOT_YET)
