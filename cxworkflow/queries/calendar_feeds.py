"""The clocks that concern a person: those of their Components, and those of which their roles are reminded."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select

from cxworkflow.calendar import day_of
from cxworkflow.db import session
from cxworkflow.models import Clock, ClockChange, Person
from cxworkflow.models.people import COMPONENT_ROLES
from cxworkflow.queries.clocks import editions, in_sight, own_components

MOST = 2_000  # dates: more than a calendar can show


def open_clocks(person: Person, *, at: datetime) -> Sequence[Clock]:
    """Those that have not stopped, the one due first on top."""
    wanted = select(Clock).where(_concerns(person, at=at), Clock.stopped_on.is_(None))
    return session().scalars(wanted.order_by(Clock.due_on, Clock.id).limit(MOST)).all()


def changed_at(clocks: Sequence[Clock]) -> dict[int, datetime]:
    """When each of these clocks changed last."""
    ids = [clock.id for clock in clocks]
    latest = select(ClockChange.clock_id, func.max(ClockChange.at)).where(ClockChange.clock_id.in_(ids))
    return dict(session().execute(latest.group_by(ClockChange.clock_id)).tuples().all())


def latest_change(person: Person, *, at: datetime) -> datetime | None:
    """When anything that concerns the person changed last, also what stopped."""
    latest = select(func.max(ClockChange.at)).join(Clock, Clock.id == ClockChange.clock_id)
    return session().scalar(latest.where(_concerns(person, at=at)))


def _concerns(person: Person, *, at: datetime) -> ColumnElement[bool]:
    held = {each.role.value for each in person.appointments if each.in_force(day_of(at))}
    told = held - {role.value for role in COMPONENT_ROLES}
    ours: list[ColumnElement[bool]] = [Clock.component_id.in_(own_components(person, at=at))]
    for edition in editions():
        ladders = {name for name, ladder in edition.policy.ladders.items() if told & {each.role for each in ladder.to}}
        kinds = [rule.kind for rule in edition.policy.clocks if rule.ladder in ladders]
        ours.append(and_(Clock.edition_id == edition.id, Clock.kind.in_(kinds)))
    return and_(or_(*ours), in_sight(person, at=at))
