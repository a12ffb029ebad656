"""When a clock is due: every row of the domain's table of clocks, caps, rolls, fiscal years and quarters."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from config.settings import POLICIES
from cxworkflow.calendar import (
    Term,
    day_of,
    federal_holidays,
    moment,
)
from cxworkflow.fiscal import fiscal_quarter, fiscal_year, quarter_end, quarters_ended
from cxworkflow.policies import read_policy

pytestmark = pytest.mark.unit

POLICY = read_policy(POLICIES / "dhs-076-02.toml")
SIGNED_ON = date(2023, 7, 13)


def due(kind: str, started_on: date) -> date:
    return POLICY.clock(kind).term.due_on(started_on)


@pytest.mark.clause("IV.a")
def test_the_directorate_has_90_days_from_signature() -> None:
    assert due("directorate", SIGNED_ON) == date(2023, 10, 11)


@pytest.mark.clause("IV.b")
def test_a_strategy_is_due_180_days_after_signature() -> None:
    assert due("strategy", SIGNED_ON) == date(2024, 1, 9)


@pytest.mark.clause("IV.e")
def test_the_department_is_due_on_the_day_that_the_policy_names() -> None:
    assert due("department", SIGNED_ON) == date(2024, 9, 30)


@pytest.mark.clause("IV.d")
@pytest.mark.parametrize(
    ("approved_on", "due_on"),
    [
        (date(2023, 10, 2), date(2024, 3, 30)),  # a Saturday: 076-02 does not roll
        (date(2024, 1, 9), date(2024, 7, 7)),
        (date(2024, 4, 3), date(2024, 9, 30)),
        (date(2024, 4, 4), date(2024, 9, 30)),  # capped from here on
        (date(2024, 9, 29), date(2024, 9, 30)),
        (date(2024, 10, 15), date(2024, 9, 30)),
    ],
)
def test_implementation_is_due_180_days_after_approval_but_never_past_fiscal_year_2024(
    approved_on: date, due_on: date
) -> None:
    assert due("implementation", approved_on) == due_on


def test_the_directorates_own_targets_are_30_days_for_a_review_and_14_for_a_revision() -> None:
    assert due("review", date(2023, 12, 18)) == date(2024, 1, 17)
    assert due("revision", date(2024, 1, 5)) == date(2024, 1, 19)
    assert {POLICY.clock(kind).set_by for kind in ("review", "revision")} == {"directorate"}
    required = ("directorate", "strategy", "implementation", "department")
    assert {POLICY.clock(kind).set_by for kind in required} == {"policy"}


def test_the_plan_of_executive_order_13571_was_due_180_days_after_it() -> None:
    assert Term(days=180).due_on(date(2011, 4, 27)) == date(2011, 10, 24)


def test_the_report_and_the_plan_of_executive_order_12862_were_due_on_named_days() -> None:
    for day in (date(1994, 3, 8), date(1994, 9, 8)):
        assert Term(fixed_on=day).due_on(date(1993, 9, 11)) == day


def test_a_hisp_reports_30_days_after_each_fiscal_quarter() -> None:
    ends = [end for _, end in quarters_ended(date(2023, 10, 1), date(2024, 9, 30))]
    assert ends == [date(2023, 12, 31), date(2024, 3, 31), date(2024, 6, 30), date(2024, 9, 30)]
    assert [Term(days=30).due_on(end) for end in ends] == [
        date(2024, 1, 30),
        date(2024, 4, 30),
        date(2024, 7, 30),
        date(2024, 10, 30),
    ]


def test_fiscal_year_n_runs_from_october_of_the_year_before_to_september() -> None:
    assert [fiscal_year(date(2023, 9, 30)), fiscal_year(date(2023, 10, 1))] == [2023, 2024]
    assert [fiscal_year(date(2024, 9, 30)), fiscal_year(date(2024, 10, 1))] == [2024, 2025]


@pytest.mark.parametrize(
    ("day", "quarter", "ends_on"),
    [
        (date(2023, 10, 1), (2024, 1), date(2023, 12, 31)),
        (date(2023, 12, 31), (2024, 1), date(2023, 12, 31)),
        (date(2024, 1, 1), (2024, 2), date(2024, 3, 31)),
        (date(2024, 2, 29), (2024, 2), date(2024, 3, 31)),
        (date(2024, 6, 30), (2024, 3), date(2024, 6, 30)),
        (date(2024, 7, 1), (2024, 4), date(2024, 9, 30)),
    ],
)
def test_a_day_lies_in_one_fiscal_quarter(day: date, quarter: tuple[int, int], ends_on: date) -> None:
    assert fiscal_quarter(day) == quarter
    assert quarter_end(*quarter) == ends_on


def test_quarters_are_named_by_their_fiscal_year() -> None:
    assert [name for name, _ in quarters_ended(date(2023, 7, 13), date(2024, 1, 1))] == ["2023-Q4", "2024-Q1"]


def test_a_day_ends_at_midnight_eastern_wherever_the_moment_was_noted() -> None:
    last_minute = datetime(2024, 1, 10, 4, 59, tzinfo=UTC)
    assert day_of(last_minute) == date(2024, 1, 9)
    assert day_of(last_minute + timedelta(minutes=1)) == date(2024, 1, 10)
    in_guam = last_minute.astimezone(timezone(timedelta(hours=10)))
    assert (in_guam.date(), day_of(in_guam)) == (date(2024, 1, 10), date(2024, 1, 9))


def test_in_summer_the_day_ends_an_hour_earlier_by_universal_time() -> None:
    assert day_of(datetime(2023, 7, 14, 3, 59, tzinfo=UTC)) == SIGNED_ON
    assert day_of(datetime(2023, 7, 14, 4, 0, tzinfo=UTC)) == date(2023, 7, 14)


def test_both_changes_of_the_clocks_leave_each_day_its_name() -> None:
    for day, hours in ((date(2024, 3, 10), 23), (date(2024, 11, 3), 25)):
        begins, ends = moment(day), moment(day + timedelta(days=1))
        assert ends.astimezone(UTC) - begins.astimezone(UTC) == timedelta(hours=hours)
        assert day_of(begins) == day
        assert day_of(ends - timedelta(seconds=1)) in (day, day + timedelta(days=1))
        assert day_of(ends.astimezone(UTC) - timedelta(seconds=1)) == day


def test_a_moment_without_its_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="without its offset"):
        day_of(datetime(2024, 1, 9, 23, 59))  # noqa: DTZ001  # that is the point


def test_the_29th_of_february_counts_like_any_other_day() -> None:
    assert Term(days=1).due_on(date(2024, 2, 28)) == date(2024, 2, 29)
    assert Term(days=1).due_on(date(2023, 2, 28)) == date(2023, 3, 1)
    assert Term(days=180).due_on(date(2024, 2, 29)) == date(2024, 8, 27)
    assert Term(days=366).due_on(date(2023, 7, 13)) == date(2024, 7, 13)


def test_federal_holidays_are_kept_on_the_days_they_are_observed() -> None:
    assert date(2024, 1, 15) in federal_holidays(2024)  # Martin Luther King Jr. Day
    assert date(2021, 7, 5) in federal_holidays(2021)  # July 4 was a Sunday
    assert date(2023, 11, 10) in federal_holidays(2023)  # Veterans Day was a Saturday
    assert date(2021, 12, 31) in federal_holidays(2021)  # New Year's Day of the next year was a Saturday
    assert date(2020, 6, 19) not in federal_holidays(2020)  # Juneteenth became one in 2021
    assert date(2021, 6, 18) in federal_holidays(2021)


def test_a_policy_that_says_next_business_day_moves_off_weekends_and_holidays() -> None:
    rolling = Term(days=2, roll=True)
    assert rolling.due_on(date(2024, 1, 11)) == date(2024, 1, 16)  # Saturday, Sunday, holiday
    assert rolling.due_on(date(2023, 12, 20)) == date(2023, 12, 22)  # an ordinary Friday
    assert Term(fixed_on=date(2023, 12, 30), roll=True).due_on(SIGNED_ON) == date(2024, 1, 2)


def test_business_days_skip_weekends_and_holidays() -> None:
    assert Term(days=3, business=True).due_on(date(2024, 1, 11)) == date(2024, 1, 17)
    assert Term(days=1, business=True).due_on(date(2024, 11, 27)) == date(2024, 11, 29)  # over Thanksgiving


def test_a_cap_holds_even_where_it_falls_on_a_weekend_and_the_policy_rolls() -> None:
    capped = Term(days=30, roll=True, cap_on=date(2024, 6, 30))  # a Sunday
    assert capped.due_on(date(2024, 6, 14)) == date(2024, 6, 30)
