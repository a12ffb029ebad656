"""Due dates against an independent oracle: PostgreSQL's own dates, time zones and holidays worked out in SQL."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from cxworkflow.calendar import Change, ChangeKind, Term, day_of, run
from cxworkflow.db import session
from cxworkflow.fiscal import fiscal_quarter, quarter_end

pytestmark = pytest.mark.integration

DAYS = st.dates(date(2000, 1, 1), date(2044, 12, 31))
MANY = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)

# The federal holidays by the law's own words, and the days on which they are kept.
HOLIDAYS = """
    with years as (select generate_series(1999, 2050) as y),
    named as (
        select make_date(y, 1, 1) as d from years
        union all select make_date(y, 7, 4) from years
        union all select make_date(y, 11, 11) from years
        union all select make_date(y, 12, 25) from years
        union all select make_date(y, 6, 19) from years where y >= 2021
    ),
    kept as (
        select case extract(isodow from d) when 6 then d - 1 when 7 then d + 1 else d end as d from named
        union select first + ((8 - extract(isodow from first)::int) % 7) + 14
          from (select make_date(y, m, 1) as first from years, (values (1), (2)) as months(m)) as third_mondays
        union select first + ((8 - extract(isodow from first)::int) % 7)
          from (select make_date(y, 9, 1) as first from years) as first_mondays
        union select first + ((8 - extract(isodow from first)::int) % 7) + 7
          from (select make_date(y, 10, 1) as first from years) as second_mondays
        union select first + ((11 - extract(isodow from first)::int) % 7) + 21
          from (select make_date(y, 11, 1) as first from years) as fourth_thursdays
        union select last - (extract(isodow from last)::int - 1)
          from (select make_date(y, 5, 31) as last from years) as last_mondays
    ),
    opened as (
        select d::date as d, row_number() over (order by d) as n
          from generate_series(date '1999-12-01', date '2050-12-31', interval '1 day') as every(d)
         where extract(isodow from d) < 6 and d::date not in (select d from kept)
    )
"""


@MANY
@given(cases=st.lists(st.tuples(DAYS, st.integers(1, 400), DAYS), min_size=50, max_size=200))
def test_calendar_days_and_caps(app: Flask, cases: list[tuple[date, int, date]]) -> None:
    expected = session().scalars(
        text(
            "select least(start + days, cap) from unnest(cast(:starts as date[]), cast(:days as int[]), "
            "cast(:caps as date[])) with ordinality as asked(start, days, cap, nth) order by nth"
        ),
        {name: [case[column] for case in cases] for column, name in enumerate(("starts", "days", "caps"))},
    )
    assert [Term(days=days, cap_on=cap).due_on(start) for start, days, cap in cases] == list(expected)


@MANY
@given(cases=st.lists(st.tuples(DAYS, st.integers(1, 120)), min_size=50, max_size=100))
def test_business_days_leave_out_weekends_and_federal_holidays_as_they_are_kept(
    app: Flask, cases: list[tuple[date, int]]
) -> None:
    expected = session().scalars(
        text(
            HOLIDAYS + "select (select d from opened where n = (select count(*) from opened where d <= start) + days) "
            "from unnest(cast(:starts as date[]), cast(:days as int[])) with ordinality as asked(start, days, nth) "
            "order by nth"
        ),
        {"starts": [case[0] for case in cases], "days": [case[1] for case in cases]},
    )
    assert [Term(days=days, business=True).due_on(start) for start, days in cases] == list(expected)


@MANY
@given(cases=st.lists(st.tuples(DAYS, st.integers(1, 400)), min_size=50, max_size=100))
def test_a_due_date_on_a_closed_day_moves_to_the_next_business_day_where_the_policy_says_so(
    app: Flask, cases: list[tuple[date, int]]
) -> None:
    expected = session().scalars(
        text(
            HOLIDAYS + "select (select min(d) from opened where d >= start + days) "
            "from unnest(cast(:starts as date[]), cast(:days as int[])) with ordinality as asked(start, days, nth) "
            "order by nth"
        ),
        {"starts": [case[0] for case in cases], "days": [case[1] for case in cases]},
    )
    assert [Term(days=days, roll=True).due_on(start) for start, days in cases] == list(expected)


@MANY
@given(
    cases=st.lists(
        st.tuples(DAYS, st.integers(1, 400), st.integers(0, 300), st.integers(0, 200), st.integers(1, 200)),
        min_size=50,
        max_size=200,
    )
)
def test_a_pause_moves_the_due_date_by_its_days_and_an_extension_to_its_day(
    app: Flask, cases: list[tuple[date, int, int, int, int]]
) -> None:
    expected = session().execute(
        text(
            "select start + days + (resumed - paused), start + days + (resumed - paused) + more from ("
            "select start, days, start + wait as paused, start + wait + pause as resumed, more, nth "
            "from unnest(cast(:starts as date[]), cast(:days as int[]), cast(:waits as int[]), cast(:pauses as int[]), "
            "cast(:mores as int[])) with ordinality as asked(start, days, wait, pause, more, nth)) as played "
            "order by nth"
        ),
        {
            name: [case[column] for case in cases]
            for column, name in enumerate(("starts", "days", "waits", "pauses", "mores"))
        },
    )
    found = []
    for start, days, wait, pause, more in cases:
        paused, resumed = start + timedelta(days=wait), start + timedelta(days=wait + pause)
        history = [
            Change(ChangeKind.STARTED, start),
            Change(ChangeKind.PAUSED, paused),
            Change(ChangeKind.RESUMED, resumed),
        ]
        term = Term(days=days)
        after = run(term, history).due_on
        extended = Change(ChangeKind.EXTENDED, resumed, after + timedelta(days=more))
        found.append((after, run(term, [*history, extended]).due_on))
    assert found == [tuple(row) for row in expected]


@MANY
@given(
    cases=st.lists(
        st.tuples(DAYS, st.integers(1, 60), st.integers(1, 60), st.integers(0, 60)), min_size=30, max_size=60
    )
)
def test_after_a_pause_the_business_days_that_are_left_are_counted_from_the_resumption_on(
    app: Flask, cases: list[tuple[date, int, int, int]]
) -> None:
    """As many as there were from the day of the pause, which no longer counts, to the due date.

    A pause that begins after the due date moves it by the business days that it holds.
    """
    rows = session().execute(
        text(
            HOLIDAYS + ", played as ("
            "select start, start + wait as paused, start + wait + pause as resumed, nth, "
            "(select count(*) from opened where d <= start) + days as last "
            "from unnest(cast(:starts as date[]), cast(:days as int[]), cast(:waits as int[]), cast(:pauses as int[])) "
            "with ordinality as asked(start, days, wait, pause, nth)) "
            "select (select d from opened where n = case "
            "when (select d from opened where n = last) >= paused then "
            "(select count(*) from opened where d < resumed) + last - (select count(*) from opened where d < paused) "
            "else last + (select count(*) from opened where d >= paused and d < resumed) end) "
            "from played order by nth"
        ),
        {name: [case[column] for case in cases] for column, name in enumerate(("starts", "days", "waits", "pauses"))},
    )
    found = []
    for start, days, wait, pause in cases:
        paused, resumed = start + timedelta(days=wait), start + timedelta(days=wait + pause)
        history = [
            Change(ChangeKind.STARTED, start),
            Change(ChangeKind.PAUSED, paused),
            Change(ChangeKind.RESUMED, resumed),
        ]
        found.append(run(Term(days=days, business=True), history).due_on)
    assert found == list(rows.scalars())


MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2044, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001  # bounds
# The hours around both changes of the clock, in a few years.
AT_CHANGES = st.builds(
    lambda on, minutes: datetime(on.year, on.month, on.day, 4, tzinfo=UTC) + timedelta(minutes=minutes),
    st.sampled_from([date(2007, 3, 11), date(2023, 11, 5), date(2024, 3, 10), date(2024, 11, 3), date(2024, 2, 29)]),
    st.integers(0, 600),
)
ZONES = st.integers(-11 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@MANY
@given(cases=st.lists(st.tuples(MOMENTS | AT_CHANGES, ZONES), min_size=100, max_size=200))
def test_a_day_ends_at_midnight_eastern_wherever_the_host_stands(
    app: Flask, cases: list[tuple[datetime, timezone]]
) -> None:
    expected = session().scalars(
        text(
            "select (at at time zone 'America/New_York')::date "
            "from unnest(cast(:moments as timestamptz[])) with ordinality as asked(at, nth) order by nth"
        ),
        {"moments": [at for at, _ in cases]},
    )
    assert [day_of(at.astimezone(zone)) for at, zone in cases] == list(expected)


@MANY
@given(days=st.lists(DAYS, min_size=100, max_size=200))
def test_fiscal_years_and_quarters(app: Flask, days: list[date]) -> None:
    expected = session().execute(
        text(
            "select extract(year from d + interval '3 months')::int, "
            "extract(quarter from d + interval '3 months')::int, "
            "(date_trunc('quarter', d) + interval '3 months' - interval '1 day')::date "
            "from unnest(cast(:days as date[])) with ordinality as asked(d, nth) order by nth"
        ),
        {"days": days},
    )
    assert [(*fiscal_quarter(on), quarter_end(*fiscal_quarter(on))) for on in days] == [tuple(row) for row in expected]
