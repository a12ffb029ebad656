"""Closes of fiscal years, as far as a person may know of them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from cxworkflow.db import session
from cxworkflow.errors import NotFound
from cxworkflow.models import CloseLine, FiscalClose, Person
from cxworkflow.permissions import Permission, may
from cxworkflow.queries.clocks import own_components
from cxworkflow.queries.names import with_person


def all_of_them() -> Sequence[FiscalClose]:
    """Every close, the latest first."""
    wanted = select(FiscalClose).options(selectinload(FiscalClose.lines), with_person(FiscalClose.signed_by))
    return session().scalars(wanted.order_by(FiscalClose.closed_on.desc(), FiscalClose.id)).all()


def one(close_id: int) -> FiscalClose:
    """The close of this number; raises NotFound."""
    wanted = select(FiscalClose).where(FiscalClose.id == close_id)
    people = (with_person(FiscalClose.signed_by), selectinload(FiscalClose.lines).joinedload(CloseLine.stated_by))
    found = session().scalar(wanted.options(*people))
    if found is None:
        raise NotFound("There is no such close.")
    return found


def line(person: Person, line_id: int, *, at: datetime) -> CloseLine:
    """The line of a Component; raises NotFound also where the person may not know of it."""
    found = session().get(CloseLine, line_id)
    sees_all = may(person, Permission.SEE_ALL, at=at)
    if found is None or not (sees_all or found.component_id in own_components(person, at=at)):
        raise NotFound("There is no such close, or you may not know of it.")
    return found


def to_state(component_ids: Sequence[int]) -> Sequence[CloseLine]:
    """The lines of closes that wait for a statement of these Components."""
    wanted = (
        select(CloseLine)
        .join(CloseLine.close)
        .where(CloseLine.component_id.in_(component_ids), ~CloseLine.implemented, FiscalClose.signed_at.is_(None))
    )
    return session().scalars(wanted.order_by(CloseLine.id)).all()
