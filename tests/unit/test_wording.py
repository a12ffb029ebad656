"""Dates and numbers as people read them."""

from datetime import UTC, date, datetime

import pytest

from cxworkflow.wording import days, days_left, long_date, long_moment, one_line

pytestmark = pytest.mark.unit


def test_a_day_is_written_out() -> None:
    assert long_date(date(2024, 1, 9)) == "January 9, 2024"
    assert long_date("2024-09-30") == "September 30, 2024"


def test_a_moment_is_told_by_its_eastern_day() -> None:
    assert long_date(datetime(2024, 1, 10, 4, 59, tzinfo=UTC)) == "January 9, 2024"


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (datetime(2024, 1, 10, 4, 59, tzinfo=UTC), "January 9, 2024, 11:59 p.m. Eastern time"),
        (datetime(2024, 1, 10, 5, 1, tzinfo=UTC), "January 10, 2024, 12:01 a.m. Eastern time"),
        (datetime(2024, 7, 1, 16, 5, tzinfo=UTC), "July 1, 2024, 12:05 p.m. Eastern time"),
    ],
)
def test_a_moment_has_its_hour_in_eastern_time(at: datetime, words: str) -> None:
    assert long_moment(at) == words


def test_one_day_is_a_day_and_the_others_are_days() -> None:
    assert [days(0), days(1), days(7), days(1200)] == ["0 days", "1 day", "7 days", "1,200 days"]


def test_how_a_due_date_stands_is_said_from_today() -> None:
    assert [days_left(7), days_left(1), days_left(0), days_left(-1), days_left(-14)] == [
        "due in 7 days",
        "due in 1 day",
        "due today",
        "1 day overdue",
        "14 days overdue",
    ]


def test_a_text_from_outside_fits_on_one_line() -> None:
    assert one_line("A title\nwith\ta\x00 tail", 40) == "A title with a tail"
    assert one_line("word " * 20, 12) == "word word w…"
