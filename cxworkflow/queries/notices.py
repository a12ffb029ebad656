"""Notices for the list and for a notice's own page: one's own, or all for those who watch the system run."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select, true
from sqlalchemy.orm import joinedload, selectinload

from cxworkflow.db import session
from cxworkflow.errors import NotFound
from cxworkflow.models import Component, Notice, Person
from cxworkflow.models.notice import NoticeState
from cxworkflow.permissions import Permission, may
from cxworkflow.queries.names import with_person
from cxworkflow.queries.paging import Order


@dataclass(frozen=True)
class Wanted:
    """What a list of notices is narrowed down to; None: everything."""

    state: NoticeState | None = None
    kind: str | None = None
    component: str | None = None
    clock_id: int | None = None


# By their numbers, which they got as they came to be owed: there is an index, however many there are.
ORDERS = {
    "-owed": Order("The latest first", (Notice.id.desc(),)),
    "owed": Order("The oldest first", (Notice.id,)),
}


def in_sight(person: Person, *, at: datetime) -> ColumnElement[bool]:
    """The notices a person may read: those sent to them, or all."""
    return true() if may(person, Permission.SEE_OPERATIONS, at=at) else Notice.is_for(person.id)


def find(person: Person, wanted: Wanted, *, at: datetime) -> Select[tuple[Notice]]:
    """The notices that are wanted, to be read in one of the `ORDERS`."""
    found = select(Notice).where(in_sight(person, at=at))
    if wanted.state is not None:
        found = found.where(Notice.state == wanted.state)
    if wanted.kind is not None:
        found = found.where(Notice.kind == wanted.kind)
    if wanted.clock_id is not None:
        found = found.where(Notice.clock_id == wanted.clock_id)
    if wanted.component is not None:
        found = found.where(Notice.component_id.in_(select(Component.id).where(Component.code == wanted.component)))
    return found.options(with_person(Notice.person), joinedload(Notice.component))


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
