"""Days on which offices close by order: those that are known, and another one announced, after a look at the clocks."""

from datetime import date

from pydantic import Field

from cxworkflow.api.asked import Asked
from cxworkflow.api.endpoint import Endpoint, Page, Paged, Sent, Shape, Text
from cxworkflow.api.paging import page
from cxworkflow.models import Area, Clock, OfficeClosure
from cxworkflow.permissions import Permission, require
from cxworkflow.queries import closures as queries
from cxworkflow.services import closures
from cxworkflow.web.closures import department


class ClosureRow(Shape):
    """A day on which offices close."""

    id: int
    day: date
    reason: str
    authority: str = Field(description="The order that says so.")
    announced_on: date
    by: str
    clocks_moved: int


class ClockMoved(Shape):
    """A clock whose due date moves."""

    clock_id: int
    component: str | None
    title: str
    due_on: date = Field(description="The day from then on.")


class Moved(Shape):
    """What a closed day moves."""

    day: date
    clocks: list[ClockMoved]


class Announced(Sent):
    """A day on which offices close, why, and by which order."""

    day: date
    reason: Text
    authority: Text


def index(asked: Asked) -> Page[ClosureRow]:
    """The days that were announced."""
    require(asked.by, Permission.CLOSE_OFFICES, at=asked.at)
    assert isinstance(asked.query, Paged)
    rows, further = page(queries.announced(department(), None), OfficeClosure.id, asked.query)
    items = [
        ClosureRow(
            id=closed.id,
            day=closed.day,
            reason=closed.reason,
            authority=closed.authority,
            announced_on=closed.announced_on,
            by=name,
            clocks_moved=moved,
        )
        for closed, name, moved in rows
    ]
    return Page[ClosureRow](items=items, next=further)


def preview(asked: Asked) -> Moved:
    """Which clocks the day would move, and where to; nothing is changed."""
    require(asked.by, Permission.CLOSE_OFFICES, at=asked.at)
    given, of = asked.body(Announced), department()
    closures.announceable(of, given.day, reason=given.reason, authority=given.authority, at=asked.at)
    moves = closures.moves(of, given.day, at=asked.at)
    return Moved(day=given.day, clocks=[_moved(clock, due_on) for clock, due_on in moves])


def announce(asked: Asked) -> Moved:
    """Announce the day: clocks are counted again, and everybody concerned is told."""
    require(asked.by, Permission.CLOSE_OFFICES, at=asked.at)
    given = asked.body(Announced)
    moved = closures.announce(
        department(), given.day, reason=given.reason, authority=given.authority, by=asked.by, at=asked.at
    )
    return Moved(day=given.day, clocks=[_moved(clock, clock.due_on) for clock in moved])


def _moved(clock: Clock, due_on: date) -> ClockMoved:
    return ClockMoved(
        clock_id=clock.id,
        component=clock.component.code if clock.component else None,
        title=clock.edition.policy.clock(clock.kind).title,
        due_on=due_on,
    )


_AREA = Area.CLOCKS
ENDPOINTS = (
    Endpoint("GET", "/closures", _AREA, "List closed days", index, Page[ClosureRow], asks=Paged, listed="closed days"),
    Endpoint("POST", "/closures/preview", _AREA, "See what a closed day would move", preview, Moved, Announced),
    Endpoint("POST", "/closures", _AREA, "Announce a closed day", announce, Moved, Announced),
)
