"""One clock's history: every change is a line of it, and its dates are what `calendar.run` makes of the lines."""

from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import select

from cxworkflow import calendar
from cxworkflow.calendar import ChangeKind, day_of
from cxworkflow.db import session
from cxworkflow.models import Clock, ClockChange, Commitment, Component, OfficeClosure, Person, PolicyEdition, Strategy
from cxworkflow.services import reminders


def term_of(edition: PolicyEdition, kind: str, *, due_on: date | None = None) -> calendar.Term:
    """The term of a kind of clock, with the days on which the department's offices close by order.

    `due_on` is when a commitment is due, of which the policy's rule has no say.
    """
    term = edition.policy.clock(kind).term
    if due_on is not None:
        return replace(term, fixed_on=due_on)
    if not term.minds_closures:
        return term
    closed = session().scalars(select(OfficeClosure).where(OfficeClosure.department == edition.policy.department))
    return replace(term, closures=tuple(calendar.Closure(each.day, each.announced_on) for each in closed))


def _term(clock: Clock) -> calendar.Term:
    return term_of(clock.edition, clock.kind, due_on=clock.original_due_on if clock.commitment_id else None)


def start(
    edition: PolicyEdition,
    kind: str,
    *,
    component: Component | None = None,
    strategy: Strategy | None = None,
    commitment: Commitment | None = None,
    cycle: str = "",
    on: date | None = None,
    by: Person | None,
    at: datetime,
) -> Clock:
    """Start a clock on the Eastern day of `at`, or as of an earlier day; its due date follows from the policy's rule.

    Of one that starts as of an earlier day, the latest reminder that it has missed goes out.
    """
    term = term_of(edition, kind, due_on=commitment.original_due_on if commitment else None)
    started = calendar.run(term, [calendar.Change(ChangeKind.STARTED, on or day_of(at))])
    clock = Clock(
        edition=edition,
        kind=kind,
        component=component,
        strategy_id=strategy.id if strategy else None,
        commitment_id=commitment.id if commitment else None,
        cycle=cycle,
        started_on=started.started_on,
        original_due_on=started.original_due_on,
        due_on=started.due_on,
        due_set_on=started.due_set_on,
        changes=[
            ClockChange(
                kind=ChangeKind.STARTED,
                at=at,
                happened_on=started.started_on,
                due_on=started.due_on,
                by_id=by.id if by else None,
            )
        ],
    )
    session().add(clock)
    session().flush()
    _heed_the_days(clock, term, since=started.started_on, at=at)
    return clock


def _heed_the_days(clock: Clock, term: calendar.Term, *, since: date, at: datetime) -> None:
    """Closures that were announced since a clock started, or on the very day of its resumption, count as well."""
    for closure in term.closures:
        if closure.announced_on >= since:
            recompute(clock, closure.day, reason="Offices close on a day that was announced since.", at=at)


def recompute(
    clock: Clock, closed: date, *, reason: str, authority: str | None = None, by: Person | None = None, at: datetime
) -> bool:
    """Count an open clock again now that offices close on a day; False if its due date stays."""
    if closing(clock, closed, on=day_of(at)) == clock.due_on:
        return False
    change(clock, ChangeKind.RECOMPUTED, closed=closed, reason=reason, authority=authority, by=by, at=at)
    return True


def closing(clock: Clock, day: date, *, on: date) -> date:
    """The due date of an open clock if it is announced on `on` that offices close on a day; nothing is changed."""
    term, history = _term(clock), [line.change for line in clock.changes]
    return term.known_before(on, history).closing(calendar.run(term, history), day)


def change(
    clock: Clock,
    kind: ChangeKind,
    *,
    by: Person | None,
    at: datetime,
    on: date | None = None,
    to: date | None = None,
    closed: date | None = None,
    reason: str | None = None,
    authority: str | None = None,
) -> ClockChange:
    """Add one line to a clock's history and let `calendar.run` say where the clock stands now.

    It happens on the Eastern day of `at`, or as of an earlier day.
    """
    before, on = clock.due_on, on or day_of(at)
    term = _term(clock)
    history = [*(line.change for line in clock.changes), calendar.Change(kind, on, to, closed)]
    now = calendar.run(term, history)
    line = ClockChange(
        kind=kind,
        at=at,
        happened_on=on,
        due_before_on=before,
        due_on=now.due_on,
        closed=closed,
        reason=reason,
        authority=authority,
        by_id=by.id if by else None,
    )
    clock.changes.append(line)
    clock.due_on, clock.due_set_on = now.due_on, now.due_set_on
    clock.paused_on, clock.stopped_on, clock.lifted = now.paused_on, now.stopped_on, now.lifted
    clock.revision += 1
    session().flush()
    if kind is not ChangeKind.STARTED:
        reminders.close_unsent(clock, _CLOSED[kind])
    if kind is ChangeKind.RESUMED:
        _heed_the_days(clock, term, since=day_of(at), at=at)
    return line


def as_of(clock: Clock, on: date) -> calendar.Run | None:
    """Where the clock stood at the end of a day; None if it had not been started."""
    known = [line.change for line in clock.changes if line.happened_on <= on]
    return calendar.run(_term(clock), known) if known else None


_CLOSED = {
    ChangeKind.STOPPED: "The clock stopped before this reminder could be sent.",
    ChangeKind.LIFTED: "What the clock counts to was no longer asked for before this reminder could be sent.",
    ChangeKind.RESTARTED: "The clock was started again before this reminder could be sent.",
    ChangeKind.EXTENDED: "The due date was moved before this reminder could be sent.",
    ChangeKind.RECOMPUTED: "The due date was moved before this reminder could be sent.",
    ChangeKind.PAUSED: "The clock was paused before this reminder could be sent.",
    ChangeKind.RESUMED: "The clock was resumed with a new due date before this reminder could be sent.",
}


def if_stopped(clock: Clock, at: datetime) -> calendar.Run:
    """Where the clock would stand if it were stopped at this moment; nothing is changed."""
    history = [*(line.change for line in clock.changes), calendar.Change(ChangeKind.STOPPED, day_of(at))]
    return calendar.run(_term(clock), history)
