"""A quarter's page: its numbers, entered here, submitted, cleared, sent; and what happened to it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cxworkflow.db import unit_of_work
from cxworkflow.errors import NotNow, WorkflowError
from cxworkflow.models import Component, QuarterReport, Service
from cxworkflow.permissions import Permission, may, require
from cxworkflow.policies.collection import Form, our_collection
from cxworkflow.policies.quarter_numbers import titles_of
from cxworkflow.queries import hisps as queries
from cxworkflow.services import quarter_lights, quarter_steps, quarters
from cxworkflow.web import current, filters
from cxworkflow.web.errors import refused
from cxworkflow.web.guard import signed_in
from cxworkflow.web.hisps import of_code, said

pages = Blueprint("quarters", __name__, url_prefix="/hisps")
QUARTER = "/<code>/<cycle>"
CHANNEL = f"{QUARTER}/services/<int:service_id>/<channel>"
NOT_BEGUN = "There are no numbers in it yet. Enter those of at least one channel first."


@pages.get(QUARTER)
@signed_in
def one(code: str, cycle: str) -> ResponseReturnValue:
    """The quarter of a HISP."""
    return render_template("hisps/quarter.html", **_shown(of_code(code), cycle))


@pages.get(CHANNEL)
@signed_in
def channel_form(code: str, cycle: str, service_id: int, channel: str) -> ResponseReturnValue:
    """The form for the numbers of one service and channel."""
    component = reported(of_code(code))
    return render_template("hisps/entry.html", **_entry(component, cycle, service_id, channel))


@pages.post(CHANNEL)
@signed_in
def enter(code: str, cycle: str, service_id: int, channel: str) -> ResponseReturnValue:
    """Enter the numbers."""
    component = reported(of_code(code))
    shown = _entry(component, cycle, service_id, channel)
    service: Service = shown["service"]
    try:
        base = filters.posted_number("base_revision")
        with unit_of_work():
            quarters.enter(
                component,
                cycle,
                service,
                channel,
                shown["form"].id,
                request.form,
                base_revision=base,
                by=current.person(),
                at=current.now(),
            )
    except WorkflowError as refusal:
        return refused("hisps/entry.html", refusal, **_entry(component, cycle, service_id, channel))
    flash(f"The numbers of “{service.name}”, {our_collection().channel(channel).lower()}, are kept.", "success")
    return redirect(url_for("quarters.one", code=code, cycle=cycle), 303)


@pages.post(f"{QUARTER}/submission")
@signed_in
def submit(code: str, cycle: str) -> ResponseReturnValue:
    """Hand the quarter to the CIO."""
    return _act(code, cycle, Permission.REPORT_QUARTER, quarters.submit, "It is with the CIO now.")


@pages.post(f"{QUARTER}/clearance")
@signed_in
def clear(code: str, cycle: str) -> ResponseReturnValue:
    """The CIO's word that it may go to OMB."""
    return _act(code, cycle, Permission.CLEAR_QUARTER, quarters.clear, "It is cleared. The Component can send it now.")


@pages.post(f"{QUARTER}/return")
@signed_in
def send_back(code: str, cycle: str) -> ResponseReturnValue:
    """Return it with a reason."""

    def verb(report: QuarterReport, **who_and_when: Any) -> None:
        quarters.send_back(report, reason=request.form.get("reason", ""), **who_and_when)

    return _act(code, cycle, Permission.CLEAR_QUARTER, verb, "It is returned. The Component is told by e-mail.")


@pages.post(f"{QUARTER}/sending")
@signed_in
def send(code: str, cycle: str) -> ResponseReturnValue:
    """Note that it was sent."""
    return _act(code, cycle, Permission.REPORT_QUARTER, quarters.send, "It is noted as sent to OMB.")


@pages.post(f"{QUARTER}/correction")
@signed_in
def correct(code: str, cycle: str) -> ResponseReturnValue:
    """Open what was sent for a correction."""

    def verb(report: QuarterReport, **who_and_when: Any) -> None:
        quarters.correct(report, reason=request.form.get("reason", ""), **who_and_when)

    done = "The correction is open. All that was sent is kept beside it."
    return _act(code, cycle, Permission.REPORT_QUARTER, verb, done)


def reported(component: Component) -> Component:
    """The Component, if this person reports its quarters."""
    require(current.person(), Permission.REPORT_QUARTER, component, at=current.now())
    return component


def _act(code: str, cycle: str, permission: Permission, verb: Callable[..., None], done: str) -> ResponseReturnValue:
    """Do what the verb does, then show the quarter; who may not do it is told so first."""
    component = of_code(code)
    queries.check_cycle(cycle, on=current.today())
    try:
        require(current.person(), permission, component, at=current.now())
        with unit_of_work():
            report = quarters.report_of(component, cycle)
            if report is None:
                raise NotNow(NOT_BEGUN)
            verb(report, by=current.person(), at=current.now())
    except WorkflowError as refusal:
        return refused("hisps/quarter.html", refusal, **_shown(component, cycle))
    flash(done, "success")
    return redirect(url_for("quarters.one", code=code, cycle=cycle), 303)


def _shown(component: Component, cycle: str) -> dict[str, Any]:
    queries.check_cycle(cycle, on=current.today())
    year, _, quarter = cycle.partition("-Q")
    report = quarters.report_of(component, cycle)
    there = report or QuarterReport(component_id=component.id, fiscal_year=int(year), fiscal_quarter=int(quarter))
    entries = {(each.service_id, each.channel): each for each in quarter_lights.counting(report)} if report else {}
    ended = queries.ends_on(cycle) < current.today()
    clock = quarter_steps.clock_of(QuarterReport(component_id=component.id, cycle=cycle))
    writable = report is None or report.state in quarters.WRITABLE
    return {
        "component": component,
        "cycle": cycle,
        "report": report,
        "services": quarter_lights.services_in(there),
        "entries": entries,
        "clock": clock,
        "ended": ended,
        "ends_on": queries.ends_on(cycle),
        "entered_from": queries.ends_on(cycle) + timedelta(days=1),
        "may_enter": ended and writable and component.hisp and _may(Permission.REPORT_QUARTER, component),
        "reports": _may(Permission.REPORT_QUARTER, component),
        "clears": _may(Permission.CLEAR_QUARTER, component),
        "events": queries.history(component, cycle),
        "typed": request.form,
        **said(),
    }


def _may(permission: Permission, component: Component) -> bool:
    return may(current.person(), permission, component, at=current.now())


def _entry(component: Component, cycle: str, service_id: int, channel: str) -> dict[str, Any]:
    """The form of one channel: what is typed, or else what counts at present; raises what the verb would."""
    queries.check_cycle(cycle, on=current.today())
    service = queries.service(current.person(), service_id, at=current.now())
    quarters.refuse_foreign(component, cycle, service, channel)
    quarters.refuse_too_early(component, cycle, at=current.now())
    report = quarters.report_of(component, cycle)
    if report is not None:
        quarters.writable(report)
    revisions = queries.revisions(report, service, channel) if report else ()
    form = _form(cycle, revisions[0].form if revisions else None)
    kept = revisions[0].numbers if revisions and revisions[0].form == form.id else {}
    typed = request.form if request.method == "POST" else {name: str(value) for name, value in kept.items()}
    return {
        "component": component,
        "cycle": cycle,
        "service": service,
        "channel": channel,
        "form": form,
        "forms": our_collection().forms_for(cycle),
        "typed": typed,
        "titles": titles_of(our_collection(), form),
        "base_revision": revisions[0].revision if revisions else 0,
        "revisions": revisions,
        **said(),
    }


def _form(cycle: str, kept: str | None) -> Form:
    """The form that the address or the page names, or that of the numbers that are there, or the newest."""
    offered = {form.id: form for form in our_collection().forms_for(cycle)}
    named = request.form.get("form") or filters.one_of("form", offered)
    return offered.get(named or kept or "") or next(iter(offered.values()))
