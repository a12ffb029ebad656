"""Events: lines of the record, of everything for who may read it, and of one strategy for who may know of it."""

from datetime import datetime
from typing import Any

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from cxworkflow.api.asked import Asked
from cxworkflow.api.endpoint import Endpoint, Page, Paged, Shape, Word
from cxworkflow.api.paging import page
from cxworkflow.api.shapes import OfComponent, Somebody
from cxworkflow.documents.sentences import event_words
from cxworkflow.models import Area, Event
from cxworkflow.permissions import Permission, require
from cxworkflow.queries import record as queries
from cxworkflow.queries.comments import in_the_open
from cxworkflow.queries.strategies import known


class EventTold(Shape):
    """A line of the record."""

    line: int
    at: datetime
    what: str
    words: str = Field(description="What was done, as it follows the name.")
    by: Somebody | None = Field(description="Null: the system.")
    as_whom: str
    request: str
    component: str | None
    strategy_id: int | None
    clock_id: int | None
    details: dict[str, Any]
    hash: str

    @classmethod
    def of(cls, event: Event) -> "EventTold":
        """This line."""
        return cls(
            line=event.seq,
            at=event.at,
            what=event.verb,
            words=event_words(event),
            by=Somebody(id=event.by_id, name=event.by_name) if event.by_id is not None else None,
            as_whom=event.by_role,
            request=event.request_id,
            component=event.component.code if event.component else None,
            strategy_id=event.strategy_id,
            clock_id=event.clock_id,
            details=event.details,
            hash=event.hash,
        )


class WantedEvents(OfComponent):
    """Lines of the record, all or some."""

    what: Word | None = Field(None, description="A verb of the record.")


def index(asked: Asked) -> Page[EventTold]:
    """The record, the oldest line first."""
    require(asked.by, Permission.SEE_RECORD, at=asked.at)
    narrowed = asked.query
    assert isinstance(narrowed, WantedEvents)
    wanted = queries.find(queries.Wanted(component=narrowed.component, verb=narrowed.what))
    return _page(wanted, narrowed)


def of_strategy(asked: Asked, strategy_id: int) -> Page[EventTold]:
    """The history of a strategy, the oldest line first."""
    strategy = known(asked.by, strategy_id, at=asked.at)
    assert isinstance(asked.query, Paged)
    open_to_them = in_the_open(asked.by, strategy, at=asked.at)
    wanted = select(Event).where(Event.strategy_id == strategy.id, open_to_them)
    return _page(wanted.options(joinedload(Event.component)), asked.query)


def _page(wanted: Any, asked: Paged) -> Page[EventTold]:
    # By the number without a gap that a line gets when its transaction ends: what comes later comes after it.
    rows, further = page(wanted, Event.seq, asked)
    return Page[EventTold](items=[EventTold.of(each) for each in rows], next=further)


ENDPOINTS = (
    Endpoint(
        "GET",
        "/events",
        Area.EVENTS,
        "Read the record",
        index,
        Page[EventTold],
        asks=WantedEvents,
        listed="lines of the record",
    ),
    Endpoint(
        "GET",
        "/strategies/<int:strategy_id>/events",
        Area.EVENTS,
        "Read a strategy’s history",
        of_strategy,
        Page[EventTold],
        asks=Paged,
    ),
)
