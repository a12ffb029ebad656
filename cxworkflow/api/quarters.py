"""Quarters of High Impact Service Providers: numbers by service and channel, submitted, cleared, sent, corrected."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field

from cxworkflow.api.asked import Asked
from cxworkflow.api.endpoint import Endpoint, Page, Sent, Shape, Told, Word
from cxworkflow.api.paging import page
from cxworkflow.api.shapes import OfComponent, Reason, Somebody
from cxworkflow.calendar import day_of
from cxworkflow.db import session
from cxworkflow.errors import NotNow
from cxworkflow.models import Area, Component, Light, QuarterEntry, QuarterReport, QuarterState, Service
from cxworkflow.permissions import Permission, require
from cxworkflow.queries import hisps as queries
from cxworkflow.services import quarter_lights, quarters


class QuarterRow(Shape):
    """A Component's report for a fiscal quarter."""

    component: str
    quarter: str = Field(description="Such as 2024-Q1, the first of fiscal year 2024.")
    state: QuarterState
    status: Light
    lacks: list[str]
    revision: int
    reason: str
    submitted_at: datetime | None
    cleared_at: datetime | None
    sent_at: datetime | None
    not_reported_on: date | None

    @classmethod
    def of(cls, report: QuarterReport) -> "QuarterRow":
        """This report."""
        return cls(**_told(report))


class NumbersTold(Shape):
    """The numbers of a service and channel. The ETag of them is their revision, "0" before the first."""

    service_id: int
    service: str
    channel: str
    form: str | None
    numbers: dict[str, int]
    revision: int
    entered_at: datetime | None
    by: Somebody | None


class QuarterTold(QuarterRow):
    """A quarter with its numbers that count."""

    entries: list[NumbersTold]


class WantedQuarters(OfComponent):
    """Quarters, all or some."""

    state: QuarterState | None = None


class Entered(Sent):
    """The numbers of a service and channel, by the columns of the form."""

    form: Word = Field(description="The form of the collection, such as it is in force for the quarter.")
    numbers: dict[str, Annotated[int, Field(ge=0, lt=10**15)]] = Field(max_length=200)


def index(asked: Asked) -> Page[QuarterRow]:
    """The quarters that the person may know of, of which something was entered or missed."""
    narrowed = asked.query
    assert isinstance(narrowed, WantedQuarters)
    wanted = queries.quarters(asked.by, component=narrowed.component, state=narrowed.state, status=None, at=asked.at)
    rows, further = page(wanted, QuarterReport.id, narrowed)
    return Page[QuarterRow](items=[QuarterRow.of(each) for each in rows], next=further)


def one(asked: Asked, component: str, cycle: str) -> QuarterTold:
    """A quarter with its numbers; one in which nothing is entered is open."""
    hisp = _of(asked, component, cycle)
    report = quarters.report_of(hisp, cycle)
    if report is None:
        empty: dict[str, Any] = dict.fromkeys(QuarterRow.model_fields)
        told = {**empty, "component": component, "quarter": cycle, "state": QuarterState.OPEN, "status": Light.NONE}
        return QuarterTold(**{**told, "lacks": [], "revision": 1, "reason": "", "entries": []})
    entries = [_numbers(each.service, each.channel, each) for each in quarter_lights.counting(report)]
    return QuarterTold(**_told(report), entries=entries)


def numbers(asked: Asked, component: str, cycle: str, service_id: int, channel: str) -> Told:
    """The numbers of a service and channel that count."""
    hisp = _of(asked, component, cycle)
    service = queries.service(asked.by, service_id, at=asked.at)
    quarters.refuse_foreign(hisp, cycle, service, channel)
    report = quarters.report_of(hisp, cycle)
    told = _numbers(service, channel, quarters.latest(report, service, channel) if report else None)
    return Told(told, str(told.revision))


def enter(asked: Asked, component: str, cycle: str, service_id: int, channel: str) -> Told:
    """Enter the numbers on top of those that were read; the former stay beside them."""
    hisp = _of(asked, component, cycle)
    require(asked.by, Permission.REPORT_QUARTER, hisp, at=asked.at)
    service = queries.service(asked.by, service_id, at=asked.at)
    quarters.refuse_foreign(hisp, cycle, service, channel)
    quarters.refuse_too_early(hisp, cycle, at=asked.at)
    report = quarters.report_of(hisp, cycle)
    if report is not None:
        quarters.writable(report)
    entry = quarters.latest(report, service, channel) if report is not None else None
    base, given = asked.builds_on(entry.revision if entry else 0), asked.body(Entered)
    typed = {column: str(number) for column, number in given.numbers.items()}
    quarters.enter(hisp, cycle, service, channel, given.form, typed, base_revision=base, by=asked.by, at=asked.at)
    return numbers(asked, component, cycle, service_id, channel)


def submit(asked: Asked, component: str, cycle: str) -> QuarterTold:
    """Hand the quarter to the CIO."""
    return _step(asked, component, cycle, Permission.REPORT_QUARTER, quarters.submit)


def clear(asked: Asked, component: str, cycle: str) -> QuarterTold:
    """Clear it for OMB."""
    return _step(asked, component, cycle, Permission.CLEAR_QUARTER, quarters.clear)


def send_back(asked: Asked, component: str, cycle: str) -> QuarterTold:
    """Return it, with a reason."""
    return _step(
        asked, component, cycle, Permission.CLEAR_QUARTER, quarters.send_back, reason=asked.words(Reason).reason
    )


def send(asked: Asked, component: str, cycle: str) -> QuarterTold:
    """Note that it was sent to OMB."""
    return _step(asked, component, cycle, Permission.REPORT_QUARTER, quarters.send)


def correct(asked: Asked, component: str, cycle: str) -> QuarterTold:
    """Open what was sent for a correction, with a reason."""
    return _step(
        asked, component, cycle, Permission.REPORT_QUARTER, quarters.correct, reason=asked.words(Reason).reason
    )


def _step(
    asked: Asked, component: str, cycle: str, permission: Permission, verb: Callable[..., None], **told: str
) -> QuarterTold:
    hisp = _of(asked, component, cycle)
    require(asked.by, permission, hisp, at=asked.at)
    report = quarters.report_of(hisp, cycle)
    if report is None:
        raise NotNow("There are no numbers in it yet. Enter those of at least one channel first.")
    verb(report, **told, by=asked.by, at=asked.at)
    session().flush()
    session().expire_all()
    return one(asked, component, cycle)


def _of(asked: Asked, component: str, cycle: str) -> Component:
    hisp = queries.one(asked.by, component, at=asked.at)
    queries.check_cycle(cycle, on=day_of(asked.at))
    return hisp


def _told(report: QuarterReport) -> dict[str, Any]:
    apart = ("component", "quarter")
    told = {name: getattr(report, name) for name in QuarterRow.model_fields if name not in apart}
    return {**told, "component": report.component.code, "quarter": report.cycle}


def _numbers(service: Service, channel: str, entry: QuarterEntry | None) -> NumbersTold:
    return NumbersTold(
        service_id=service.id,
        service=service.name,
        channel=channel,
        form=entry.form if entry else None,
        numbers=entry.numbers if entry else {},
        revision=entry.revision if entry else 0,
        entered_at=entry.entered_at if entry else None,
        by=Somebody.of(entry.by) if entry else None,
    )


_ONE = "/quarters/<component>/<cycle>"
_NUMBERS = f"{_ONE}/services/<int:service_id>/<channel>"
_AREA = Area.QUARTERS
ENDPOINTS = (
    Endpoint(
        "GET", "/quarters", _AREA, "List quarters", index, Page[QuarterRow], asks=WantedQuarters, listed="quarters"
    ),
    Endpoint("GET", _ONE, _AREA, "Read a quarter", one, QuarterTold),
    Endpoint("GET", _NUMBERS, _AREA, "Read numbers", numbers, NumbersTold, edits=True),
    Endpoint("PUT", _NUMBERS, _AREA, "Enter numbers", enter, NumbersTold, Entered, edits=True),
    Endpoint("POST", f"{_ONE}/submission", _AREA, "Hand it to the CIO", submit, QuarterTold),
    Endpoint("POST", f"{_ONE}/clearance", _AREA, "Clear it for OMB", clear, QuarterTold),
    Endpoint("POST", f"{_ONE}/return", _AREA, "Return it", send_back, QuarterTold, Reason),
    Endpoint("POST", f"{_ONE}/sending", _AREA, "Note it as sent", send, QuarterTold),
    Endpoint("POST", f"{_ONE}/correction", _AREA, "Open a correction", correct, QuarterTold, Reason),
)
