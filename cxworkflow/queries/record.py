"""The record, filtered: who did what, when, for which Component."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from cxworkflow.calendar import moment
from cxworkflow.db import session
from cxworkflow.models import Component, Event
from cxworkflow.queries.paging import Page, page_of


@dataclass(frozen=True)
class Wanted:
    """What the record is narrowed down to; None: everything. Days are Eastern, both ends included."""

    component: str | None = None
    verb: str | None = None
    by: str | None = None
    from_on: date | None = None
    to_on: date | None = None


def find(wanted: Wanted, *, number: int) -> Page[Event]:
    """A page of the record, the latest line first."""
    found = select(Event).options(joinedload(Event.component))
    if wanted.component is not None:
        found = found.where(Event.component_id.in_(select(Component.id).where(Component.code == wanted.component)))
    if wanted.verb is not None:
        found = found.where(Event.verb == wanted.verb)
    if wanted.by is not None:
        found = found.where(Event.by_name == wanted.by)
    if wanted.from_on is not None:
        found = found.where(Event.at >= moment(wanted.from_on))
    if wanted.to_on is not None:
        found = found.where(Event.at < moment(wanted.to_on + timedelta(days=1)))
    return page_of(found.order_by(Event.at.desc(), Event.id.desc()), number)


def verbs() -> list[str]:
    """Every verb in the record."""
    return list(session().scalars(select(Event.verb).distinct().order_by(Event.verb)))


def people() -> list[str]:
    """Everybody who did something in the record, by name."""
    return list(session().scalars(select(Event.by_name).distinct().order_by(Event.by_name)))


def component_codes() -> list[str]:
    """The Components in the record."""
    named = select(Event.component_id).distinct()
    return list(session().scalars(select(Component.code).where(Component.id.in_(named)).order_by(Component.code)))
