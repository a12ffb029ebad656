"""The saved states of a section: one for each sitting in the list, every single one by its number."""

from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased, defer, joinedload

from cxworkflow.db import session
from cxworkflow.errors import NotFound
from cxworkflow.models import AnswerRevision, Strategy
from cxworkflow.queries.paging import Page, page_of
from cxworkflow.services.drafting import SITTING


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


def sittings(strategy: Strategy, clause: str, number: int) -> Page[AnswerRevision]:
    """The last state of each sitting, the latest first."""
    of_it = select(
        AnswerRevision.id,
        AnswerRevision.by_id,
        AnswerRevision.saved_at,
        func.lead(AnswerRevision.by_id).over(order_by=AnswerRevision.revision).label("next_by_id"),
        func.lead(AnswerRevision.saved_at).over(order_by=AnswerRevision.revision).label("next_at"),
    ).where(AnswerRevision.strategy_id == strategy.id, AnswerRevision.clause == clause)
    row = of_it.subquery()
    ended = or_(row.c.next_at.is_(None), row.c.next_by_id != row.c.by_id, row.c.next_at - row.c.saved_at >= SITTING)
    kept = aliased(AnswerRevision)
    wanted = select(kept).where(kept.id.in_(select(row.c.id).where(ended)))
    options = (defer(kept.content), defer(kept.row_names), joinedload(kept.by))
    return page_of(wanted.options(*options).order_by(kept.revision.desc()), number)


def state(strategy: Strategy, clause: str, revision: int) -> State:
    """One saved state and the one before it; raises NotFound."""
    of_it = (AnswerRevision.strategy_id == strategy.id, AnswerRevision.clause == clause)
    near = select(AnswerRevision).where(*of_it, AnswerRevision.revision.in_((revision - 1, revision)))
    found = {each.revision: each for each in session().scalars(near.options(joinedload(AnswerRevision.by)))}
    if revision not in found:
        raise NotFound("This section has no such saved state.")
    last = session().scalar(select(func.max(AnswerRevision.revision)).where(*of_it))
    return State(found[revision], found.get(revision - 1), last or revision)
