"""Drivers by quarter as bars for the SVG template; each number stands above its bar, and in the table below."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cxworkflow.policies.collection import SCALE, Collection, Question

WIDTH, HEIGHT, LEFT, TOP, BOTTOM, BAR = 960, 170, 40, 26, 30, 0.6  # of the drawing's own units
MOST_QUARTERS = 12
MOST_STEP = 120  # so that a few bars stand side by side at the left, where a telephone shows them

Sums = Mapping[tuple[str, str], Mapping[str, int]]


@dataclass(frozen=True)
class Bar:
    """A quarter: how its driver was rated, as a part of the whole height, in words, and by how many."""

    cycle: str
    words: str
    answers: int
    x: float
    y: float
    height: float

    @property
    def middle(self) -> float:
        """Where its words are centered."""
        return round(self.x, 1)


@dataclass(frozen=True)
class Driver:
    """One driver, answered in one way: those of another form stand in a picture of their own."""

    key: str
    title: str
    how: str
    called: str
    most: str
    bars: tuple[Bar, ...]


# How its number came about, what the number is called above a column, and the highest that it can be.
HOW = {
    "scale": ("average of the answers from 1 to 5", "Average", str(max(SCALE))),
    "picks": ("good among all picks, in percent", "Good", "100%"),
}


def drivers(collection: Collection, sums: Sums) -> list[Driver]:
    """Each driver that was ever answered, over the last quarters that have numbers."""
    quarters = sorted({cycle for cycle, _ in sums})[-MOST_QUARTERS:]
    asked: dict[tuple[str, str], list[tuple[str, Question]]] = {}
    for form in collection.forms:
        for question in form.questions:
            asked.setdefault((question.id, question.answers), []).append((form.id, question))
    found = []
    for (name, answers), questions in asked.items():
        if bars := _bars(quarters, questions, sums):
            found.append(Driver(f"{name}-{answers}", questions[0][1].title, *HOW[answers], tuple(bars)))
    return found


def _bars(quarters: Sequence[str], questions: Sequence[tuple[str, Question]], sums: Sums) -> list[Bar]:
    step = min(MOST_STEP, (WIDTH - LEFT) / max(1, len(quarters)))
    bars = []
    for place, cycle in enumerate(quarters):
        counts: list[int] = []
        for form_id, question in questions:
            of_form = sums.get((cycle, form_id), {})
            each = [of_form.get(column, 0) for column in question.columns]
            counts = [one + other for one, other in zip(counts or [0] * len(each), each, strict=True)]
        if not (answers := sum(counts)):
            continue
        part, words = _rated(questions[0][1], counts, answers)
        height = round((HEIGHT - TOP - BOTTOM) * part, 1)
        x = round(LEFT + (place + 0.5) * step, 1)
        bars.append(Bar(cycle, words, answers, x, round(HEIGHT - BOTTOM - height, 1), height))
    return bars


def _rated(question: Question, counts: Sequence[int], answers: int) -> tuple[float, str]:
    if question.answers == "picks":
        part = counts[0] / answers
        return part, f"{part:.0%}"
    average = sum(value * count for value, count in zip(SCALE, counts, strict=True)) / answers
    return average / max(SCALE), f"{average:.2f}"
