"""Clocks: all that one may know of, and each one's whole story; the CIO extends, pauses and resumes them."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cxworkflow.calendar import ClockState
from cxworkflow.db import unit_of_work
from cxworkflow.errors import WorkflowError
from cxworkflow.explain import coming, explain, rung_words
from cxworkflow.ladder import firing_day
from cxworkflow.models import Clock, Role
from cxworkflow.permissions import Permission, may, require
from cxworkflow.queries import clocks as queries
from cxworkflow.services import clocks, histories
from cxworkflow.web import current, filters
from cxworkflow.web.errors import refused
from cxworkflow.web.guard import signed_in
from cxworkflow.web.lists import Choice, Column, Listing, iso, of_component
from cxworkflow.web.plain_words import NOTICE_STATES
from cxworkflow.wording import long_date

pages = Blueprint("clocks", __name__)

STATES = {
    ClockState.RUNNING: "Running",
    ClockState.PAUSED: "Paused",
    ClockState.OVERDUE: "Overdue",
    ClockState.MET: "Met in time",
    ClockState.LATE: "Met late",
    ClockState.LIFTED: "No longer asked for",
}
# Nothing is late by a date that the policy does not require.
OF_TARGETS = {**STATES, ClockState.OVERDUE: "Target passed", ClockState.LATE: "Met after the target"}


def _title(clock: Clock) -> str:
    return clock.edition.policy.clock(clock.kind).title


def _set_by(clock: Clock) -> str:
    rule = clock.edition.policy.clock(clock.kind)
    return f"Policy, {rule.clause}" if rule.set_by == "policy" else f"{clock.edition.policy.names.directorate} (target)"


def _stands(clock: Clock) -> str:
    return (STATES if clock.required else OF_TARGETS)[clock.state(current.today())]


def _days_late(clock: Clock) -> str:
    return str(clock.days_late(current.today())) if clock.required else ""


COLUMNS = (
    Column("Component", lambda clock: clock.component.code if clock.component else "The Department", "component"),
    Column("Clock", _title, "kind"),
    Column("Due", lambda clock: iso(clock.due_on), "due"),
    Column("Originally due", lambda clock: iso(clock.original_due_on), only_csv=True),
    Column("Stands", _stands),
    Column("Days late", _days_late, only_csv=True),
    Column("Started", lambda clock: iso(clock.started_on), only_csv=True),
    Column("Stopped", lambda clock: iso(clock.stopped_on), only_csv=True),
    Column("Set by", _set_by),
)


@pages.get("/clocks/")
@signed_in
def index() -> ResponseReturnValue:
    """Every clock this person may know of, filtered and sorted."""
    person, at = current.person(), current.now()
    kinds = {rule.kind: rule.title for edition in queries.editions() for rule in edition.policy.clocks}
    listing = Listing(
        "clocks",
        COLUMNS,
        queries.ORDERS,
        [
            Choice("kind", "Clock", list(kinds.items())),
            Choice("state", "How it stands", [(each.value, STATES[each]) for each in ClockState]),
            of_component(person, at=at),
        ],
    )
    wanted = queries.Wanted(
        kind=listing["kind"],
        state=ClockState(listing["state"]) if listing["state"] else None,
        component=listing["component"],
    )
    return listing.answer(
        "clocks/index.html",
        queries.find(person, wanted, at=at),
        whose=queries.sees_every_clock(person, at=at),
    )


@pages.get("/clocks/<int:clock_id>")
@signed_in
def one(clock_id: int) -> ResponseReturnValue:
    """What is due, when and why, and who was and will be reminded."""
    return render_template("clocks/one.html", **_shown(clock_id))


@pages.post("/clocks/<int:clock_id>/extension")
@signed_in
def extend(clock_id: int) -> ResponseReturnValue:
    """Move the due date later."""

    def verb(clock: Clock) -> str:
        clocks.open_still(clock, "extended")
        clocks.extend(
            clock,
            to=filters.posted_day("to"),
            reason=request.form.get("reason", ""),
            authority=request.form.get("authority"),
            by=current.person(),
            at=current.now(),
        )
        return f"The clock is extended to {long_date(clock.due_on)}. Everybody concerned is told by e-mail."

    return act(clock_id, Permission.SET_CLOCK, verb)


@pages.post("/clocks/<int:clock_id>/pause")
@signed_in
def pause(clock_id: int) -> ResponseReturnValue:
    """Stop counting days."""

    def verb(clock: Clock) -> str:
        clocks.pause(clock, reason=request.form.get("reason", ""), by=current.person(), at=current.now())
        return "The clock is paused. No reminders go out until it is resumed."

    return act(clock_id, Permission.SET_CLOCK, verb)


@pages.post("/clocks/<int:clock_id>/resumption")
@signed_in
def resume(clock_id: int) -> ResponseReturnValue:
    """Count on."""

    def verb(clock: Clock) -> str:
        clocks.resume(clock, by=current.person(), at=current.now())
        return f"The clock runs again and is due on {long_date(clock.due_on)}."

    return act(clock_id, Permission.SET_CLOCK, verb)


def _shown(clock_id: int) -> dict[str, Any]:
    person, at = current.person(), current.now()
    editions = queries.editions()
    clock = queries.one(person, clock_id, at=at)
    policy = clock.edition.policy
    rule = policy.clock(clock.kind)
    ladder = policy.ladder(rule.ladder)
    steps = explain(policy, rule, [line.change for line in clock.changes], histories.term_of(clock.edition, clock.kind))
    requests, is_open = queries.requests(clock), clock.stopped_on is None
    asked = any(request.granted is None for request in requests)
    return {
        "editions": editions,
        "clock": clock,
        "policy": policy,
        "rule": rule,
        "story": list(zip(steps, clock.changes, strict=True)),
        "reminders": queries.reminders(clock),
        "coming": coming(ladder, clock.run, after=firing_day(at)),
        "repeat_every": ladder.repeat_every,
        "rung_words": rung_words,
        "notice_states": NOTICE_STATES,
        "sees_notices": may(person, Permission.SEE_OPERATIONS, at=at),
        "roles": {role.value: policy.names.in_words(role.title) for role in Role},
        "requests": requests,
        "sees_strategy": queries.sees_strategy_of(person, clock.component_id, at=at),
        "may_set": is_open and may(person, Permission.SET_CLOCK, clock.component, at=at),
        "may_ask": is_open and not asked and may(person, Permission.ASK_EXTENSION, clock.component, at=at),
        "boxes": filters.boxes("to"),
        "typed": request.form,
    }


def act(clock_id: int, permission: Permission, verb: Callable[[Clock], str]) -> ResponseReturnValue:
    """Do what the verb does, then show the clock; a refusal leaves what was typed in its boxes.

    Who may not do it is told so before anything typed is read; the verb asks again.
    """
    clock = queries.one(current.person(), clock_id, at=current.now())
    try:
        require(current.person(), permission, clock.component, at=current.now())
        with unit_of_work():
            done = verb(clock)
    except WorkflowError as refusal:
        return refused("clocks/one.html", refusal, **_shown(clock_id))
    flash(done, "success")
    return redirect(url_for("clocks.one", clock_id=clock_id), 303)
