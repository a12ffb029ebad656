"""The curves of growth, from var/bench.json: `python -m tests.bench.curve` draws docs/growth.svg and tells the README.

The tables in the README are what is drawn: a test draws them again.
"""

import json
import re
import sys
from collections.abc import Iterable
from typing import Any

from tests.bench.drawing import Series, drawn
from tests.bench.place import ROOT
from tests.bench.rows import SHORT, STORED

README = ROOT / "README.md"
PICTURE = ROOT / "docs" / "growth.svg"
BEGINS, ENDS = "<!-- growth: `python -m tests.bench.curve` writes this part -->\n", "<!-- growth ends -->\n"
BUSY = 0.85  # of the cores, from where on they are what holds it back


def main() -> int:
    """Draw what was measured last; 1 if growth was not."""
    stored: list[dict[str, Any]] = json.loads(STORED.read_text(encoding="utf-8"))
    measured = [row for row in stored if row["points"]]
    if not measured:
        print(f"There is no growth in {STORED}. Run `python -m tests.bench growth`.", file=sys.stderr)
        return 1
    told = part(measured)
    PICTURE.write_text(drawn(tables(told)), encoding="utf-8")
    readme = README.read_text(encoding="utf-8")
    README.write_text(_between(readme, told), encoding="utf-8")
    return 0


def part(measured: Iterable[dict[str, Any]]) -> str:
    """The README's part: what it was measured on, the two tables, and where the next limit is."""
    rows = list(measured)
    curves: dict[str, dict[str, dict[int, float]]] = {}
    for point in (point for row in rows for point in row["points"]):
        curves.setdefault(point["curve"], {}).setdefault(point["series"], {})[point["at"]] = point["value"]
    shown = [
        f"On {rows[0]['machine']}:",
        _table("clocks", curves["clocks"], "{:,.1f} ms"),
        _table("workers", curves["workers"], "{:,.0f} reminders a second"),
        _limit(curves) if SHORT not in rows[0]["machine"] else "Where the next limit is, a full run says.",
    ]
    return "\n\n".join(shown) + "\n"


def tables(told: str) -> list[tuple[str, list[Series]]]:
    """What the README's part shows, by the name of its first column: each further column is a series."""
    found = []
    for block in re.findall(r"(?:^\|.*\n)+", told, re.MULTILINE):
        head, _, *lines = [[cell.strip() for cell in line.strip(" |").split("|")] for line in block.splitlines()]
        series = [
            Series(name, [(int(_number(line[0])), _number(line[column])) for line in lines])
            for column, name in enumerate(head[1:], start=1)
        ]
        found.append((head[0], series))
    return found


def present() -> str:
    """What the README says now."""
    found = re.search(f"{re.escape(BEGINS)}(.*?){ENDS}", README.read_text(encoding="utf-8"), re.DOTALL)
    assert found, "The README has no part for the curves."
    return found[1]


def _between(readme: str, told: str) -> str:
    return re.sub(f"{re.escape(BEGINS)}.*?{ENDS}", lambda _: BEGINS + told + ENDS, readme, flags=re.DOTALL)


def _table(curve: str, series: dict[str, dict[int, float]], shape: str) -> str:
    places = sorted({at for values in series.values() for at in values})
    lines = [
        f"| {curve} | {' | '.join(series)} |",
        f"|{' ---: |' * (1 + len(series))}",
        *(f"| {at:,} | {' | '.join(shape.format(values[at]) for values in series.values())} |" for at in places),
    ]
    return "\n".join(lines)


def _limit(curves: dict[str, dict[str, dict[int, float]]]) -> str:
    """Where the next limit is, in plain words, from the run among the most clocks."""
    sweep = next(iter(curves["clocks"].values()))
    few, many = min(sweep), max(sweep)
    among, rate = list(curves["workers"].items())[-1]
    one, best = min(rate), max(rate, key=lambda size: rate[size])
    cores, ours, there = (curves["cores"][f"{name}, {among}"][best] for name in ("busy", "with workers", "there"))
    others = cores - ours
    more = " and ".join(f"{size} send {rate[size] / rate[one]:.1f} times" for size in rate if size != one)
    told = (
        f"From {few:,} to {many:,} clocks, a sweep takes {sweep[many] / sweep[few]:.1f} times as long. Of the workers, "
        f"{more} what one sends. With {best}, {cores:.1f} of {there:.0f} cores are busy: "
        f"{ours:.1f} with the workers, {others:.1f} with the rest, PostgreSQL above all."
    )
    if cores < BUSY * there:
        return (
            f"{told} Cores are left, so the next limit is waiting: for commits to reach the disk, and for one another."
        )
    return (
        f"{told} **The next limit is the cores of this machine.** With the workers on others, PostgreSQL would fill "
        f"them at about {rate[best] * there / others:,.0f} a second, by the same figures."
    )


def _number(cell: str) -> float:
    found = re.match(r"[\d,.]+", cell)
    assert found, cell
    return float(found[0].replace(",", ""))


if __name__ == "__main__":
    sys.exit(main())
