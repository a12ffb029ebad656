"""Why a due date is what it is, sentence by sentence, and which reminders are still to come: pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from cxworkflow import calendar
from cxworkflow.calendar import Change, ChangeKind, Run, Term
from cxworkflow.ladder import rungs_until
from cxworkflow.policies import ClockRule, Ladder, Policy
from cxworkflow.wording import days, long_date

REPETITIONS = 2  # how far ahead to look on a ladder that repeats without end


@dataclass(frozen=True)
class Step:
    """One line of a clock's life: what happened, said in sentences, and the due date after it."""

    kind: ChangeKind
    on: date
    sentences: tuple[str, ...]
    due_on: date


@dataclass(frozen=True)
class Coming:
    """A reminder that goes out if the clock still runs then."""

    rung: int
    on: date
    roles: tuple[str, ...]


def explain(policy: Policy, rule: ClockRule, changes: Sequence[Change], term: Term | None = None) -> tuple[Step, ...]:
    """A step for each recorded change, in their order; dates are calendar days in the policy's time zone.

    `term` is the rule's with the days on which offices closed by order, where there are any.
    """
    steps = []
    before: Run | None = None
    for count, change in enumerate(changes, start=1):
        counted = (term or rule.term).known_before(change.on, changes[: count - 1])
        after = calendar.run(term or rule.term, changes[:count])
        if before is None:
            said = started(policy, rule, change.on, counted)
        else:
            said = _changed(_Counting(policy, rule, counted), before, after, change)
        steps.append(Step(change.kind, change.on, tuple(said), after.due_on))
        before = after
    return tuple(steps)


def started(policy: Policy, rule: ClockRule, on: date, term: Term | None = None) -> list[str]:
    """How the due date of a clock that starts on this day is counted."""
    term = term or rule.term
    if term.fixed_on is not None:
        counted = term.fixed_on
        said = [f"Clause {rule.clause} names the day: {long_date(counted)}."]
    else:
        counted = Term(days=term.days, business=term.business, closed_on=term.closed_on).due_on(on)
        said = [f"{_counted_days(term, term.days or 0)} from {long_date(on)} is {long_date(counted)}."]
    return said + _settled(_Counting(policy, rule, term), counted, term.due_on(on))


def coming(ladder: Ladder, clock: Run, *, after: date) -> tuple[Coming, ...]:
    """The reminders that fire after this day, as things stand; of a ladder that repeats, two repetitions.

    None while the clock is paused or stopped.
    """
    if clock.stopped_on is not None or clock.paused_on is not None:
        return ()
    last = max(*ladder.rungs, (after - clock.due_on).days) + REPETITIONS * (ladder.repeat_every or 0)
    ahead = [
        Coming(rung, clock.due_on + timedelta(days=rung), ladder.roles_at(rung))
        for rung in rungs_until(ladder.rungs, ladder.repeat_every, last)
    ]
    return tuple(each for each in ahead if each.on > max(after, clock.due_set_on))


def rung_words(rung: int) -> str:
    """A rung as people say it: 7 days before, on the due date, 1 day after."""
    if rung == 0:
        return "on the due date"
    return f"{days(abs(rung))} {'before' if rung < 0 else 'after'}"


@dataclass(frozen=True)
class _Counting:
    """By what rule days are counted."""

    policy: Policy
    rule: ClockRule
    term: Term


def _changed(by: _Counting, before: Run, after: Run, change: Change) -> list[str]:
    match change.kind:
        case ChangeKind.STOPPED | ChangeKind.LIFTED:
            return [*_moved_by_pause(by, before, after, change.on), _stopped(by.rule, after, change.on)]
        case ChangeKind.RESTARTED:
            return [f"Runs again from {long_date(change.on)}, to the date it had: {long_date(after.due_on)}."]
        case ChangeKind.PAUSED:
            return [f"Paused on {long_date(change.on)}. From this day on no days are counted and no reminders go out."]
        case ChangeKind.RESUMED:
            return _moved_by_pause(by, before, after, change.on)
        case ChangeKind.EXTENDED:
            longer = (after.due_on - before.due_on).days
            return [f"Extended by {days(longer)}, from {long_date(before.due_on)} to {long_date(after.due_on)}."]
        case _:
            because = f"since offices close on {long_date(change.closed)}" if change.closed else "by the rule"
            return [f"Counted again, {because}: {long_date(before.due_on)} became {long_date(after.due_on)}."]


def _stopped(rule: ClockRule, after: Run, on: date) -> str:
    if after.lifted:
        return f"Closed on {long_date(on)}: this is no longer asked for."
    early = (after.due_on - on).days
    if early == 0:
        return f"Stopped on {long_date(on)}, the due date itself: in time."
    if early > 0:
        return f"Stopped on {long_date(on)}, {days(early)} before it was due: in time."
    if rule.set_by != "policy":
        return f"Stopped on {long_date(on)}, {days(-early)} after the target, which the policy does not require."
    return f"Stopped on {long_date(on)}, {days(-early)} after it was due: late."


def _moved_by_pause(by: _Counting, before: Run, after: Run, on: date) -> list[str]:
    if before.paused_on is None:
        return []
    if on == before.paused_on:
        return [f"Paused and resumed on {long_date(on)}: the due date stays {long_date(after.due_on)}."]
    lost = by.term.days_of((before.paused_on, on))
    counted = by.term.counted(before.due_on, lost)
    said = [f"Paused {days((on - before.paused_on).days)}, from {long_date(before.paused_on)} to {long_date(on)}."]
    if lost == 0:
        return [*said, f"None of them is a business day, so the due date stays {long_date(after.due_on)}."]
    said.append(f"{_counted_days(by.term, lost)} after {long_date(before.due_on)} is {long_date(counted)}.")
    if after.due_on == before.due_on and by.term.cap_on is not None and before.due_on > by.term.cap_on:
        # An extension past the cap, granted on a cited authority, is neither lengthened nor taken back.
        return [*said, f"It was extended past the last day allowed, so it stays {long_date(after.due_on)}."]
    return said + _settled(by, counted, after.due_on)


def _counted_days(term: Term, count: int) -> str:
    return days(count).replace(" day", " business day") if term.business else days(count)


def _settled(by: _Counting, counted: date, due_on: date) -> list[str]:
    """From the counted day to the due date: moved off a closed day where the policy says so, never past the cap."""
    said = []
    rolled = by.term.rolled(counted)
    if rolled != counted:
        said.append(f"Offices are closed on that {counted:%A}; the next business day is {long_date(rolled)}.")
    elif counted.weekday() >= 5 and due_on == counted:
        said.append(f"That is a {counted:%A}. This policy does not move due dates that fall on a weekend or holiday.")
    if due_on < rolled:
        limit = by.policy.extension_limit
        clause = limit.clause if limit is not None and limit.on == due_on else by.rule.clause
        said.append(f"Clause {clause} allows no day after {long_date(due_on)}, so it is due on {long_date(due_on)}.")
    return said
