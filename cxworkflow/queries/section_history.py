"""The saved states of a section: one for each sitting in the list, every single one by its number."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import aliased, defer, joinedload

from cxworkflow.calendar import moment
from cxworkflow.db import session
from cxworkflow.errors import NotFound
from cxworkflow.models import AnswerRevision, Person, Strategy
from cxworkflow.queries.paging import Order
from cxworkflow.services.drafting import SITTING

Kept = aliased(AnswerRevision)
ORDERS = {
    "latest": Order("The latest first", (Kept.revision.desc(),)),
    "first": Order("The first first", (Kept.revision,)),
}


@dataclass(frozen=True)
class State:
    """A saved state, the one before it, and the numbers of those on either side."""

    shown: AnswerRevision
    before: AnswerRevision | None
    last: int

    @property
    def after(self) -> int | None:
        """The number of the state after this one."""
        return self.shown.revision + 1 if self.shown.revision < self.last else None


@dataclass(frozen=True)
class Wanted:
    """Whose sittings, and from when to when, in days of the Department."""

    by: str | None = None
    from_on: date | None = None
    to_on: date | None = None


def writers(strategy: Strategy, clause: str) -> list[str]:
    """Who saved the section, by name."""
    of_it = select(AnswerRevision.by_id).where(AnswerRevision.strategy_id == strategy.id)
    wanted = select(Person.name).where(Person.id.in_(of_it.where(AnswerRevision.clause == clause)))
    return list(session().scalars(wanted.order_by(Person.name).distinct()))


def sittings(strategy: Strategy, clause: str, asked: Wanted) -> Select[Any]:
    """The last state of each sitting."""
    of_it = select(
        AnswerRevision.id,
        AnswerRevision.by_id,
        AnswerRevision.saved_at,
        func.lead(AnswerRevision.by_id).over(order_by=AnswerRevision.revision).label("next_by_id"),
        func.lead(AnswerRevision.saved_at).over(order_by=AnswerRevision.revision).label("next_at"),
    ).where(AnswerRevision.strategy_id == strategy.id, AnswerRevision.clause == clause)
    row = of_it.subquery()
    ended = or_(row.c.next_at.is_(None), row.c.next_by_id != row.c.by_id, row.c.next_at - row.c.saved_at >= SITTING)
    wanted = select(Kept).where(Kept.id.in_(select(row.c.id).where(ended)))
    if asked.by:
        wanted = wanted.where(Kept.by_id.in_(select(Person.id).where(Person.name == asked.by)))
    if asked.from_on:
        wanted = wanted.where(Kept.saved_at >= moment(asked.from_on))
    if asked.to_on:
        wanted = wanted.where(Kept.saved_at < moment(asked.to_on + timedelta(days=1)))
    return wanted.options(defer(Kept.content), defer(Kept.row_names), joinedload(Kept.by))


def state(strategy: Strategy, clause: str, revision: int) -> State:
    """One saved state and the one before it; raises NotFound."""
    of_it = (AnswerRevision.strategy_id == strategy.id, AnswerRevision.clause == clause)
    near = select(AnswerRevision).where(*of_it, AnswerRevision.revision.in_((revision - 1, revision)))
    found = {each.revision: each for each in session().scalars(near.options(joinedload(AnswerRevision.by)))}
    if revision not in found:
        raise NotFound("This section has no such saved state.")
    last = session().scalar(select(func.max(AnswerRevision.revision)).where(*of_it))
    return State(found[revision], found.get(revision - 1), last or revision)
