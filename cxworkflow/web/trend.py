"""Weeks as stacked bars for the SVG template; how each part stands is told by its pattern and its number."""

from collections.abc import Sequence
from dataclasses import dataclass

from cxworkflow.queries.standings import Standing
from cxworkflow.queries.tallies import Week

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 960, 300, 40, 20, 40  # of the drawing's own units
STACKED = (Standing.ON_TIME, Standing.AT_RISK, Standing.LATE)  # from the bottom up
LEAST = 14  # a part as high as that has room for its number


@dataclass(frozen=True)
class Part:
    """A part of a bar, with the number that stands in it."""

    standing: Standing
    count: int
    y: float
    height: float

    @property
    def labelled(self) -> bool:
        """Whether its number has room in it."""
        return self.height >= LEAST


@dataclass(frozen=True)
class Stack:
    """A week's bar, and what stands below it."""

    x: float
    label: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Trend:
    """All that the template draws."""

    width: int
    height: int
    bar: float
    stacks: tuple[Stack, ...]


def trend(weeks: Sequence[Week]) -> Trend:
    """Lay the weeks out from left to right, each as high as all Components that file."""
    step = (WIDTH - LEFT) / max(1, len(weeks))
    most = max([1, *(sum(week.counts.values()) for week in weeks)])
    scale = (HEIGHT - TOP - BOTTOM) / most
    stacks = []
    for place, week in enumerate(weeks):
        y: float = HEIGHT - BOTTOM
        parts = []
        for standing in STACKED:
            height = round(week.counts[standing] * scale, 1)
            y -= height
            if height:
                parts.append(Part(standing, week.counts[standing], round(y, 1), height))
        stacks.append(Stack(round(LEFT + place * step, 1), f"{week.on:%b} {week.on.day}", tuple(parts)))
    return Trend(WIDTH, HEIGHT, round(step * 0.7, 1), tuple(stacks))
