"""Every single start date from 2000 to 2044, for every way of counting, against PostgreSQL's own dates."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from cxworkflow.calendar import Term
from cxworkflow.db import session
from tests.services.test_dates_against_postgres import HOLIDAYS

pytestmark = pytest.mark.integration

FIRST, LAST, CAP = date(2000, 1, 1), date(2044, 12, 31), date(2024, 9, 30)
EVERY_START = [FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1)]
# For each day: how many open days there were until its end, and until the end of the 29th after it.
COUNTED = (
    HOLIDAYS
    + """, days as (
        select every::date as start, count(opened.d) over (order by every) as until
          from generate_series(date '1999-12-01', date '2050-12-31', interval '1 day') as every
          left join opened on opened.d = every::date
    ),
    counted as (select *, lead(until, 29) over (order by start) as until_later from days)
"""
)


@pytest.mark.parametrize(
    ("term", "due_on", "beside"),
    [
        (Term(days=90), "start + 90", ""),
        (Term(days=180, cap_on=CAP), "least(start + 180, date '2024-09-30')", ""),
        (Term(fixed_on=CAP), "date '2024-09-30'", ""),
        (Term(days=30, business=True), "due.d", "join opened as due on due.n = counted.until + 30"),
        (Term(days=30, roll=True), "due.d", "join opened as due on due.n = counted.until_later + 1"),
    ],
    ids=["calendar days", "capped", "fixed", "business days", "next business day"],
)
def test_each_is_due_when_postgresql_says(app: Flask, term: Term, due_on: str, beside: str) -> None:
    asked = f"{COUNTED} select {due_on} from counted {beside} "
    within = "where counted.start between :first and :last order by counted.start"
    expected = session().scalars(text(asked + within), {"first": FIRST, "last": LAST}).all()
    assert [term.due_on(start) for start in EVERY_START] == list(expected)
