"""Notices for the list and for a notice's own page: one's own, or all for those who watch the system run."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import joinedload, selectinload

from cxworkflow.db import session
from cxworkflow.errors import NotFound
from cxworkflow.models import Component, Notice, Person
from cxworkflow.models.notice import NoticeState
from cxworkflow.permissions import Permission, may
from cxworkflow.queries.names import with_person
from cxworkflow.queries.paging import Page, page_of


@dataclass(frozen=True)
class Wanted:
    """What a list of notices is narrowed down to; None: everything."""

    state: NoticeState | None = None
    kind: str | None = None
    component: str | None = None
    clock_id: int | None = None


def in_sight(person: Person, *, at: datetime) -> ColumnElement[bool]:
    """The notices a person may read: those sent to them, or all."""
    return true() if may(person, Permission.SEE_OPERATIONS, at=at) else Notice.person_id == person.id


def find(person: Person, wanted: Wanted, *, number: int, at: datetime) -> Page[Notice]:
    """A page of notices, the latest first."""
    found = select(Notice).where(in_sight(person, at=at))
    if wanted.state is not None:
        found = found.where(Notice.state == wanted.state)
    if wanted.kind is not None:
        found = found.where(Notice.kind == wanted.kind)
    if wanted.clock_id is not None:
        found = found.where(Notice.clock_id == wanted.clock_id)
    if wanted.component is not None:
        found = found.where(Notice.component_id.in_(select(Component.id).where(Component.code == wanted.component)))
    found = found.options(with_person(Notice.person), joinedload(Notice.component))
    return page_of(found.order_by(Notice.owed_at.desc(), Notice.id.desc()), number)


def one(person: Person, notice_id: int, *, at: datetime) -> Notice:
    """A notice with every attempt at sending it; raises NotFound also where the person may not know of it."""
    wanted = select(Notice).where(Notice.id == notice_id, in_sight(person, at=at))
    notice = session().scalar(
        wanted.options(with_person(Notice.person), joinedload(Notice.component), selectinload(Notice.other_attempts))
    )
    if notice is None:
        raise NotFound("There is no such notice, or you may not know of it.")
    return notice


def tally(person: Person, *, at: datetime) -> dict[NoticeState, int]:
    """How many notices stand in each state: one statement."""
    counted = select(Notice.state, func.count()).where(in_sight(person, at=at)).group_by(Notice.state)
    found = dict(session().execute(counted).tuples().all())
    return {state: found.get(state, 0) for state in NoticeState}


def component_codes(person: Person, *, at: datetime) -> list[str]:
    """The Components about which there are notices this person may read."""
    wanted = select(Component.code).where(
        Component.id.in_(select(Notice.component_id).where(in_sight(person, at=at)).distinct())
    )
    return list(session().scalars(wanted.order_by(Component.code)))
