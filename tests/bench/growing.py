"""How it grows: a sweep among ten thousand clocks and up to a million, reminders sent by one, two and four workers."""

from collections.abc import Iterator

from tests.bench.busy import busy
from tests.bench.crew import Hand, workers
from tests.bench.due_to_sent import swept_and_sent
from tests.bench.place import CORES, Place, application, inside
from tests.bench.population import DUE, Population, as_swept_lately, populate
from tests.bench.rows import Point, Row, medians, milliseconds
from tests.bench.sweeping import figures

SWEEP = f"a sweep that owes {DUE:,} reminders"
RAW = "one INSERT of the same rows"
IDLE = "a sweep that owes none"
CREWS = (1, 2, 4)


def rows(place: Place) -> Iterator[Row]:
    """Growth by clocks, then by workers."""
    yield from _by_clocks(place)
    yield from _by_workers(place)


def _by_clocks(place: Place) -> Iterator[Row]:
    took = figures(place)
    few = place.scale.few_clocks
    for clocks, here in took.items():
        points = (
            Point("clocks", SWEEP, clocks, here.sweep * 1_000),
            Point("clocks", RAW, clocks, here.raw * 1_000),
            Point("clocks", IDLE, clocks, here.idle * 1_000),
        )
        yield Row.at_most(
            1.5,
            f"growth: sweep among {clocks:,} clocks, against SQL",
            here.sweep / here.raw,
            f"{RAW} there: {milliseconds(here.raw)} (the sweep {milliseconds(here.sweep)})",
            points,
        )
        if clocks != few:
            yield Row.at_most(
                2,
                f"growth: sweep among {clocks:,} clocks, against {few:,}",
                here.sweep / took[few].sweep,
                f"among {few:,} clocks: {milliseconds(took[few].sweep)} (here {milliseconds(here.sweep)})",
            )


def _by_workers(place: Place) -> Iterator[Row]:
    count = place.scale.reminders
    took: dict[int, dict[str, float]] = {}
    for clocks in (10 * count, place.scale.clocks):
        with place.database() as url, inside(application(url)):
            made = populate(clocks, due=count)
            with workers(url, "-", place.folder / f"journal-{clocks}", max(CREWS)) as crew:
                took[clocks] = medians(_rounds(place, made, crew, count))
        yield from _rows(clocks, count, took[clocks])
    few, many = took
    ones = {clocks: count / each["1"] for clocks, each in took.items()}
    yield Row.at_least(
        0.8,
        f"growth: {count:,} reminders among {many:,} clocks, against {few:,}",
        ones[many] / ones[few],
        f"one worker, among {few:,} clocks: {ones[few]:,.0f} a second (here {ones[many]:,.0f})",
    )


def _rounds(place: Place, made: Population, crew: list[Hand], count: int) -> Iterator[dict[str, float]]:
    """Each round has a day for each number of workers; the first round warms up."""
    day = iter(range(1, len(CREWS) * (place.scale.long_rounds + 1) + 1))
    for number in range(place.scale.long_rounds + 1):
        took: dict[str, float] = {}
        for size in CREWS:
            as_swept_lately()
            before = busy(crew)
            took[f"{size}"] = swept_and_sent(crew[:size], made.day(next(day)), count)
            spent = busy(crew) - before
            took |= {f"{size} all": spent.machine / took[f"{size}"], f"{size} crew": spent.crew / took[f"{size}"]}
        if number:
            yield took


def _rows(clocks: int, count: int, took: dict[str, float]) -> Iterator[Row]:
    among = f"among {clocks:,} clocks"
    rate = {size: count / took[f"{size}"] for size in CREWS}
    points = {
        size: (
            Point("workers", among, size, rate[size]),
            Point("cores", f"busy, {among}", size, took[f"{size} all"]),
            Point("cores", f"with workers, {among}", size, took[f"{size} crew"]),
            Point("cores", f"there, {among}", size, CORES),
        )
        for size in CREWS
    }
    for size in CREWS[1:]:
        busy_then = f"{took[f'{size} all']:.1f} of {CORES} cores busy"
        yield Row.at_least(
            1.25
            if size <= CORES
            else 1,  # PostgreSQL works on the same cores: more workers than those only must not harm
            f"growth: {count:,} reminders {among}, {size} workers",
            rate[size] / rate[1],
            f"one worker: {rate[1]:,.0f} a second (here {rate[size]:,.0f}, {busy_then})",
            points[size] if size != CREWS[1] else (*points[CREWS[0]], *points[size]),
        )
