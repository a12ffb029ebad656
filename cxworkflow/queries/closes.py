"""Closes of fiscal years, as far as a person may know of them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from cxworkflow.db import session
from cxworkflow.errors import NotFound
from cxworkflow.models import CloseLine, Component, FiscalClose, Person, PolicyEdition
from cxworkflow.permissions import Permission, may
from cxworkflow.queries.clocks import own_components
from cxworkflow.queries.names import with_person
from cxworkflow.queries.paging import Order, both_ways

DONE, NOT_DONE, NOT_STATED = "implemented", "not-implemented", "not-stated"
ORDERS = {
    "-closed": Order("The latest first", (FiscalClose.closed_on.desc(), FiscalClose.id)),
    "closed": Order("The oldest first", (FiscalClose.closed_on, FiscalClose.id)),
    **both_ways("signed", "Signed first", "Signed last", FiscalClose.signed_at, FiscalClose.id),
}
LINE_ORDERS = {
    "line": Order("As they stand in the document", (CloseLine.id,)),
    **both_ways("code", "By Component, A to Z", "By Component, Z to A", Component.code, CloseLine.id),
}


def all_of_them(*, policy: str | None, signed: bool | None) -> Select[tuple[FiscalClose, int, int]]:
    """The closes that are wanted, each with how many Components had implemented and of how many it tells."""
    counted = select(CloseLine.close_id, func.count().label("told")).group_by(CloseLine.close_id)
    of_close = counted.add_columns(func.count().filter(CloseLine.implemented).label("done")).subquery()
    found = (
        select(FiscalClose, func.coalesce(of_close.c.done, 0), func.coalesce(of_close.c.told, 0))
        .join(FiscalClose.edition)
        .outerjoin(of_close, of_close.c.close_id == FiscalClose.id)
        .options(contains_eager(FiscalClose.edition), with_person(FiscalClose.signed_by))
    )
    if policy is not None:
        found = found.where(PolicyEdition.code == policy)
    if signed is not None:
        found = found.where(FiscalClose.signed_at.is_not(None) if signed else FiscalClose.signed_at.is_(None))
    return found


def policies() -> Sequence[str]:
    """The codes of the policies of which a close was drawn up."""
    return session().scalars(select(PolicyEdition.code).join(FiscalClose).distinct().order_by(PolicyEdition.code)).all()


def lines(close: FiscalClose, stands: str | None) -> Select[tuple[CloseLine]]:
    """What a close says of each Component, of all or of those that stand so."""
    wanted = select(CloseLine).join(CloseLine.component).where(CloseLine.close_id == close.id)
    found = wanted.options(contains_eager(CloseLine.component), joinedload(CloseLine.stated_by))
    if stands == DONE:
        return found.where(CloseLine.implemented)
    if stands is not None:
        found = found.where(~CloseLine.implemented)
    return found.where(CloseLine.statement.is_(None)) if stands == NOT_STATED else found


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
