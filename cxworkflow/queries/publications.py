"""Publications on the way to the public, for those who see them."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, select
from sqlalchemy.orm import joinedload, selectinload

from cxworkflow.db import session
from cxworkflow.errors import NotFound
from cxworkflow.models import Component, Person, Publication, Published, Strategy, Withholding
from cxworkflow.permissions import Permission, may
from cxworkflow.queries.paging import Order, Orders, both_ways

STATES = ("prepared", "released", "withdrawn", "dropped")
STATE = case(
    (Publication.withdrawn_at.is_not(None), "withdrawn"),
    (Publication.released_at.is_not(None), "released"),
    (Publication.dropped_at.is_not(None), "dropped"),
    else_="prepared",
)
ORDERS: Orders = {
    "latest": Order("Latest first", (Publication.prepared_at.desc(), Publication.id.desc())),
    **both_ways("component", "By Component", "By Component, from Z to A", Component.code, Publication.id),
    **both_ways("state", "By state", "By state, the other way round", STATE, Publication.id),
}


def listed(state: str | None, code: str | None) -> Select[Any]:
    """Publications, in this state and of this Component where they are named."""
    wanted = (
        select(Publication)
        .join(Publication.strategy)
        .join(Strategy.component)
        .options(joinedload(Publication.strategy), joinedload(Publication.by), joinedload(Publication.released_by))
    )
    if state:
        wanted = wanted.where(STATE.in_([state]))
    return wanted.where(Component.code == code) if code else wanted


def one(person: Person, publication_id: int, *, at: datetime) -> Publication:
    """The publication of this number, with what is withheld of it; raises NotFound also for who may not know of it."""
    wanted = select(Publication).where(Publication.id == publication_id)
    found = session().scalar(
        wanted.options(
            joinedload(Publication.version),
            joinedload(Publication.by),
            joinedload(Publication.strategy).joinedload(Strategy.edition),
            selectinload(Publication.withholdings).joinedload(Withholding.by),
        )
    )
    if found is None or not may(person, Permission.SEE_PUBLICATIONS, found.strategy, at=at):
        raise NotFound("There is no such publication, or you may not know of it.")
    return found


def being_prepared(strategy: Strategy) -> Publication | None:
    """The publication of a strategy that is not released yet."""
    wanted = select(Publication).where(
        Publication.strategy_id == strategy.id, Publication.released_at.is_(None), Publication.dropped_at.is_(None)
    )
    return session().scalar(wanted)


def of_strategy(strategy: Strategy) -> Published | None:
    """What the public reads of a strategy, if it reads something."""
    found = session().get(Published, strategy.id)
    return found if found is not None and found.document is not None else None
