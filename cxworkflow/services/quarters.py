"""A quarter's report of a High Impact Service Provider: entered, submitted, cleared by the CIO, sent to OMB."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from cxworkflow.calendar import day_of
from cxworkflow.db import held, session
from cxworkflow.errors import Conflict, Fault, InvalidInput, NotAllowed, NotFound, NotNow
from cxworkflow.fiscal import quarter_end, read_cycle
from cxworkflow.models import Component, Person, QuarterEntry, QuarterReport, QuarterState, Role, Service
from cxworkflow.permissions import Permission, require
from cxworkflow.policies.collection import Form, our_collection
from cxworkflow.policies.quarter_numbers import read_numbers
from cxworkflow.services import quarter_lights, quarter_steps
from cxworkflow.services.words import said
from cxworkflow.wording import long_date, quarter_words

WRITABLE = (QuarterState.OPEN, QuarterState.RETURNED)


def enter(
    component: Component,
    cycle: str,
    service: Service,
    channel: str,
    form_id: str,
    typed: Mapping[str, str],
    *,
    base_revision: int,
    by: Person,
    at: datetime,
) -> QuarterEntry:
    """Enter the numbers of one service and channel; a second time they are a new revision beside the former.

    Raises NotAllowed, NotNow, Conflict where somebody else entered them meanwhile, InvalidInput with every fault.
    """
    role = require(by, Permission.REPORT_QUARTER, component, at=at)
    refuse_too_early(component, cycle, at=at)
    if (known := report_of(component, cycle)) is not None:
        writable(known)
    form = form_for(cycle, form_id)
    refuse_foreign(component, cycle, service, channel)
    numbers, faults = read_numbers(our_collection(), form, typed)
    if faults:
        raise InvalidInput(None, faults)
    report = opened(component, cycle)
    writable(report)
    last = latest(report, service, channel)
    if last is not None and (last.form, last.numbers) == (form.id, numbers):
        return last
    if (last.revision if last else 0) != base_revision:
        raise Conflict("Somebody else entered numbers here meanwhile. Nothing was overwritten: look at them first.")
    entry = QuarterEntry(
        report_id=report.id,
        component_id=component.id,
        service_id=service.id,
        channel=channel,
        revision=base_revision + 1,
        form=form.id,
        numbers=numbers,
        entered_at=at,
        by_id=by.id,
    )
    session().add(entry)
    session().flush()
    details = {"service": service.name, "channel": channel, "form": form.id, "entry": entry.id, "of": entry.revision}
    quarter_steps.write("quarter-entered", report, details, by=by, role=role, at=at)
    return entry


def submit(report: QuarterReport, *, by: Person, at: datetime) -> None:
    """Hand the quarter to the CIO; raises NotNow where it is with them already, or holds no numbers."""
    report = held(report)
    role = require(by, Permission.REPORT_QUARTER, report.component, at=at)
    writable(report)
    if not session().scalar(select(func.count(QuarterEntry.id)).where(QuarterEntry.report_id == report.id)):
        raise NotNow("There are no numbers in it yet. Enter those of at least one channel, then submit.")
    report.state, report.submitted_at, report.submitted_by_id = QuarterState.SUBMITTED, at, by.id
    report.cleared_at = report.cleared_by_id = None
    quarter_lights.look(report, at=at)
    quarter_steps.tell("quarter-submitted", report, by=by, role=role, at=at)


def clear(report: QuarterReport, *, by: Person, at: datetime) -> None:
    """The CIO's word that it may go to OMB."""
    report, role = _before_the_cio(report, (QuarterState.SUBMITTED,), by=by, at=at)
    if report.submitted_by_id == by.id:
        raise NotAllowed("Somebody else than who submitted a quarter clears it. Nothing was changed.")
    report.state, report.cleared_at, report.cleared_by_id = QuarterState.CLEARED, at, by.id
    quarter_lights.look(report, at=at)
    quarter_steps.tell("quarter-cleared", report, by=by, role=role, at=at)


def send_back(report: QuarterReport, *, reason: str, by: Person, at: datetime) -> None:
    """Return it to the Component with a reason; also what was cleared and not sent yet."""
    report, role = _before_the_cio(report, (QuarterState.SUBMITTED, QuarterState.CLEARED), by=by, at=at)
    report.reason = said(reason, "reason", needed="Say what has to be mended: the Component reads it.")
    report.state = QuarterState.RETURNED
    quarter_lights.look(report, at=at)
    quarter_steps.tell("quarter-returned", report, {"reason": report.reason}, by=by, role=role, at=at)


def send(report: QuarterReport, *, by: Person, at: datetime) -> None:
    """Note that what the CIO cleared was sent to OMB; stops the quarter's clock."""
    report = held(report)
    role = require(by, Permission.REPORT_QUARTER, report.component, at=at)
    if report.state is QuarterState.SENT:
        raise NotNow(f"It was sent on {long_date(_sent_at(report))} already. Nothing was lost, and nothing changed.")
    if report.state is not QuarterState.CLEARED:
        raise NotNow("The Chief Information Officer has to clear it first.")
    report.state, report.sent_at, report.sent_by_id = QuarterState.SENT, at, by.id
    quarter_lights.look(report, at=at)
    quarter_steps.stop_clock(report, by=by, at=at)
    quarter_steps.tell("quarter-sent", report, {"revision": report.revision}, by=by, role=role, at=at)


def correct(report: QuarterReport, *, reason: str, by: Person, at: datetime) -> None:
    """Open what was sent for a correction: a new revision, beside which all that was entered before stays."""
    report = held(report)
    role = require(by, Permission.REPORT_QUARTER, report.component, at=at)
    if report.state is not QuarterState.SENT:
        raise NotNow("Only what was sent needs a correction. Enter the numbers as they should be.")
    report.reason = said(reason, "reason", needed="Say what is corrected, and why: the record has to show it.")
    report.state, report.revision = QuarterState.OPEN, report.revision + 1
    session().flush()
    quarter_lights.look(report, at=at)
    details = {"reason": report.reason, "revision": report.revision}
    quarter_steps.write("quarter-corrected", report, details, by=by, role=role, at=at)


def report_of(component: Component, cycle: str) -> QuarterReport | None:
    """The report of a quarter, if there is one yet."""
    return session().scalar(select(QuarterReport).filter_by(component_id=component.id, cycle=cycle))


def opened(component: Component, cycle: str) -> QuarterReport:
    """The report of a quarter, made if there is none, and held for this transaction."""
    year, quarter = _read(cycle)
    values = {"component_id": component.id, "cycle": cycle, "fiscal_year": year, "fiscal_quarter": quarter}
    session().execute(insert(QuarterReport).values(**values).on_conflict_do_nothing())
    report = report_of(component, cycle)
    assert report is not None
    return held(report)


def latest(report: QuarterReport, service: Service, channel: str) -> QuarterEntry | None:
    """The numbers of a service and channel that count."""
    of_it = select(QuarterEntry).filter_by(report_id=report.id, service_id=service.id, channel=channel)
    return session().scalar(of_it.order_by(QuarterEntry.revision.desc()).limit(1))


def form_for(cycle: str, form_id: str) -> Form:
    """The form of this name, if it is in force for the quarter; raises InvalidInput."""
    offered = {form.id: form for form in our_collection().forms_for(cycle)}
    if form_id not in offered:
        names = "; ".join(form.title for form in offered.values()) or "none"
        raise InvalidInput(None, [Fault("form", f"This form is not in force for {cycle}. There is: {names}.")])
    return offered[form_id]


def refuse_too_early(component: Component, cycle: str, *, at: datetime) -> None:
    """Raise NotNow where the Component is no HISP, or the quarter is not over."""
    year, quarter = _read(cycle)
    if not component.hisp:
        raise NotNow(f"{component.code} is not a High Impact Service Provider, so it reports no quarters.")
    if quarter_end(year, quarter) >= day_of(at):
        ends = long_date(quarter_end(year, quarter))
        raise NotNow(f"{quarter_words(cycle).capitalize()} ends on {ends}. Its numbers can be entered from then on.")


def writable(report: QuarterReport) -> None:
    """Raise NotNow where the numbers of a report can't be changed."""
    if report.state is QuarterState.SENT:
        raise NotNow(
            f"{quarter_words(report.cycle).capitalize()} was sent to OMB on {long_date(_sent_at(report))}. "
            "All of it is kept as it was. To change it, open a correction on its page first, with the reason."
        )
    if report.state not in WRITABLE:
        raise NotNow(
            f"{quarter_words(report.cycle).capitalize()} was submitted and is with the Chief Information Officer. "
            "Its numbers can be changed once it is returned."
        )


def refuse_foreign(component: Component, cycle: str, service: Service, channel: str) -> None:
    """Raise InvalidInput where the Component has no such service in this quarter, or not on this channel."""
    if service.component_id != component.id:
        raise NotFound("There is no such service, or you may not know of it.")
    if not service.runs_in(*_read(cycle)):
        raise InvalidInput(None, [Fault("service", f"“{service.name}” was not offered in {cycle}.")])
    if channel not in service.channels:
        raise InvalidInput(None, [Fault("channel", f"“{service.name}” has no such channel in the register.")])


def _before_the_cio(
    report: QuarterReport, states: tuple[QuarterState, ...], *, by: Person, at: datetime
) -> tuple[QuarterReport, Role]:
    role = require(by, Permission.CLEAR_QUARTER, report.component, at=at)
    report = held(report)
    if report.state not in states:
        raise NotNow(f"{quarter_words(report.cycle).capitalize()} does not wait for the CIO at present.")
    return report, role


def _sent_at(report: QuarterReport) -> datetime:
    assert report.sent_at is not None
    return report.sent_at


def _read(cycle: str) -> tuple[int, int]:
    if (read := read_cycle(cycle)) is None:
        raise NotFound("There is no such quarter. One is written like 2024-Q1.")
    return read
