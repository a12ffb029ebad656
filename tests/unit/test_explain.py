"""Every due date can be explained line by line, and every coming reminder foretold."""

from datetime import date

import pytest

import cxworkflow  # noqa: F401
from config.settings import POLICIES
from cxworkflow import calendar
from cxworkflow.calendar import Change, ChangeKind, Run
from cxworkflow.explain import Step, coming, explain, rung_words
from cxworkflow.policies import read_policy

pytestmark = pytest.mark.unit

POLICY = read_policy(POLICIES / "dhs-076-02.toml")
SIGNED = Change(ChangeKind.STARTED, date(2023, 7, 13))


def told(kind: str, *changes: Change) -> list[Step]:
    return list(explain(POLICY, POLICY.clock(kind), changes))


def run(kind: str, *changes: Change) -> Run:
    return calendar.run(POLICY.clock(kind).term, changes)


@pytest.mark.clause("IV.b")
def test_a_start_says_how_many_days_were_counted_from_which_day() -> None:
    (start,) = told("strategy", SIGNED)
    assert start.sentences == ("180 days from July 13, 2023 is January 9, 2024.",)
    assert start.due_on == date(2024, 1, 9)


def test_a_pause_says_how_long_it_was_and_where_it_moved_the_date() -> None:
    _, pause, resumption = told(
        "strategy",
        SIGNED,
        Change(ChangeKind.PAUSED, date(2023, 12, 20)),
        Change(ChangeKind.RESUMED, date(2024, 1, 8)),
    )
    assert pause.sentences[0].startswith("Paused on December 20, 2023.")
    assert resumption.sentences == (
        "Paused 19 days, from December 20, 2023 to January 8, 2024.",
        "19 days after January 9, 2024 is January 28, 2024.",
        "That is a Sunday. This policy does not move due dates that fall on a weekend or holiday.",
    )
    assert resumption.due_on == date(2024, 1, 28)


@pytest.mark.clause("IV.e")
def test_a_cap_names_its_clause() -> None:
    (start,) = told("implementation", Change(ChangeKind.STARTED, date(2024, 4, 10)))
    assert start.sentences == (
        "180 days from April 10, 2024 is October 7, 2024.",
        "Clause IV.e allows no day after September 30, 2024, so it is due on September 30, 2024.",
    )


@pytest.mark.clause("IV.e")
def test_a_fixed_date_is_said_to_be_named_by_the_policy() -> None:
    assert told("department", SIGNED)[0].sentences == ("Clause IV.e names the day: September 30, 2024.",)


def test_a_stop_says_whether_it_came_in_time() -> None:
    ends = {
        date(2023, 12, 18): "Stopped on December 18, 2023, 22 days before it was due: in time.",
        date(2024, 1, 9): "Stopped on January 9, 2024, the due date itself: in time.",
        date(2024, 1, 10): "Stopped on January 10, 2024, 1 day after it was due: late.",
    }
    for day, sentence in ends.items():
        assert told("strategy", SIGNED, Change(ChangeKind.STOPPED, day))[-1].sentences == (sentence,)


def test_a_withdrawn_submission_runs_again_to_the_date_it_had() -> None:
    stop, again = Change(ChangeKind.STOPPED, date(2023, 12, 18)), Change(ChangeKind.RESTARTED, date(2023, 12, 20))
    assert told("strategy", SIGNED, stop, again)[-1].sentences == (
        "Runs again from December 20, 2023, to the date it had: January 9, 2024.",
    )


def test_an_extension_past_the_cap_outlives_a_pause() -> None:
    steps = told(
        "implementation",
        Change(ChangeKind.STARTED, date(2024, 4, 10)),
        Change(ChangeKind.EXTENDED, date(2024, 9, 20), date(2024, 11, 1)),
        Change(ChangeKind.PAUSED, date(2024, 10, 1)),
        Change(ChangeKind.RESUMED, date(2024, 10, 7)),
    )
    assert steps[1].sentences == ("Extended by 32 days, from September 30, 2024 to November 1, 2024.",)
    assert steps[-1].sentences[-1] == "It was extended past the last day allowed, so it stays November 1, 2024."


def test_stopping_while_paused_counts_the_pause_first() -> None:
    steps = told(
        "strategy",
        SIGNED,
        Change(ChangeKind.PAUSED, date(2024, 1, 8)),
        Change(ChangeKind.STOPPED, date(2024, 1, 12)),
    )
    assert steps[-1].sentences[0] == "Paused 4 days, from January 8, 2024 to January 12, 2024."
    assert steps[-1].sentences[-1] == "Stopped on January 12, 2024, 1 day before it was due: in time."


def test_business_days_and_closed_offices_are_said() -> None:
    rolling = POLICY.clock("review").model_copy(update={"unit": "business", "days": 3, "roll": "next-business-day"})
    (start,) = explain(POLICY, rolling, [Change(ChangeKind.STARTED, date(2024, 1, 11))])
    # Monday, January 15 is Martin Luther King Jr. Day.
    assert start.sentences == ("3 business days from January 11, 2024 is January 17, 2024.",)
    calendar_days = rolling.model_copy(update={"unit": "calendar", "days": 2})
    (start,) = explain(POLICY, calendar_days, [Change(ChangeKind.STARTED, date(2024, 1, 11))])
    assert start.sentences == (
        "2 days from January 11, 2024 is January 13, 2024.",
        "Offices are closed on that Saturday; the next business day is January 16, 2024.",
    )


def test_a_count_of_business_days_says_how_many_of_them_a_pause_took() -> None:
    rule = POLICY.clock("review").model_copy(update={"unit": "business", "days": 5})
    start, pause = Change(ChangeKind.STARTED, date(2024, 1, 16)), Change(ChangeKind.PAUSED, date(2024, 1, 17))
    (*_, resumption) = explain(POLICY, rule, [start, pause, Change(ChangeKind.RESUMED, date(2024, 1, 21))])
    assert resumption.sentences == (
        "Paused 4 days, from January 17, 2024 to January 21, 2024.",
        "3 business days after January 23, 2024 is January 26, 2024.",
    )
    over_the_weekend = [Change(ChangeKind.PAUSED, date(2024, 1, 20)), Change(ChangeKind.RESUMED, date(2024, 1, 22))]
    (*_, resumption) = explain(POLICY, rule, [start, *over_the_weekend])
    assert resumption.sentences[-1] == "None of them is a business day, so the due date stays January 23, 2024."


def test_the_explained_dates_are_the_dates_of_the_clock() -> None:
    changes = [
        SIGNED,
        Change(ChangeKind.EXTENDED, date(2024, 1, 5), date(2024, 2, 8)),
        Change(ChangeKind.PAUSED, date(2024, 1, 8)),
        Change(ChangeKind.RESUMED, date(2024, 1, 20)),
        Change(ChangeKind.STOPPED, date(2024, 2, 6)),
    ]
    assert told("strategy", *changes)[-1].due_on == run("strategy", *changes).due_on


def test_coming_reminders_follow_the_ladder_and_then_its_repetition() -> None:
    ladder = POLICY.ladder(POLICY.clock("strategy").ladder)
    ahead = coming(ladder, run("strategy", SIGNED), after=date(2024, 1, 8))
    assert [(each.rung, each.on) for each in ahead] == [
        (0, date(2024, 1, 9)),
        (1, date(2024, 1, 10)),
        (7, date(2024, 1, 16)),
        (14, date(2024, 1, 23)),
        (28, date(2024, 2, 6)),
        (42, date(2024, 2, 20)),
    ]
    assert ahead[0].roles == ("lead", "executive")
    assert ahead[-1].roles == ("lead", "executive", "directorate-lead", "cio")
    long_after = coming(ladder, run("strategy", SIGNED), after=date(2024, 3, 12))
    assert [each.rung for each in long_after] == [70, 84]


def test_no_reminder_comes_on_the_day_a_due_date_was_set_nor_while_a_clock_is_paused() -> None:
    ladder = POLICY.ladder(POLICY.clock("revision").ladder)
    returned = Change(ChangeKind.STARTED, date(2024, 1, 5))
    assert coming(ladder, run("revision", returned), after=date(2024, 1, 1))[0].on > date(2024, 1, 5)
    paused = run("revision", returned, Change(ChangeKind.PAUSED, date(2024, 1, 8)))
    assert coming(ladder, paused, after=date(2024, 1, 8)) == ()


def test_rungs_are_said_in_words() -> None:
    assert [rung_words(rung) for rung in (-60, -1, 0, 1, 14)] == [
        "60 days before", "1 day before", "on the due date", "1 day after", "14 days after",
    ]  # fmt: skip
