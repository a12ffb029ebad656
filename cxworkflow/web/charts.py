"""The geometry of a metric's chart: from its baseline over its readings to its target, for a picture drawn as SVG."""

from dataclasses import dataclass
from datetime import date

from cxworkflow.papers.metrics import Metric

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 320.0, 120.0, 10.0, 310.0, 20.0, 96.0


@dataclass(frozen=True)
class Point:
    """A value on its place in the picture."""

    x: float
    y: float
    value: float
    on: date | None


@dataclass(frozen=True)
class Chart:
    """The baseline, the readings and the target; `better` says which way leads there."""

    baseline: Point
    readings: list[Point]
    target: Point
    better: str

    @property
    def line(self) -> str:
        """The points of the line from the baseline over all readings."""
        return " ".join(f"{point.x:g},{point.y:g}" for point in (self.baseline, *self.readings))

    @property
    def aim(self) -> str:
        """The points of the straight line from the baseline to the target."""
        return f"{self.baseline.x:g},{self.baseline.y:g} {self.target.x:g},{self.target.y:g}"


def metric_chart(metric: Metric) -> Chart | None:
    """The chart of a metric, or None where too little of it is told."""
    baseline, target, by = metric["baseline"], metric["target"], metric["by"]
    if baseline is None or target is None or by is None:
        return None
    readings = sorted(metric["readings"], key=lambda each: each["on"])
    end = date.fromisoformat(by)
    days = [date.fromisoformat(each["on"]) for each in readings]
    first, last = min([*days, end]), max([*days, end])
    values = [baseline, target, *(each["value"] for each in readings)]
    low, high = min(values), max(values)

    def y(value: float) -> float:
        return round(BOTTOM - (value - low) / ((high - low) or 1) * (BOTTOM - TOP), 1)

    def x(on: date) -> float:
        # The baseline has no day: it stands a little to the left of the first reading.
        span = (last - first).days or 1
        return round(LEFT + 30 + (on - first).days / span * (RIGHT - LEFT - 30), 1) if readings else RIGHT

    points = [Point(x(on), y(each["value"]), each["value"], on) for on, each in zip(days, readings, strict=True)]
    better = "higher is better" if metric["direction"] == "up" else "lower is better"
    return Chart(Point(LEFT, y(baseline), baseline, None), points, Point(x(end), y(target), target, end), better)
