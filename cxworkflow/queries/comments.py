"""What was said in a strategy's review, as far as a person may read it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, false, select, true
from sqlalchemy.orm import selectinload

from cxworkflow.db import session
from cxworkflow.errors import NotFound
from cxworkflow.models import Audience, Comment, Event, Person, Reply, Strategy
from cxworkflow.models.event import WATCHED
from cxworkflow.permissions import Permission, may
from cxworkflow.queries.names import with_person


def threads(person: Person, strategy: Strategy, *, at: datetime) -> Sequence[Comment]:
    """The comments on all versions of a strategy with their answers, in the order in which they were made."""
    found = select(Comment).where(Comment.strategy_id == strategy.id, _readable(person, strategy, at=at))
    return session().scalars(found.options(*_WITH_ALL).order_by(Comment.id)).all()


def one(person: Person, strategy: Strategy, comment_id: int, *, at: datetime) -> Comment:
    """One comment on a strategy; raises NotFound also where the person may not know of it."""
    wanted = select(Comment).where(Comment.id == comment_id, Comment.strategy_id == strategy.id)
    found = session().scalar(wanted.where(_readable(person, strategy, at=at)))
    if found is None:
        raise NotFound("There is no such comment, or you may not know of it.")
    return found


def in_the_open(person: Person, strategy: Strategy, *, at: datetime) -> ColumnElement[bool]:
    """Of the lines of the record: those that a person may read, without what the review team says among itself."""
    if may(person, Permission.SEE_TEAM, strategy, at=at):
        return Event.verb.not_in(WATCHED)
    open_to_all: ColumnElement[bool] = Event.details["audience"].astext.is_distinct_from(Audience.TEAM.value)
    return open_to_all & Event.verb.not_in(WATCHED)


def _readable(person: Person, strategy: Strategy, *, at: datetime) -> ColumnElement[bool]:
    if may(person, Permission.SEE_TEAM, strategy, at=at):
        return true()
    hears = may(person, Permission.SEE_COMMENTS, strategy, at=at)
    return Comment.audience == Audience.COMPONENT if hears else false()


_WITH_ALL = (
    with_person(Comment.by),
    with_person(Comment.settled_by),
    selectinload(Comment.replies).joinedload(Reply.by).lazyload(Person.appointments),
)
