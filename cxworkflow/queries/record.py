"""The record, filtered: who did what, when, for which Component."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import joinedload

from cxworkflow.calendar import moment
from cxworkflow.db import session
from cxworkflow.models import Component, Event, Person, RecordCheck, Strategy
from cxworkflow.models.event import SYSTEM
from cxworkflow.queries.paging import Order


@dataclass(frozen=True)
class Wanted:
    """What the record is narrowed down to; None: everything. Days are Eastern, both ends included."""

    component: str | None = None
    verb: str | None = None
    by: str | None = None
    from_on: date | None = None
    to_on: date | None = None


ORDERS = {
    "-line": Order("The latest first", (Event.at.desc(), Event.id.desc())),
    "line": Order("The oldest first", (Event.at, Event.id)),
}


def find(wanted: Wanted) -> Select[tuple[Event]]:
    """The lines that are wanted, to be read in one of the `ORDERS`."""
    found = select(Event).options(joinedload(Event.component))
    if wanted.component is not None:
        found = found.where(Event.component_id.in_(select(Component.id).where(Component.code == wanted.component)))
    if wanted.verb is not None:
        found = found.where(Event.verb == wanted.verb)
    if wanted.by is not None:
        named = select(Person.id).where(Person.name == wanted.by)
        found = found.where(Event.by_id.is_(None) if wanted.by == SYSTEM else Event.by_id.in_(named))
    if wanted.from_on is not None:
        found = found.where(Event.at >= moment(wanted.from_on))
    if wanted.to_on is not None:
        found = found.where(Event.at < moment(wanted.to_on + timedelta(days=1)))
    return found


def last_check() -> RecordCheck | None:
    """How the last check of the whole record went; None if there has been none."""
    return session().get(RecordCheck, 1)


def strategies(component: str | None, *, most: int) -> list[Strategy]:
    """The strategies by Component, or those of one Component; as many as asked for."""
    wanted = select(Strategy).options(joinedload(Strategy.edition)).order_by(Strategy.id).limit(most)
    if component is not None:
        wanted = wanted.where(Strategy.component_id.in_(select(Component.id).where(Component.code == component)))
    # Put in order here: the database would read them all for it, and whoever has more is not shown them one by one.
    return sorted(session().scalars(wanted), key=lambda each: (each.component.code, each.id))


def verbs() -> list[str]:
    """Every verb in the record."""
    return list(session().scalars(_each(Event.verb)))


def people(*, most: int) -> list[str]:
    """Who did something in the record, by name, and the system first; as many as asked for."""
    acted = _each(Event.by_id).limit(most - 1).subquery()  # if there are more, no list is made of them
    named = select(Person.name).where(Person.id.in_(select(acted.c.value))).order_by(Person.name).distinct()
    return [SYSTEM, *session().scalars(named)]


def _each(column: Any) -> Select[Any]:
    """Each value that there is of a column, in order: one look in its index for each, however long the record is."""

    def least(*where: ColumnElement[bool]) -> Any:
        return select(column).where(column.is_not(None), *where).order_by(column).limit(1).scalar_subquery()

    found = select(least().label("value")).cte("found", recursive=True)
    found = found.union_all(select(least(column > found.c.value)).where(found.c.value.is_not(None)))
    return select(found.c.value).where(found.c.value.is_not(None))
