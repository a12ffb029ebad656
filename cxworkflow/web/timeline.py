"""A time line as figures for the SVG template: one row per Component, its steps by date, the cap as a line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

WIDTH, LEFT, TOP, ROW = 960, 90, 40, 26  # of the drawing's own units


@dataclass(frozen=True)
class Bar:
    """One row: its steps in time, each a day and what happens on it; `alarm` where it comes too late."""

    label: str
    steps: tuple[tuple[date, str], ...]
    alarm: bool = False


@dataclass(frozen=True)
class Mark:
    """A point of a row, or a tick of the axis."""

    x: float
    label: str


@dataclass(frozen=True)
class Row:
    """A row as it is drawn."""

    label: str
    y: float
    marks: tuple[Mark, ...]
    alarm: bool


@dataclass(frozen=True)
class Chart:
    """All that the template draws."""

    width: int
    height: int
    left: int
    top: int
    rows: tuple[Row, ...]
    ticks: tuple[Mark, ...]
    cap: Mark | None


def timeline(bars: Sequence[Bar], *, first: date, cap: date | None) -> Chart:
    """Lay the rows out between the first day and the last step or the cap, a month's tick each two months."""
    days = [on for bar in bars for on, _ in bar.steps] + ([cap] if cap else [])
    first = min([first, *days])
    last = max([first + timedelta(days=60), *days]) + timedelta(days=15)
    scale = (WIDTH - LEFT - 20) / (last - first).days

    def x(on: date) -> float:
        return round(LEFT + (on - first).days * scale, 1)

    rows = tuple(
        Row(
            bar.label,
            TOP + position * ROW + ROW / 2,
            tuple(Mark(x(on), f"{label} {on:%b} {on.day}") for on, label in bar.steps),
            bar.alarm,
        )
        for position, bar in enumerate(bars)
    )
    ticks = []
    month = first.replace(day=1)
    while month <= last:
        if month >= first and month.month % 2:
            ticks.append(Mark(x(month), f"{month:%b %Y}"))
        month = (month + timedelta(days=32)).replace(day=1)
    height = TOP + len(bars) * ROW + 10
    return Chart(
        WIDTH, height, LEFT, TOP, rows, tuple(ticks), Mark(x(cap), f"{cap:%B} {cap.day}, {cap.year}") if cap else None
    )
