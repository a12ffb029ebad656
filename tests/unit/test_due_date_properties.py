"""What holds of every due date from 2000 to 2044, whatever happens to its clock and wherever it is read."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxworkflow.calendar import (
    Change,
    ChangeKind,
    ClockState,
    Closure,
    Run,
    Term,
    day_of,
    federal_holidays,
    moment,
    run,
)
from cxworkflow.ladder import firing_day

pytestmark = pytest.mark.unit

FIRST, LAST = date(2000, 1, 1), date(2044, 12, 31)
DAYS = st.dates(FIRST, LAST)
SECONDS = st.integers(0, (LAST - FIRST).days * 86_400)
MOMENTS = SECONDS.map(lambda seconds: datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds))
HOURS_FROM_UTC = st.integers(-11 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
CAPS = st.none() | DAYS
TERMS = st.builds(Term, days=st.integers(1, 400), cap_on=CAPS, business=st.booleans(), roll=st.booleans()) | st.builds(
    Term, fixed_on=DAYS, cap_on=CAPS, roll=st.booleans()
)


@st.composite
def histories(draw: st.DrawFn) -> list[Change]:
    """A start and what can follow it, as the verbs allow: no resumption without a pause, nothing but a restart
    after a stop, each extension later than the one before."""
    on = draw(DAYS)
    changes = [Change(ChangeKind.STARTED, on)]
    paused = stopped = False
    extended_to = date(2045, 1, 1)
    for _ in range(draw(st.integers(0, 8))):
        on += timedelta(days=draw(st.integers(0, 120)))
        if stopped:
            kind = ChangeKind.RESTARTED
        elif paused:
            kind = draw(st.sampled_from([ChangeKind.RESUMED, ChangeKind.STOPPED, ChangeKind.EXTENDED]))
        else:
            kind = draw(st.sampled_from([ChangeKind.PAUSED, ChangeKind.STOPPED, ChangeKind.EXTENDED]))
        extended_to += timedelta(days=500)
        changes.append(Change(kind, on, extended_to if kind is ChangeKind.EXTENDED else None))
        paused = kind is ChangeKind.PAUSED or (paused and kind is ChangeKind.EXTENDED)
        stopped = kind is ChangeKind.STOPPED
    return changes


@given(st.integers(1, 3660), DAYS)
def test_calendar_days_are_counted_and_nothing_else(days: int, started_on: date) -> None:
    assert Term(days=days).due_on(started_on).toordinal() == started_on.toordinal() + days


@given(TERMS, DAYS)
def test_no_due_date_lies_past_its_cap(term: Term, started_on: date) -> None:
    due_on = term.due_on(started_on)
    assert term.cap_on is None or due_on <= term.cap_on


@given(TERMS, DAYS, st.integers(0, 400))
def test_who_starts_later_is_never_due_earlier(term: Term, started_on: date, later: int) -> None:
    assert term.due_on(started_on) <= term.due_on(started_on + timedelta(days=later))


@given(st.integers(1, 60), DAYS, st.booleans())
def test_business_days_end_on_one_and_count_only_those(days: int, started_on: date, roll: bool) -> None:
    due_on = Term(days=days, business=True, roll=roll).due_on(started_on)
    after = (started_on + timedelta(days=n) for n in range(1, (due_on - started_on).days + 1))
    open_days = [day for day in after if day.weekday() < 5 and day not in federal_holidays(day.year)]
    assert len(open_days) == days
    assert open_days[-1] == due_on


@given(TERMS, histories())
def test_only_an_extension_sets_a_date_and_nothing_sets_it_earlier(term: Term, changes: list[Change]) -> None:
    before: Run | None = None
    for count in range(1, len(changes) + 1):
        after = run(term, changes[:count])
        assert after.original_due_on == term.due_on(changes[0].on)
        if before is not None:
            assert after.due_on >= before.due_on
        before = after


@given(TERMS, histories())
def test_days_late_and_state_say_the_same(term: Term, changes: list[Change]) -> None:
    clock = run(term, changes)
    looked_on = changes[-1].on + timedelta(days=30)
    late = clock.days_late(looked_on)
    match clock.state(looked_on):
        case ClockState.MET | ClockState.RUNNING:
            assert late == 0
        case ClockState.LATE | ClockState.OVERDUE:
            assert late == ((clock.stopped_on or looked_on) - clock.due_on).days > 0
        case ClockState.PAUSED:
            assert clock.paused_on is not None


@given(TERMS, DAYS, st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=6))
def test_pauses_move_a_plain_due_date_by_all_their_days(
    term: Term, started_on: date, pauses: list[tuple[int, int]]
) -> None:
    plain = Term(days=term.days or 180)
    changes, on = [Change(ChangeKind.STARTED, started_on)], started_on
    for running, paused in pauses:
        changes.append(Change(ChangeKind.PAUSED, on := on + timedelta(days=running)))
        changes.append(Change(ChangeKind.RESUMED, on := on + timedelta(days=paused)))
    moved = (run(plain, changes).due_on - plain.due_on(started_on)).days
    assert moved == sum(paused for _, paused in pauses)


def counted_day_by_day(
    days: int, started_on: date, pauses: list[tuple[date, date]], closed: frozenset[date], last: date
) -> date | None:
    """The day on which that many business days have been counted, none of them in a pause; None if not by the last."""
    on = started_on
    while on < last:
        on += timedelta(days=1)
        paused = any(since <= on < until for since, until in pauses)
        is_open = on.weekday() < 5 and on not in federal_holidays(on.year) and on not in closed
        days -= is_open and not paused
        if days == 0:
            return on
    return None


@given(
    days=st.integers(1, 40),
    started_on=DAYS,
    pauses=st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=4),
    closures=st.lists(st.tuples(st.integers(1, 90), st.integers(-10, 90)), max_size=4, unique_by=lambda each: each[0]),
)
def test_a_count_of_business_days_leaves_out_pauses_and_closed_days_whenever_they_are_announced(
    days: int, started_on: date, pauses: list[tuple[int, int]], closures: list[tuple[int, int]]
) -> None:
    term = Term(
        days=days,
        business=True,
        closures=tuple(
            Closure(started_on + timedelta(days=day), started_on + timedelta(days=announced))
            for day, announced in closures
        ),
    )
    changes, spans, on = [Change(ChangeKind.STARTED, started_on)], [], started_on + timedelta(days=1)
    for running, paused in pauses:
        since, until = on + timedelta(days=running), on + timedelta(days=running + paused)
        changes += [Change(ChangeKind.PAUSED, since), Change(ChangeKind.RESUMED, until)]
        spans.append((since, until))
        on = until
    changes += [
        Change(ChangeKind.RECOMPUTED, each.announced_on, closed=each.day)
        for each in term.closures
        if each.announced_on >= started_on
    ]
    found = run(term, sorted(changes, key=lambda change: change.on)).due_on
    closed = frozenset(each.day for each in term.closures)
    counted = counted_day_by_day(days, started_on, spans, closed, started_on + timedelta(days=400))
    # A pause that begins after the due date moves it all the same, by the business days that it holds.
    if counted is not None and all(since <= counted for since, _ in spans):
        assert found == counted


@given(MOMENTS, HOURS_FROM_UTC)
def test_a_moment_has_one_eastern_day_in_whatever_zone_it_was_noted(at: datetime, zone: timezone) -> None:
    assert day_of(at.astimezone(zone)) == day_of(at)
    assert firing_day(at.astimezone(zone)) == firing_day(at)


@given(MOMENTS)
def test_rungs_fire_from_six_in_the_morning_eastern(at: datetime) -> None:
    today = day_of(at)
    six = moment(today, 6)
    assert firing_day(at) == (today if at >= six else today - timedelta(days=1))


@given(DAYS)
def test_every_day_begins_and_ends_at_its_own_midnight(day: date) -> None:
    begins, ends = moment(day), moment(day + timedelta(days=1))
    assert day_of(begins) == day
    assert day_of(ends.astimezone(UTC) - timedelta(microseconds=1)) == day
    assert 23 <= (ends.astimezone(UTC) - begins.astimezone(UTC)) / timedelta(hours=1) <= 25


@settings(max_examples=20)
@given(st.integers(2000, 2044))
def test_nine_to_twelve_holidays_of_a_year_are_kept_on_weekdays(year: int) -> None:
    kept = federal_holidays(year)
    on_weekdays = {day for day in kept if day.weekday() < 5}
    assert 9 <= len(on_weekdays) <= 12
