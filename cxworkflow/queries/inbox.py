"""What lies in a person's inbox: each thing they were told, once, however the e-mail went out."""

from sqlalchemy import ColumnElement, Select, bindparam, func, select
from sqlalchemy.orm import contains_eager

from cxworkflow.db import rows, session
from cxworkflow.errors import NotFound
from cxworkflow.models import Component, Notice, Person
from cxworkflow.models.notice import NoticeState
from cxworkflow.queries.paging import Order, both_ways

CARRIERS = ("bundle", "daily-digest")  # these only carry others, which lie in the inbox themselves
MOST_COUNTED = 100
ORDERS = {
    "-told": Order("The latest first", (Notice.owed_at.desc(), Notice.id.desc())),
    "told": Order("The oldest first", (Notice.owed_at, Notice.id)),
    **both_ways("kind", "By kind, A to Z", "By kind, Z to A", Notice.kind, Notice.id.desc()),
    **both_ways("component", "By Component, A to Z", "By Component, Z to A", Component.code, Notice.id.desc()),
}


def wanted(person: Person, *, only_unread: bool) -> Select[tuple[Notice]]:
    """What lies in the inbox, all of it or what is not read, to be read in one of the `ORDERS`."""
    found = _in_the_inbox_of(person.id).outerjoin(Notice.component).options(contains_eager(Notice.component))
    return found.where(Notice.read_at.is_(None)) if only_unread else found


def one(person: Person, notice_id: int) -> Notice:
    """One notice to this person; raises NotFound where there is none."""
    notice = session().scalar(_in_the_inbox_of(person.id).where(Notice.id == notice_id))
    if notice is None:
        raise NotFound("There is no such notice in your inbox.")
    return notice


def unread(person: Person) -> int:
    """How many notices the person has not read; `MOST_COUNTED` stands for that many or more."""
    return int(rows(_UNREAD, person=person.id)[0][0])


def _in_the_inbox_of(person_id: ColumnElement[int] | int) -> Select[tuple[Notice]]:
    """A reminder that was overtaken before it could be sent tells nothing any more."""
    overtaken = (Notice.kind == "deadline") & (Notice.state == NoticeState.SUPERSEDED)
    return select(Notice).where(Notice.is_for(person_id), ~overtaken, Notice.kind.not_in(CARRIERS))


# Written once: it stands on every page.
_SOME = _in_the_inbox_of(bindparam("person")).where(Notice.read_at.is_(None)).with_only_columns(Notice.id)
_UNREAD = select(func.count()).select_from(_SOME.limit(MOST_COUNTED).subquery())
