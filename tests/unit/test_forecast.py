"""The forecast of a metric: a straight line through its readings, where there are enough of them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxworkflow.forecast import line, reaches

FIRST = date(2024, 1, 1)


def on(day: int) -> date:
    return date.fromordinal(FIRST.toordinal() + day)


@pytest.mark.parametrize("days", [[], [0, 28], [0, 10, 27]])
def test_too_few_readings_or_too_close_ones_tell_nothing(days: list[int]) -> None:
    assert line([(on(day), 1.0) for day in days]) is None


def test_the_line_goes_on_to_the_day_of_the_target() -> None:
    found = line([(on(0), 100.0), (on(14), 90.0), (on(28), 80.0)])
    assert found is not None
    assert found.at(on(70)) == pytest.approx(50.0)
    assert found.at(on(0)) == pytest.approx(100.0)


def test_a_reading_off_the_line_pulls_it_only_a_little() -> None:
    found = line([(on(0), 10.0), (on(15), 16.0), (on(30), 10.0)])
    assert found is not None
    assert (round(found.a_day, 9), round(found.value, 9)) == (0.0, 12.0)


@given(st.floats(-1e6, 1e6), st.floats(-1e3, 1e3), st.lists(st.integers(0, 400), min_size=3, max_size=20, unique=True))
def test_readings_on_a_line_give_that_line(value: float, a_day: float, days: list[int]) -> None:
    if max(days) - min(days) < 28:
        return
    found = line([(on(day), value + a_day * day) for day in days])
    assert found is not None
    assert found.at(on(500)) == pytest.approx(value + a_day * 500, rel=1e-6, abs=1e-3)


def test_better_is_up_or_down() -> None:
    assert reaches(60, 60, better="up")
    assert reaches(60, 60, better="down")
    assert not reaches(59, 60, better="up")
    assert reaches(59, 60, better="down")
