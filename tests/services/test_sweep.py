"""The sweep: a rung fires on its day at 06:00 Eastern, once, to the right people; late, only the latest one."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from cxworkflow.calendar import day_of
from cxworkflow.db import session
from cxworkflow.models import Clock, Notice, Person, Role
from cxworkflow.models.notice import NoticeState
from cxworkflow.services import clocks, reminders, strategies
from cxworkflow.services.reminders import PASSED_OVER, REPLACED, Sweep
from tests.stage import Stage, eastern

pytestmark = pytest.mark.integration

RUNGS = [-60, -30, -14, -7, -3, -1, 0, 1, 7, 14, 28, 42, 56, 70, 84, 98]
LAPSE = "Lapse in appropriations."


def sweep(when: str) -> Sweep:
    return reminders.sweep(at=eastern(when))


def sweep_daily(first: str, last: str) -> None:
    on = date.fromisoformat(first)
    while on <= date.fromisoformat(last):
        sweep(f"{on} 06:00")
        on += timedelta(days=1)


def told_about(clock: Clock, state: NoticeState = NoticeState.OWED) -> list[tuple[int | None, str]]:
    """The rungs owed about a clock, each with the role told."""
    session().expire_all()
    wanted = select(Notice).where(Notice.clock_id == clock.id, Notice.kind == "deadline", Notice.state == state)
    return [(each.rung, each.to_role) for each in session().scalars(wanted.order_by(Notice.owed_on, Notice.id))]


def sent(clock: Clock) -> None:
    """As if the senders had been here."""
    for notice in session().scalars(
        select(Notice).where(Notice.clock_id == clock.id, Notice.state == NoticeState.OWED)
    ):
        notice.state, notice.sent_at = NoticeState.SENT, eastern("2024-01-09 06:01")
    session().flush()


@pytest.fixture
def clock(stage: Stage) -> Clock:
    """The strategy clock of CBP, due on January 9, 2024."""
    return stage.clock("strategy", "CBP")


@pytest.fixture
def cio(stage: Stage) -> Person:
    return stage.person(Role.CIO)


@pytest.mark.clause("IV.b")
def test_a_rung_fires_on_its_day_at_six_and_not_a_minute_earlier(clock: Clock) -> None:
    sweep("2023-11-10 05:59")
    assert told_about(clock) == []
    sweep("2023-11-10 06:00")
    assert told_about(clock) == [(-60, "lead")]


def test_the_ladder_climbs_to_the_executive_the_directorate_and_the_cio(clock: Clock) -> None:
    escalation = {
        "2024-01-02": [(-7, "lead"), (-7, "executive")],
        "2024-01-16": [(7, "lead"), (7, "executive"), (7, "directorate-lead")],
        "2024-01-23": [(14, "lead"), (14, "executive"), (14, "directorate-lead"), (14, "cio")],
    }
    for day, told in escalation.items():
        sweep(f"{day} 06:00")
        assert told_about(clock) == told
        sent(clock)


def test_a_sweep_that_comes_late_owes_the_latest_rung_and_closes_the_others_with_a_reason(clock: Clock) -> None:
    sweep("2024-01-07 09:00")
    assert told_about(clock) == [(-3, "lead"), (-3, "executive")]
    passed_over = told_about(clock, NoticeState.SUPERSEDED)
    assert passed_over == [(-60, "lead"), (-30, "lead"), (-14, "lead"), (-7, "lead"), (-7, "executive")]
    reasons = session().scalars(select(Notice.closed_reason).where(Notice.state == NoticeState.SUPERSEDED))
    assert set(reasons) == {PASSED_OVER}
    owed_on = session().scalars(select(Notice.owed_on).where(Notice.clock_id == clock.id, Notice.rung == -3)).first()
    assert owed_on == date(2024, 1, 6)


def test_a_sweep_that_comes_twice_owes_nothing_twice(clock: Clock) -> None:
    assert sweep("2023-11-10 06:00").owed > 0
    for again in ("2023-11-10 06:00", "2023-11-10 06:05", "2023-11-11 06:00"):
        assert (sweep(again).owed, told_about(clock)) == (0, [(-60, "lead")])
    again_all = reminders.sweep(at=eastern("2023-11-11 06:00"), thorough=True)
    assert (again_all.owed, told_about(clock)) == (0, [(-60, "lead")])


def reminded() -> set[tuple[object, ...]]:
    """What every reminder is about, and how it stands."""
    told = select(Notice.clock_id, Notice.due_on, Notice.rung, Notice.person_id, Notice.state)
    return {tuple(row) for row in session().execute(told.where(Notice.kind == "deadline"))}


class BrokenOffError(Exception):
    """Stands for whatever ends a sweep between two parts."""


def break_off() -> None:
    raise BrokenOffError


def test_a_sweep_in_parts_owes_what_a_whole_one_does_even_if_one_broke_off(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reminders, "PART", 1)
    at = eastern("2024-01-07 09:00")
    with session().begin_nested() as whole:
        reminders.sweep(at=at)
        owed = reminded()
        whole.rollback()
    with pytest.raises(BrokenOffError):
        reminders.sweep(at=at, after_part=break_off)
    assert set() < reminded() < owed
    reminders.sweep(at=at, after_part=session().flush)
    assert reminded() == owed


def test_no_two_reminders_have_the_same_message_id_whatever_part_of_a_sweep_owed_them(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reminders, "PART", 1)
    reminders.sweep(at=eastern("2024-01-07 09:00"), after_part=session().flush)
    tokens = session().scalars(select(Notice.token)).all()
    assert len(set(tokens)) == len(tokens) > 1


def test_a_reminder_not_sent_when_the_next_is_due_is_closed(clock: Clock) -> None:
    sweep("2023-11-10 06:00")
    sweep("2023-12-10 06:00")
    assert told_about(clock) == [(-30, "lead")]
    assert told_about(clock, NoticeState.SUPERSEDED) == [(-60, "lead")]
    reason = (
        session().scalars(select(Notice.closed_reason).where(Notice.rung == -60, Notice.clock_id == clock.id)).one()
    )
    assert reason == REPLACED


def test_no_rung_fires_on_the_day_its_due_date_was_set(stage: Stage, cio: Person) -> None:
    clock = stage.clock("strategy", "ICE")
    clocks.extend(clock, to=date(2024, 2, 4), reason="A storm.", by=cio, at=eastern("2024-01-05 05:00"))
    sweep("2024-01-05 06:00")  # 30 days before
    assert told_about(clock) == []
    sweep("2024-01-21 06:00")
    assert told_about(clock) == [(-14, "lead")]


def test_an_extension_closes_what_was_owed_about_the_former_date(clock: Clock, cio: Person) -> None:
    sweep("2024-01-08 06:00")
    clocks.extend(clock, to=date(2024, 2, 8), reason="A storm.", by=cio, at=eastern("2024-01-08 09:00"))
    assert told_about(clock) == []
    sweep_daily("2024-01-08", "2024-01-09")
    # Thirty days before the new date is January 9, the day after it was set.
    assert told_about(clock) == [(-30, "lead")]


def test_a_clock_that_is_stopped_or_paused_is_silent(stage: Stage, clock: Clock, cio: Person) -> None:
    paused = stage.clock("strategy", "ICE")
    sweep("2024-01-02 06:00")
    assert (len(told_about(clock)), len(told_about(paused))) == (2, 2)
    stage.submitted("CBP", "2024-01-02 09:00")
    clocks.pause(paused, reason=LAPSE, by=cio, at=eastern("2024-01-02 09:00"))
    for each, reason in ((clock, "The clock stopped before"), (paused, "The clock was paused before")):
        assert told_about(each) == []
        closed = session().scalars(
            select(Notice.closed_reason).where(Notice.clock_id == each.id, Notice.rung == -7, Notice.kind == "deadline")
        )
        assert all(why is not None and why.startswith(reason) for why in closed)
    sweep_daily("2024-01-03", "2024-02-01")
    assert (told_about(clock), told_about(paused)) == ([], [])


def test_after_a_pause_the_rungs_follow_the_moved_date(clock: Clock, cio: Person) -> None:
    clocks.pause(clock, reason=LAPSE, by=cio, at=eastern("2023-12-20 09:00"))
    clocks.resume(clock, by=cio, at=eastern("2024-01-08 09:00"))
    sweep("2024-01-28 06:00")
    assert told_about(clock) == [(0, "lead"), (0, "executive")]
    # Those before the resumption (60 and 30 days before January 28) were never reached.
    assert {rung for rung, _ in told_about(clock, NoticeState.SUPERSEDED)} == {-14, -7, -3, -1}


def test_a_withdrawn_submission_is_reminded_of_its_original_date(stage: Stage, clock: Clock) -> None:
    strategy = stage.submitted("CBP", "2023-12-18 15:00")
    lead = stage.person(Role.LEAD, "CBP")
    strategies.withdraw(strategy, reason="A figure.", by=lead, at=eastern("2024-01-02 09:00"))
    sweep("2024-01-02 09:01")
    assert told_about(clock) == []
    sweep("2024-01-06 06:00")
    assert told_about(clock) == [(-3, "lead"), (-3, "executive")]


def test_a_clock_long_overdue_is_reminded_every_two_weeks(clock: Clock) -> None:
    sweep_daily("2024-02-01", "2024-03-10")
    rungs = {rung for rung, _ in told_about(clock) + told_about(clock, NoticeState.SUPERSEDED)}
    assert {28, 42, 56} <= rungs
    assert max(rung for rung in rungs if rung is not None) == 56


def test_the_review_target_goes_to_the_directorate_and_ends_after_four_weeks(stage: Stage) -> None:
    stage.submitted("CBP", "2023-12-18 15:00")
    review = stage.clock("review", "CBP")
    sweep("2024-01-10 06:00")
    assert told_about(review) == [(-7, "directorate-lead")]
    sweep("2024-06-01 06:00")
    assert told_about(review) == [(28, "directorate-lead")]


def test_while_a_lead_is_missing_the_executive_is_reminded(stage: Stage, clock: Clock) -> None:
    stage.person(Role.LEAD, "CBP").appointments[0].until_on = date(2023, 11, 1)
    session().flush()
    sweep("2023-11-10 06:00")
    (notice,) = session().scalars(select(Notice).where(Notice.clock_id == clock.id))
    assert (notice.to_role, notice.facts["held_role"]) == ("lead", "executive")
    assert notice.person is stage.person(Role.EXECUTIVE, "CBP")


def test_the_department_clock_reminds_the_cio_and_the_directorate_lead(stage: Stage) -> None:
    sweep("2024-08-01 06:00")
    assert told_about(stage.clock("department")) == [(-60, "cio"), (-60, "directorate-lead")]


STEPS = st.lists(
    st.tuples(st.sampled_from(["sweep", "pause", "resume", "extend", "nothing"]), st.integers(1, 25)), max_size=14
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_whatever_happens_only_the_last_rung_reached_is_owed(
    stage: Stage, cio: Person, steps: list[tuple[str, int]]
) -> None:
    clock = stage.clock("strategy", "FLETC")
    with session().begin_nested() as savepoint:
        at = eastern("2023-11-01 09:00")
        for step, days in steps:
            at += timedelta(days=days)
            if step == "sweep":
                reminders.sweep(at=at)
            elif step == "pause" and clock.paused_on is None:
                clocks.pause(clock, reason=LAPSE, by=cio, at=at)
            elif step == "resume" and clock.paused_on is not None:
                clocks.resume(clock, by=cio, at=at)
            elif step == "extend":
                to = max(clock.due_on, day_of(at)) + timedelta(days=days)
                clocks.extend(clock, to=to, reason="A storm.", authority="Memorandum", by=cio, at=at)
        at += timedelta(days=1)
        reminders.sweep(at=at)
        reached = [
            rung
            for rung in RUNGS
            if clock.due_set_on < clock.due_on + timedelta(days=rung) <= day_of(at) and clock.paused_on is None
        ]
        assert {rung for rung, _ in told_about(clock)} == set(reached[-1:])
        savepoint.rollback()
        session().expire_all()
