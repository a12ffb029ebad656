"""A time line as figures for the SVG template: a row per Component, its steps by date, the policy's dates as lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

WIDTH, LEFT, RIGHT, TOP, ROW = 960, 90, 20, 40, 26  # of the drawing's own units


@dataclass(frozen=True)
class Bar:
    """One row: its steps in time, each a day and what happens on it; `alarm` where it comes too late.

    `since` and `until` say from where to where the row's line goes, if not from step to step, `due_on` what is
    due next, `words` how the row stands.
    """

    label: str
    steps: tuple[tuple[date, str], ...]
    alarm: bool = False
    since: date | None = None
    until: date | None = None
    due_on: date | None = None
    words: str = ""


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
    begin: float
    end: float
    due: Mark | None
    words: str


@dataclass(frozen=True)
class Chart:
    """All that the template draws."""

    width: int
    height: int
    left: int
    top: int
    rows: tuple[Row, ...]
    ticks: tuple[Mark, ...]
    lines: tuple[Mark, ...]
    today: Mark | None
    right: int


def timeline(
    bars: Sequence[Bar],
    *,
    first: date,
    lines: Sequence[tuple[date, str]],
    today: date | None = None,
    right: int = RIGHT,
) -> Chart:
    """Lay the rows out between the first day and the last that any of them or of the `lines` has.

    `right` is the room beside the picture for the words of the rows. There is a tick every two months.
    """
    days = [on for bar in bars for on in (*(on for on, _ in bar.steps), bar.since, bar.until, bar.due_on) if on]
    days += [on for on, _ in lines]
    first = min([first, *days])
    last = max([first + timedelta(days=60), *days]) + timedelta(days=15)
    scale = (WIDTH - LEFT - right) / (last - first).days

    def x(on: date) -> float:
        return round(LEFT + (on - first).days * scale, 1)

    def row(bar: Bar, position: int) -> Row:
        marks = tuple(Mark(x(on), f"{label} {_short(on)}") for on, label in bar.steps)
        due = Mark(x(bar.due_on), f"due {_short(bar.due_on)}") if bar.due_on else None
        begin = x(bar.since) if bar.since else marks[0].x if marks else LEFT
        end = x(bar.until) if bar.until else marks[-1].x if marks else LEFT
        return Row(bar.label, TOP + position * ROW + ROW / 2, marks, bar.alarm, begin, end, due, bar.words)

    ticks = []
    month = first.replace(day=1)
    while month <= last:
        if month >= first and month.month % 2:
            ticks.append(Mark(x(month), f"{month:%b %Y}"))
        month = (month + timedelta(days=32)).replace(day=1)
    return Chart(
        WIDTH,
        TOP + len(bars) * ROW + (28 if today else 10),
        LEFT,
        TOP,
        tuple(row(bar, position) for position, bar in enumerate(bars)),
        tuple(ticks),
        tuple(Mark(x(on), label) for on, label in lines),
        Mark(x(today), f"Today, {_short(today)}") if today and first <= today <= last else None,
        WIDTH - right + 8,
    )


@lru_cache(maxsize=4_096)  # many rows have the same days
def _short(on: date) -> str:
    return f"{on:%b} {on.day}"
