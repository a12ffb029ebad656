"""Who the Components are that a past week counts as on time, at risk and late: the rows behind `tallies.weeks`.

As there, a day of the past is told by the clocks’ dates as they are now, of the Components that file today.
"""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, func, literal, or_, select, true

from cxworkflow.models import Clock, Component, PolicyEdition, Strategy
from cxworkflow.queries.present_clock import kinds, side_by_side
from cxworkflow.queries.standings import Standing, filing_on, term_is_cut
from cxworkflow.services import policies


def then(edition: PolicyEdition, on: date, standing: Standing | None, *, today: date) -> Select[Any]:
    """Rows of Component and how it stood at the end of that day."""
    others = policies.beside(edition)
    begun = select(Strategy.component_id).where(Strategy.edition_id == edition.id)
    itself = Component.files == "self"
    of_it = _told_by_clocks(edition, on).subquery()
    cut = and_(itself, of_it.c.approved.is_not(True)) if term_is_cut(edition.policy, on) else of_it.c.near.is_(True)
    stood = case(
        (of_it.c.late.is_(True), Standing.LATE.value),
        (or_(of_it.c.near_the_last.is_(True), cut), Standing.AT_RISK.value),
        else_=Standing.ON_TIME.value,
    )
    found = (
        select(Component, stood.label("stood"))
        .outerjoin(of_it, of_it.c.component_id == Component.id)
        .where(Component.id.in_(filing_on(edition, others, today, or_(itself, Component.id.in_(begun)))))
    )
    return found if standing is None else found.where(stood == standing.value)


def _told_by_clocks(edition: PolicyEdition, on: date) -> Select[Any]:
    """By Component, whether a clock said on that day that it was late, near its date, or approved."""
    rules = [rule for rule in kinds(edition.policy) if rule.set_by == "policy"]
    last = Clock.kind.in_([rule.kind for rule in rules if "implemented" in rule.stops])
    done = and_(Clock.stopped_on.is_not(None), Clock.stopped_on <= on)
    paused = and_(Clock.paused_on.is_not(None), Clock.paused_on <= on)
    ended = case((done, Clock.stopped_on), (paused, Clock.paused_on), else_=literal(on))
    near = or_(
        false(),
        *(and_(Clock.kind == rule.kind, Clock.due_on <= on + timedelta(days=rule.at_risk_days)) for rule in rules),
    )
    soon = and_(~done, ~paused, near)
    return (
        select(
            Clock.component_id,
            func.bool_or(ended > Clock.due_on).label("late"),
            func.bool_or(and_(soon, last)).label("near_the_last"),
            func.bool_or(and_(soon, ~last)).label("near"),
            func.bool_or(last).label("approved"),
        )
        .where(
            Clock.edition_id == edition.id,
            Clock.kind.in_([rule.kind for rule in rules]),
            ~Clock.lifted,
            Clock.started_on <= on,
            or_(~done, last),
            or_(done, _counts(edition, on)),
        )
        .group_by(Clock.component_id)
    )


def _counts(edition: PolicyEdition, on: date) -> ColumnElement[bool]:
    """Of the clocks of a Component that ran side by side, the one that was due first."""
    if not side_by_side(edition.policy):
        return true()
    rules = [rule.kind for rule in kinds(edition.policy) if rule.set_by == "policy"]
    first = (
        select(Clock.component_id, func.min(Clock.due_on).label("due_on"))
        .where(
            Clock.edition_id == edition.id,
            Clock.kind.in_(rules),
            ~Clock.lifted,
            Clock.started_on <= on,
            or_(Clock.stopped_on.is_(None), Clock.stopped_on > on),
        )
        .group_by(Clock.component_id)
        .subquery()
    )
    return Clock.due_on == select(first.c.due_on).where(first.c.component_id == Clock.component_id).scalar_subquery()
