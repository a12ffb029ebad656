"""The sweep: against the raw insert of what it owes, among ten thousand clocks and up to a million, busy and idle."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from flask import Flask
from sqlalchemy import text

from cxworkflow.calendar import moment
from cxworkflow.db import session, unit_of_work
from cxworkflow.ladder import FIRES_AT
from cxworkflow.scope import SYSTEM, within
from cxworkflow.services import reminders
from tests.bench.place import ROOT, Place, application, inside
from tests.bench.population import DUE, MOST_DAYS, Population, as_swept_lately, populate
from tests.bench.rows import Row, medians, milliseconds, seconds


@dataclass(frozen=True)
class Figures:
    """What was measured among so many clocks; the peak in KiB, all others in seconds."""

    sweep: float
    raw: float
    idle: float
    peak: int


def rows(place: Place) -> Iterator[Row]:
    """Rows 1 and 2 of the goals, and the memory that a sweep takes."""
    many, few = place.scale.clocks, place.scale.few_clocks
    took = figures(place)
    here, there = took[many], took[few]
    due = f"{DUE:,} rungs due among {many:,} clocks"
    yield Row.at_most(
        1.5,
        f"sweep, {due}, against SQL",
        here.sweep / here.raw,
        f"one INSERT of the same rows: {milliseconds(here.raw)} (the sweep {milliseconds(here.sweep)})",
    )
    yield Row.at_most(
        2, f"sweep, {due}, against few", here.sweep / there.sweep, f"among {few:,} clocks: {milliseconds(there.sweep)}"
    )
    yield Row.at_most(
        10,
        f"idle sweep, {many:,} clocks",
        here.idle / there.idle,
        f"among {few:,} clocks: {milliseconds(there.idle)} (here {milliseconds(here.idle)})",
    )
    yield Row.at_most(
        1.1,
        f"peak memory of a sweep, {many:,} clocks",
        here.peak / there.peak,
        f"among {few:,} clocks: {there.peak:,} KiB (here {here.peak:,} KiB)",
    )


@lru_cache(maxsize=1)
def figures(place: Place) -> dict[int, Figures]:
    """By number of clocks, smallest first: each measured in the same rounds, once for every part that asks."""
    sizes = (place.scale.few_clocks, place.scale.some_clocks, place.scale.clocks)
    with ExitStack() as stack:
        urls = {size: stack.enter_context(place.database()) for size in sizes}
        made = {size: _populated(url, size) for size, url in urls.items()}
        apps = {size: application(url) for size, url in urls.items()}
        took = medians(_rounds(apps, made[sizes[0]], place.scale.rounds))
        peak = {size: _peak(url, made[size].day(MOST_DAYS)) for size, url in urls.items()}
    return {
        size: Figures(took[f"sweep {size}"], took[f"raw {size}"], took[f"idle {size}"], peak[size]) for size in sizes
    }


def _populated(url: str, clocks: int) -> Population:
    with inside(application(url)):
        return populate(clocks)


def _rounds(apps: dict[int, Flask], made: Population, rounds: int) -> Iterator[dict[str, float]]:
    """One day after the other, each swept in every database; the first to warm up."""
    for number in range(1, rounds + 2):
        on, took = made.day(number), {}
        for size, app in apps.items():
            with app.app_context(), within(SYSTEM):
                as_swept_lately()
                took[f"sweep {size}"] = seconds(lambda on=on: sweep(on, DUE))  # type: ignore[misc]
                _stage(on)
                took[f"raw {size}"] = seconds(_insert)
                took[f"idle {size}"] = seconds(lambda on=on: sweep(on, 0))  # type: ignore[misc]
                _as_sent()
        if number > 1:
            yield took


def sweep(on: date, owed: int) -> None:
    """Sweep a day, committed; it has to owe so many."""
    with unit_of_work():
        done = reminders.sweep(at=moment(on, FIRES_AT.hour, FIRES_AT.minute))
    if done.owed != owed:
        raise RuntimeError(f"The sweep of {on} owed {done.owed} reminders, not {owed}.")


_COLUMNS = (
    "kind, person_id, to_role, to_address, component_id, strategy_id, clock_id, rung, due_on, owed_on, owed_at, "
    "facts, state, attempt, closed_reason"
)


def _stage(on: date) -> None:
    """Copy what was owed on this day, so that raw SQL can insert it again for other rungs."""
    session().execute(text("drop table if exists staged"))
    session().execute(
        text(
            f"create temporary table staged as select {_COLUMNS.replace('rung', 'rung - 1000 as rung')} "
            "from notice where owed_on = :on"
        ),
        {"on": on},
    )
    session().commit()
    session().execute(text("analyze staged"))
    session().commit()


def _insert() -> None:
    """The same rows, ready made, under the same guard against a second sweep: the unique key."""
    session().execute(
        text(
            f"insert into notice ({_COLUMNS}) select {_COLUMNS} from staged "
            "on conflict (clock_id, due_on, rung, person_id) do nothing"
        )
    )
    session().commit()


def _as_sent() -> None:
    """Close the day: a backlog is not what is measured here. Like senders, it looks again until nothing is left."""
    session().execute(text("update notice set state = 'sent', sent_at = owed_at where state = 'owed'"))
    session().commit()
    session().execute(text("select id from notice where open and state = 'owed' order by next_try_at, id limit 50"))
    session().commit()


def _peak(url: str, on: date) -> int:
    """The most memory, in KiB, of a program that does nothing but one sweep of everything since the last day."""
    command = [sys.executable, "-m", "tests.bench.sweeping", url, on.isoformat()]
    return int(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)


def _sweep_and_tell(url: str, on: date) -> None:
    import resource  # not on every system

    with inside(application(url)), unit_of_work():
        reminders.sweep(at=moment(on, FIRES_AT.hour, FIRES_AT.minute))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


if __name__ == "__main__":
    _sweep_and_tell(sys.argv[1], date.fromisoformat(sys.argv[2]))
