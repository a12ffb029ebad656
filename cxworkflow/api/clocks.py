"""Clocks: how each stands and why; extended, paused and resumed by the CIO; more time asked for, granted, refused."""

from datetime import date, datetime

from pydantic import Field

from cxworkflow.api.asked import Asked
from cxworkflow.api.endpoint import Endpoint, Page, Sent, Shape, Text, Word
from cxworkflow.api.paging import page
from cxworkflow.api.shapes import ClockTold, OfComponent, Reason, Somebody
from cxworkflow.calendar import ChangeKind, ClockState, day_of
from cxworkflow.db import session
from cxworkflow.errors import NotFound
from cxworkflow.models import Area, Clock, ExtensionRequest
from cxworkflow.permissions import Permission, require
from cxworkflow.queries import clocks as queries
from cxworkflow.services import clocks, extensions


class ChangeTold(Shape):
    """A line of a clock's history."""

    kind: ChangeKind
    at: datetime
    happened_on: date
    due_on: date
    reason: str | None
    authority: str | None
    by: Somebody | None = Field(description="Null: the system.")


class RequestTold(Shape):
    """More time that was asked for, and the CIO's answer."""

    id: int
    to_on: date
    reason: str
    asked_at: datetime
    by: Somebody
    granted: bool | None
    answer: str

    @classmethod
    def of(cls, request: ExtensionRequest) -> "RequestTold":
        """This request."""
        names = ("id", "to_on", "reason", "asked_at", "granted", "answer")
        return cls(**{name: getattr(request, name) for name in names}, by=Somebody.of(request.by))


class ClockWhole(ClockTold):
    """A clock with its history."""

    changes: list[ChangeTold]
    requests: list[RequestTold]


class WantedClocks(OfComponent):
    """Clocks, all or some."""

    kind: Word | None = Field(None, description="A kind of clock, as the policy names it.")
    state: ClockState | None = None


class Extension(Sent):
    """A later due date."""

    to: date
    reason: Text
    authority: Text = Field("", description="What allows a day past the policy's limit.")


class MoreTime(Sent):
    """The day asked for."""

    to: date
    reason: Text


class Granted(Sent):
    """A request is granted."""

    authority: Text = Field("", description="What allows a day past the policy's limit.")


def index(asked: Asked) -> Page[ClockTold]:
    """The clocks that the person may know of; those of commitments only where their kind is asked for."""
    narrowed = asked.query
    assert isinstance(narrowed, WantedClocks)
    wanted = queries.Wanted(kind=narrowed.kind, state=narrowed.state, component=narrowed.component)
    queries.editions()  # loaded once, they serve every clock
    rows, further = page(queries.find(asked.by, wanted, at=asked.at), Clock.id, narrowed)
    return Page[ClockTold](items=[ClockTold.of(each, day_of(asked.at)) for each in rows], next=further)


def one(asked: Asked, clock_id: int) -> ClockWhole:
    """A clock, with all that moved it."""
    clock = queries.one(asked.by, clock_id, at=asked.at)
    names = ("kind", "at", "happened_on", "due_on", "reason", "authority")
    changes = [
        ChangeTold(**{name: getattr(each, name) for name in names}, by=Somebody.or_none(each.by))
        for each in clock.changes
    ]
    return ClockWhole(
        **ClockTold.of(clock, day_of(asked.at)).model_dump(),
        changes=changes,
        requests=[RequestTold.of(each) for each in queries.requests(clock)],
    )


def extend(asked: Asked, clock_id: int) -> ClockWhole:
    """Move the due date later."""
    clock = _settable(asked, clock_id)
    clocks.open_still(clock, "extended")
    given = asked.body(Extension)
    clocks.extend(clock, to=given.to, reason=given.reason, authority=given.authority, by=asked.by, at=asked.at)
    return _again(asked, clock_id)


def pause(asked: Asked, clock_id: int) -> ClockWhole:
    """Stop counting days, with a reason."""
    clock = _settable(asked, clock_id)
    clocks.pause(clock, reason=asked.words(Reason).reason, by=asked.by, at=asked.at)
    return _again(asked, clock_id)


def resume(asked: Asked, clock_id: int) -> ClockWhole:
    """Count on."""
    clocks.resume(_settable(asked, clock_id), by=asked.by, at=asked.at)
    return _again(asked, clock_id)


def ask(asked: Asked, clock_id: int) -> ClockWhole:
    """Ask the CIO for a later due date."""
    clock = queries.one(asked.by, clock_id, at=asked.at)
    require(asked.by, Permission.ASK_EXTENSION, clock.component, at=asked.at)
    extensions.can_be_asked(clock)
    given = asked.body(MoreTime)
    extensions.ask(clock, to=given.to, reason=given.reason, by=asked.by, at=asked.at)
    return _again(asked, clock_id)


def grant(asked: Asked, clock_id: int, request_id: int) -> ClockWhole:
    """Grant what was asked."""
    request = _asked(asked, clock_id, request_id)
    extensions.grant(request, authority=asked.words(Granted).authority, by=asked.by, at=asked.at)
    return _again(asked, clock_id)


def refuse(asked: Asked, clock_id: int, request_id: int) -> ClockWhole:
    """Refuse what was asked; the due date stays."""
    request = _asked(asked, clock_id, request_id)
    extensions.refuse(request, reason=asked.words(Reason).reason, by=asked.by, at=asked.at)
    return _again(asked, clock_id)


def _settable(asked: Asked, clock_id: int) -> Clock:
    clock = queries.one(asked.by, clock_id, at=asked.at)
    require(asked.by, Permission.SET_CLOCK, clock.component, at=asked.at)
    return clock


def _asked(asked: Asked, clock_id: int, request_id: int) -> ExtensionRequest:
    clock = _settable(asked, clock_id)
    found = next((each for each in queries.requests(clock) if each.id == request_id), None)
    if found is None:
        raise NotFound("There is no such request for more time.")
    return found


def _again(asked: Asked, clock_id: int) -> ClockWhole:
    session().flush()
    session().expire_all()
    return one(asked, clock_id)


_ONE = "/clocks/<int:clock_id>"
_REQUEST = f"{_ONE}/requests/<int:request_id>"
ENDPOINTS = (
    Endpoint("GET", "/clocks", Area.CLOCKS, "List clocks", index, Page[ClockTold], asks=WantedClocks, listed="clocks"),
    Endpoint("GET", _ONE, Area.CLOCKS, "Read a clock", one, ClockWhole),
    Endpoint("POST", f"{_ONE}/extension", Area.CLOCKS, "Extend it", extend, ClockWhole, Extension),
    Endpoint("POST", f"{_ONE}/pause", Area.CLOCKS, "Pause it", pause, ClockWhole, Reason),
    Endpoint("POST", f"{_ONE}/resumption", Area.CLOCKS, "Resume it", resume, ClockWhole),
    Endpoint("POST", f"{_ONE}/requests", Area.CLOCKS, "Ask for more time", ask, ClockWhole, MoreTime),
    Endpoint("POST", f"{_REQUEST}/grant", Area.CLOCKS, "Grant more time", grant, ClockWhole, Granted),
    Endpoint("POST", f"{_REQUEST}/refusal", Area.CLOCKS, "Refuse more time", refuse, ClockWhole, Reason),
)
