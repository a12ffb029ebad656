"""What pauses, extensions, withdrawals and stops make of a due date."""

from datetime import date

import pytest

from cxworkflow.calendar import Change, ChangeKind, ClockState, Closure, Run, Term, run

pytestmark = pytest.mark.unit

STRATEGY = Term(days=180)
IMPLEMENTATION = Term(days=180, cap_on=date(2024, 9, 30))
SIGNED = Change(ChangeKind.STARTED, date(2023, 7, 13))


def on(kind: ChangeKind, month: int, day: int, year: int = 2024) -> Change:
    return Change(kind, date(year, month, day))


def extended(to: date, when: date) -> Change:
    return Change(ChangeKind.EXTENDED, when, to)


def approved(month: int, day: int) -> Change:
    return on(ChangeKind.STARTED, month, day)


def strategy(*changes: Change) -> Run:
    return run(STRATEGY, [SIGNED, *changes])


def test_a_clock_that_was_started_runs_to_its_due_date() -> None:
    clock = strategy()
    assert (clock.original_due_on, clock.due_on, clock.due_set_on) == (
        date(2024, 1, 9),
        date(2024, 1, 9),
        date(2023, 7, 13),
    )


def test_it_is_overdue_from_the_day_after() -> None:
    clock = strategy()
    assert [clock.state(date(2024, 1, 9)), clock.state(date(2024, 1, 10))] == [ClockState.RUNNING, ClockState.OVERDUE]
    assert [clock.days_late(date(2024, 1, 9)), clock.days_late(date(2024, 2, 20))] == [0, 42]


@pytest.mark.parametrize(
    ("stopped_on", "state", "days_late"),
    [(date(2023, 12, 18), "met", 0), (date(2024, 1, 9), "met", 0), (date(2024, 1, 10), "late", 1)],
)
def test_a_stopped_clock_is_met_or_late_whenever_one_looks(stopped_on: date, state: str, days_late: int) -> None:
    clock = strategy(Change(ChangeKind.STOPPED, stopped_on))
    for looked_on in (stopped_on, date(2030, 1, 1)):
        assert (clock.state(looked_on), clock.days_late(looked_on)) == (state, days_late)


def test_a_pause_moves_the_due_date_by_the_days_it_lasted() -> None:
    lapse = strategy(on(ChangeKind.PAUSED, 12, 20, 2023), on(ChangeKind.RESUMED, 1, 8))
    assert (lapse.original_due_on, lapse.due_on, lapse.due_set_on) == (
        date(2024, 1, 9),
        date(2024, 1, 28),
        date(2024, 1, 8),
    )


def test_a_pause_over_midnight_at_the_change_of_the_clocks_is_one_day() -> None:
    over_the_change = strategy(on(ChangeKind.PAUSED, 11, 5, 2023), on(ChangeKind.RESUMED, 11, 6, 2023))
    assert over_the_change.due_on == date(2024, 1, 10)


def test_a_pause_and_its_end_on_one_day_move_nothing() -> None:
    assert strategy(on(ChangeKind.PAUSED, 12, 20, 2023), on(ChangeKind.RESUMED, 12, 20, 2023)).due_on == date(
        2024, 1, 9
    )


def test_while_it_is_paused_a_clock_is_neither_overdue_nor_counting() -> None:
    paused = strategy(on(ChangeKind.PAUSED, 1, 12))
    assert paused.state(date(2024, 6, 1)) is ClockState.PAUSED
    assert paused.days_late(date(2024, 6, 1)) == 3


def test_a_pause_of_an_overdue_clock_keeps_the_days_it_was_late() -> None:
    resumed = strategy(on(ChangeKind.PAUSED, 1, 12), on(ChangeKind.RESUMED, 2, 1))
    assert resumed.due_on == date(2024, 1, 29)
    assert resumed.days_late(date(2024, 2, 1)) == 3


@pytest.mark.clause("IV.e")
def test_no_pause_moves_an_implementation_past_the_cap() -> None:
    long_pause = [approved(3, 20), on(ChangeKind.PAUSED, 4, 1), on(ChangeKind.RESUMED, 6, 1)]
    assert run(IMPLEMENTATION, long_pause[:1]).due_on == date(2024, 9, 16)
    assert run(IMPLEMENTATION, long_pause).due_on == date(2024, 9, 30)


@pytest.mark.clause("IV.e")
def test_an_extension_past_the_cap_on_an_authority_is_not_taken_back_by_a_pause() -> None:
    clock = run(
        IMPLEMENTATION,
        [
            approved(4, 10),
            extended(date(2024, 11, 1), date(2024, 9, 20)),
            on(ChangeKind.PAUSED, 10, 1),
            on(ChangeKind.RESUMED, 10, 7),
        ],
    )
    assert clock.due_on == date(2024, 11, 1)


def test_an_extension_keeps_the_original_date() -> None:
    clock = strategy(extended(date(2024, 2, 8), date(2024, 1, 5)))
    assert (clock.original_due_on, clock.due_on, clock.due_set_on) == (
        date(2024, 1, 9),
        date(2024, 2, 8),
        date(2024, 1, 5),
    )


def test_an_extension_during_a_pause_is_lengthened_by_the_pause() -> None:
    clock = strategy(
        on(ChangeKind.PAUSED, 12, 20, 2023),
        extended(date(2024, 2, 8), date(2024, 1, 5)),
        on(ChangeKind.RESUMED, 1, 8),
    )
    assert clock.due_on == date(2024, 2, 27)


@pytest.mark.clause("IV.b")
def test_a_withdrawn_submission_lets_the_clock_run_to_its_original_date() -> None:
    clock = strategy(on(ChangeKind.STOPPED, 12, 18, 2023), on(ChangeKind.RESTARTED, 1, 20))
    assert (clock.due_on, clock.due_set_on, clock.stopped_on) == (date(2024, 1, 9), date(2024, 1, 20), None)
    assert clock.days_late(date(2024, 1, 20)) == 11


def test_a_restart_goes_back_to_the_date_that_counted_when_it_stopped() -> None:
    clock = strategy(
        extended(date(2024, 2, 8), date(2024, 1, 5)), on(ChangeKind.STOPPED, 2, 1), on(ChangeKind.RESTARTED, 2, 3)
    )
    assert clock.due_on == date(2024, 2, 8)


def test_stopping_a_paused_clock_counts_the_pause_first() -> None:
    clock = strategy(on(ChangeKind.PAUSED, 1, 8), on(ChangeKind.STOPPED, 1, 12))
    assert (clock.due_on, clock.paused_on) == (date(2024, 1, 13), None)
    assert clock.state(date(2024, 1, 12)) is ClockState.MET


def test_a_clock_of_business_days_is_due_on_one_after_a_pause_too() -> None:
    business = Term(days=5, business=True)
    clock = run(business, [on(ChangeKind.STARTED, 1, 16), on(ChangeKind.PAUSED, 1, 17), on(ChangeKind.RESUMED, 1, 20)])
    assert run(business, [on(ChangeKind.STARTED, 1, 16)]).due_on == date(2024, 1, 23)
    assert clock.due_on == date(2024, 1, 26)
    later = run(business, [on(ChangeKind.STARTED, 1, 16), on(ChangeKind.PAUSED, 1, 17), on(ChangeKind.RESUMED, 1, 21)])
    assert later.due_on == date(2024, 1, 26)  # the pause held no more business days: the 20th is a Saturday
    weekend = [on(ChangeKind.PAUSED, 1, 20), on(ChangeKind.RESUMED, 1, 22)]
    assert run(business, [on(ChangeKind.STARTED, 1, 16), *weekend]).due_on == date(2024, 1, 23), "no business day lost"


def test_a_date_that_an_extension_set_to_a_closed_day_survives_a_pause_of_no_business_day() -> None:
    business = Term(days=5, business=True)
    saturday = extended(date(2024, 1, 27), date(2024, 1, 17))
    weekend = [on(ChangeKind.PAUSED, 1, 20), on(ChangeKind.RESUMED, 1, 22)]
    assert run(business, [on(ChangeKind.STARTED, 1, 16), saturday, *weekend]).due_on == date(2024, 1, 27)
    rolling = Term(days=5, roll=True)
    same_day = [on(ChangeKind.PAUSED, 1, 22), on(ChangeKind.RESUMED, 1, 22)]
    assert run(rolling, [on(ChangeKind.STARTED, 1, 16), saturday, *same_day]).due_on == date(2024, 1, 27)


CLOSED = date(2024, 1, 18)  # a Thursday


@pytest.mark.parametrize("announced", [9, 16, 17, 18, 19, 22, 24])
def test_a_closed_day_within_a_pause_costs_nothing_whenever_it_is_announced(announced: int) -> None:
    # Five business days from the 16th; the 17th to the 22nd lost to the pause: the 23rd is the first that counts.
    announced_on = date(2024, 1, announced)
    term = Term(days=5, business=True, closures=(Closure(CLOSED, announced_on),))
    changes = [on(ChangeKind.STARTED, 1, 16), on(ChangeKind.PAUSED, 1, 17), on(ChangeKind.RESUMED, 1, 23)]
    recomputed = Change(ChangeKind.RECOMPUTED, announced_on, closed=CLOSED)
    if announced_on >= changes[0].on:
        changes = sorted([*changes, recomputed], key=lambda change: change.on)
    assert run(term, changes).due_on == date(2024, 1, 29)


@pytest.mark.parametrize("announced", [9, 16, 17, 20, 22, 23])
def test_a_closed_day_after_a_pause_is_not_counted_whenever_it_is_announced(announced: int) -> None:
    closed, announced_on = date(2024, 1, 25), date(2024, 1, announced)
    term = Term(days=5, business=True, closures=(Closure(closed, announced_on),))
    changes = [on(ChangeKind.STARTED, 1, 16), on(ChangeKind.PAUSED, 1, 17), on(ChangeKind.RESUMED, 1, 23)]
    if announced_on >= changes[0].on:
        recomputed = Change(ChangeKind.RECOMPUTED, announced_on, closed=closed)
        changes = sorted([*changes, recomputed], key=lambda change: change.on)
    assert run(term, changes).due_on == date(2024, 1, 30)


@pytest.mark.parametrize(
    "changes",
    [
        [],
        [on(ChangeKind.PAUSED, 1, 8)],
        [SIGNED, SIGNED],
        [SIGNED, on(ChangeKind.PAUSED, 1, 8), on(ChangeKind.RESUMED, 1, 7)],
    ],
    ids=["nothing", "no start", "two starts", "back in time"],
)
def test_a_history_that_can_not_be_is_refused(changes: list[Change]) -> None:
    with pytest.raises(ValueError, match=r"clock"):
        run(STRATEGY, changes)
