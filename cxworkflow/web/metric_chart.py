"""A metric's readings as figures for the SVG template: a point for each, the baseline, the target, the line on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from cxworkflow.forecast import Line, line
from cxworkflow.models import Commitment, Reading
from cxworkflow.wording import long_date

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 960, 320, 70, 30, 20, 40  # of the drawing's own units


@dataclass(frozen=True)
class Point:
    """A reading as it is drawn, and what it says."""

    x: float
    y: float
    label: str


@dataclass(frozen=True)
class Level:
    """A line across the picture, with its words."""

    y: float
    label: str


@dataclass(frozen=True)
class Chart:
    """All that the template draws; `ahead` is the forecast, from the last reading to the day of the target."""

    width: int
    height: int
    left: int
    right: int
    path: str
    points: tuple[Point, ...]
    levels: tuple[Level, ...]
    ahead: tuple[Point, Point] | None
    ticks: tuple[Point, ...]


@dataclass(frozen=True)
class Forecast:
    """What the line through the readings comes to on the day of the target."""

    on: date
    expected: Decimal
    reaches: bool
    count: int


def forecast(metric: Commitment, readings: Sequence[Reading]) -> Forecast | None:
    """The forecast to the target's day; None without a day to come, or with too few readings."""
    found = _line(readings)
    if found is None or metric.due_on is None or metric.target is None or metric.due_on <= readings[-1].as_of:
        return None
    expected = round(Decimal(found.at(metric.due_on)), 2)
    good = expected <= metric.target if metric.better == "down" else expected >= metric.target
    return Forecast(metric.due_on, expected, good, len(readings))


def chart(metric: Commitment, readings: Sequence[Reading]) -> Chart | None:
    """The picture of a metric's readings; None where there are none."""
    if not readings or metric.target is None:
        return None
    ahead = forecast(metric, readings)
    days = [each.as_of for each in readings] + ([ahead.on] if ahead else [])
    values = [each.value for each in readings] + [metric.target]
    values += [metric.baseline] if metric.baseline is not None else []
    values += [ahead.expected] if ahead else []
    first, last = min(days), max(*days, min(days) + timedelta(days=14))
    low, high = float(min(values)), float(max(values))
    room = (high - low) * 0.1 or abs(high) * 0.1 or 1
    low, high = low - room, high + room

    def at(on: date, value: Decimal | float, label: str = "") -> Point:
        x = LEFT + (on - first).days / (last - first).days * (WIDTH - LEFT - RIGHT)
        y = TOP + (high - float(value)) / (high - low) * (HEIGHT - TOP - BOTTOM)
        return Point(round(x, 1), round(y, 1), label)

    unit = metric.unit or ""
    points = tuple(
        at(each.as_of, each.value, f"{long_date(each.as_of)}: {plain(each.value)} {unit}") for each in readings
    )
    levels = [Level(at(first, metric.target).y, f"Target {plain(metric.target)}")]
    if metric.baseline is not None and metric.baseline != metric.target:
        levels.append(Level(at(first, metric.baseline).y, f"Baseline {plain(metric.baseline)}"))
    on_to = None
    if ahead:
        begin = at(readings[-1].as_of, _value(_line(readings), readings[-1].as_of))
        on_to = (
            begin,
            at(ahead.on, ahead.expected, f"Forecast for {long_date(ahead.on)}: {plain(ahead.expected)} {unit}"),
        )
    path = " ".join(f"{'L' if place else 'M'}{each.x} {each.y}" for place, each in enumerate(points))
    ticks = tuple(Point(at(on, low).x, HEIGHT - BOTTOM, f"{on:%b} {on.day}, {on.year}") for on in sorted({first, last}))
    return Chart(WIDTH, HEIGHT, LEFT, WIDTH - RIGHT, path, points, tuple(levels), on_to, ticks)


def plain(value: Decimal | None) -> str:
    """A number as people write it: without needless zeros, with commas."""
    if value is None:
        return ""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _line(readings: Sequence[Reading]) -> Line | None:
    return line([(each.as_of, float(each.value)) for each in readings])


def _value(found: Line | None, on: date) -> float:
    return found.at(on) if found else 0.0
