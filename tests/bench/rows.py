"""A row of the benchmark: what was measured, against what, and whether it meets its goal."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

SHORT = "(a short run)"  # stands behind the machine's name
STORED = Path(__file__).parents[2] / "var" / "bench.json"


@dataclass(frozen=True)
class Point:
    """A figure on a curve: `value` of the `series`, where the curve stands `at` so many clocks or workers."""

    curve: str
    series: str
    at: int
    value: float


@dataclass(frozen=True)
class Row:
    """`ratio` is the product's figure against the `floor`'s, which says what it is and what it came to.

    `points` are what it adds to the curves of growth.
    """

    name: str
    ratio: float
    goal: str
    ok: bool
    floor: str
    points: tuple[Point, ...] = ()

    @classmethod
    def at_most(cls, most: float, name: str, ratio: float, floor: str, points: tuple[Point, ...] = ()) -> "Row":
        """A row that is good when the ratio is small."""
        return cls(name, round(ratio, 3), f"<= {most:g}", ratio <= most, floor, points)

    @classmethod
    def at_least(cls, least: float, name: str, ratio: float, floor: str, points: tuple[Point, ...] = ()) -> "Row":
        """A row that is good when the ratio is large."""
        return cls(name, round(ratio, 3), f">= {least:g}", ratio >= least, floor, points)


def seconds(action: Callable[[], object]) -> float:
    """How long something takes."""
    began = perf_counter()
    action()
    return perf_counter() - began


def medians(rounds: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """The median of each figure over rounds in which all of them were measured, one after the other."""
    measured = list(rounds)
    return {name: median(each[name] for each in measured) for name in measured[0]}


def milliseconds(duration: float) -> str:
    """A duration in seconds as the table shows it."""
    return f"{duration * 1_000:,.1f} ms"


def table(rows: Iterable[Row]) -> str:
    """The rows as a table of plain text."""
    cells = [("", "ratio", "goal", "measured against")]
    cells += [(row.name, f"{row.ratio:,.2f}", row.goal + (" ok" if row.ok else " MISSED"), row.floor) for row in rows]
    widths = [max(len(line[column]) for line in cells) for column in range(3)]
    return "\n".join(
        f"{name:<{widths[0]}}  {ratio:>{widths[1]}}  {goal:<{widths[2]}}  {floor}" for name, ratio, goal, floor in cells
    )


def store(rows: Iterable[Row], path: Path, *, machine: str) -> None:
    """Write the rows as JSON: a list of objects with the fields of a row and the machine that it was measured on."""
    path.parent.mkdir(parents=True, exist_ok=True)
    told = [{**asdict(row), "machine": machine} for row in rows]
    path.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
