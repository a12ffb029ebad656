"""Clocks: started and stopped by what happens, moved by the CIO's decisions."""

from datetime import date, datetime

from sqlalchemy import select

from cxworkflow.calendar import ChangeKind, day_of
from cxworkflow.db import held, session
from cxworkflow.errors import Fault, InvalidInput, NotNow
from cxworkflow.models import Clock, ClockChange, Component, Person, PolicyEdition, Role, Strategy
from cxworkflow.permissions import Permission, require
from cxworkflow.services import histories, notices, record
from cxworkflow.services.words import said
from cxworkflow.wording import long_date


def open_clock(edition: PolicyEdition, kind: str, component: Component | None) -> Clock | None:
    """The clock of this kind that has not been stopped, as it is now, held for this transaction."""
    wanted = select(Clock).where(
        Clock.edition_id == edition.id,
        Clock.kind == kind,
        Clock.component_id == (component.id if component else None),
        Clock.stopped_on.is_(None),
        Clock.commitment_id.is_(None),
    )
    now = wanted.with_for_update(of=Clock, key_share=True).execution_options(populate_existing=True)
    return session().scalar(now)


def running(edition: PolicyEdition, component: Component) -> list[dict[str, str]]:
    """What a Component's running clocks ask, the earliest first, as an e-mail says it: JSON values."""
    open_now = select(Clock).where(
        Clock.edition_id == edition.id,
        Clock.component_id == component.id,
        Clock.stopped_on.is_(None),
        Clock.paused_on.is_(None),
        Clock.commitment_id.is_(None),
    )
    return [
        {**edition.policy.facts_of(edition.policy.clock(clock.kind)), "due_on": clock.due_on.isoformat()}
        for clock in session().scalars(open_now.order_by(Clock.due_on, Clock.id))
    ]


def happened(
    event: str,
    edition: PolicyEdition,
    *,
    component: Component | None,
    strategy: Strategy | None,
    on: date | None = None,
    by: Person | None,
    at: datetime,
) -> list[Clock]:
    """Stop, then start, the clocks for which the policy names this event; returns those stopped.

    They stop as of the day `on`, if what stops them was then, and nothing has happened to them since.
    """
    stopped = waiting_for(event, edition, component=component)
    for clock in stopped:
        as_of = max(on, clock.changes[-1].happened_on) if on else None
        histories.change(clock, ChangeKind.STOPPED, on=as_of, by=by, at=at)
    for rule in edition.policy.clocks:
        if event == rule.starts and (component is None or component.has(rule)):
            histories.start(edition, rule.kind, component=component, strategy=strategy, by=by, at=at)
    return stopped


def waiting_for(event: str, edition: PolicyEdition, *, component: Component | None) -> list[Clock]:
    """The open clocks that this event stops, in the policy's order."""
    named = [rule for rule in edition.policy.clocks if event in rule.stops]
    found = [open_clock(edition, rule.kind, component if rule.holder == "component" else None) for rule in named]
    return [clock for clock in found if clock is not None]


def in_the_place_of(stopped: Clock, edition: PolicyEdition) -> Clock | None:
    """The stopped clock, or the one that stands for it since its strategy was moved to this edition, if any does."""
    if stopped.edition_id == edition.id:
        return stopped
    of_kind = (Clock.edition_id == edition.id, Clock.component_id == stopped.component_id, Clock.kind == stopped.kind)
    done = (Clock.stopped_on.is_not(None), ~Clock.lifted, Clock.commitment_id.is_(None))
    return session().scalar(select(Clock).where(*of_kind, *done).order_by(Clock.id.desc()).limit(1))


LONGEST_EXTENSION = 10  # years; a date further away is a slip of the keyboard


def restart(clock: Clock, *, by: Person, at: datetime, reason: str) -> None:
    """Let a stopped clock run again to the due date it had (a withdrawn submission)."""
    histories.change(held(clock), ChangeKind.RESTARTED, by=by, at=at, reason=reason)


def extend(clock: Clock, *, to: date, reason: str, authority: str | None = None, by: Person, at: datetime) -> None:
    """Move a running clock's due date to a later day, on the CIO's decision.

    Raises NotNow when the clock has stopped; InvalidInput when the day is not later, there is no reason, or the day
    lies past the policy's limit (IV.e: the end of fiscal year 2024) without a cited authority.
    """
    clock = held(clock)
    role = require(by, Permission.SET_CLOCK, clock.component, at=at)
    reason = extendable(clock, to=to, reason=reason, at=at)
    cited = said(authority, "authority")
    limit = clock.edition.policy.extension_limit
    if limit is not None and to > limit.on and not cited:
        why = (
            f"{long_date(to)} is past {long_date(limit.on)}, the last day "
            f"that clause {limit.clause} allows. Cite the authority for a later date, or choose an earlier one."
        )
        raise InvalidInput(None, [Fault("authority", why)])
    line = histories.change(clock, ChangeKind.EXTENDED, by=by, at=at, to=to, reason=reason, authority=cited or None)
    _tell("extended", clock, line, role=role, by=by, at=at)


def pause(clock: Clock, *, reason: str, by: Person, at: datetime) -> None:
    """Stop counting days for a stated reason, such as a lapse in appropriations."""
    clock = held(clock)
    role = require(by, Permission.SET_CLOCK, clock.component, at=at)
    open_still(clock, "paused")
    if clock.paused_on is not None:
        raise NotNow("This clock is already paused. Resume it first.")
    line = histories.change(clock, ChangeKind.PAUSED, by=by, at=at, reason=_reason(reason, "pause"))
    _tell("paused", clock, line, role=role, by=by, at=at)


def resume(clock: Clock, *, reason: str | None = None, by: Person, at: datetime) -> None:
    """Count on; the due date moves by the paused days, never past the clock's cap."""
    clock = held(clock)
    role = require(by, Permission.SET_CLOCK, clock.component, at=at)
    if clock.paused_on is None:
        raise NotNow("This clock is not paused, so it can't be resumed.")
    line = histories.change(clock, ChangeKind.RESUMED, by=by, at=at, reason=said(reason, "reason") or None)
    _tell("resumed", clock, line, role=role, by=by, at=at)


def open_still(clock: Clock, what: str) -> None:
    """Raise NotNow where the clock has stopped, so that nothing about it can be changed any more.

    Of a commitment's clock nothing is changed by itself: its date is the commitment's.
    """
    if clock.commitment_id is not None:
        raise NotNow(f"The date of a commitment is changed with the commitment, so its clock can't be {what}.")
    if clock.stopped_on is not None:
        raise NotNow(f"This clock has stopped, so it can't be {what}.")


def _reason(reason: str, of_what: str) -> str:
    return said(reason, "reason", needed=f"Give the reason for the {of_what}: the record has to show why.")


def extendable(clock: Clock, *, to: date, reason: str, at: datetime) -> str:
    """The reason, if the clock can be extended to this day; raises NotNow, InvalidInput."""
    open_still(clock, "extended")
    if to <= clock.due_on:
        later = f"An extension moves the due date later. It is {long_date(clock.due_on)} now; choose a day after that."
        raise InvalidInput(None, [Fault("to", later)])
    if to < day_of(at):
        raise InvalidInput(None, [Fault("to", "An extension can't end in the past. Choose today or a later day.")])
    if to > (furthest := _years_after(clock.due_on, LONGEST_EXTENSION)):
        too_far = (
            f"{long_date(to)} is more than {LONGEST_EXTENSION} years after {long_date(clock.due_on)}, when the clock "
            f"is due now. Check the year; the latest day possible is {long_date(furthest)}."
        )
        raise InvalidInput(None, [Fault("to", too_far)])
    return _reason(reason, "extension")


def _years_after(on: date, years: int) -> date:
    """The same day so many years later; for February 29 the last of February, where there is no such day."""
    try:
        return on.replace(year=on.year + years)
    except ValueError:
        return on.replace(year=on.year + years, day=28)


def _tell(verb: str, clock: Clock, line: ClockChange, *, role: Role, by: Person, at: datetime) -> None:
    details = {
        "clock": clock.kind,
        "due_before_on": line.due_before_on.isoformat() if line.due_before_on else None,
        "due_on": clock.due_on.isoformat(),
        "reason": line.reason,
        "authority": line.authority,
    }
    event = record.write(verb, by=by, as_role=role, at=at, component=clock.component, clock=clock, details=details)
    notices.owe(
        verb,
        event,
        edition=clock.edition,
        component=clock.component,
        clock=clock,
        facts={**clock.edition.policy.facts_of(clock.edition.policy.clock(clock.kind)), **details},
        at=at,
    )
