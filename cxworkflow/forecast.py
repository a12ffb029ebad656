"""Where a metric is heading: the least-squares line through its readings, and its value on a day. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

FEWEST, SHORTEST = 3, timedelta(days=28)  # readings, and how far the first and the last of them lie apart

Point = tuple[date, float]


@dataclass(frozen=True)
class Line:
    """A straight line through readings: its value on the first day, and how much it changes in a day."""

    first_on: date
    value: float
    a_day: float

    def at(self, on: date) -> float:
        """The value on a day."""
        return self.value + self.a_day * (on - self.first_on).days


def line(points: Sequence[Point]) -> Line | None:
    """The line whose squared distances from the readings add up to the least; None where they are too few or close."""
    if len(points) < FEWEST:
        return None
    first_on, last_on = min(on for on, _ in points), max(on for on, _ in points)
    if last_on - first_on < SHORTEST:
        return None
    days = [(on - first_on).days for on, _ in points]
    values = [value for _, value in points]
    middle, mean = sum(days) / len(days), sum(values) / len(values)
    spread = sum((day - middle) ** 2 for day in days)
    a_day = sum((day - middle) * (value - mean) for day, value in zip(days, values, strict=True)) / spread
    return Line(first_on, mean - a_day * middle, a_day)


def reaches(expected: float, target: float, *, better: str) -> bool:
    """Whether a value is at least as good as the target; `better` is up or down."""
    return expected >= target if better == "up" else expected <= target
