"""Which rungs of a reminder ladder have been reached: pure; days are relative to the due date."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from cxworkflow.calendar import EASTERN, day_of

FIRES_AT = time(6, 0)


def firing_day(at: datetime, zone: ZoneInfo = EASTERN) -> date:
    """The last day whose rungs may fire at this moment: today from 06:00 on, else yesterday."""
    local = at.astimezone(zone)
    return day_of(at, zone) - timedelta(days=local.time() < FIRES_AT)


def rungs_until(rungs: Sequence[int], repeat_every: int | None, last: int) -> Iterator[int]:
    """The rungs of a ladder in order, repeated after its last one, up to `last` days after the due date."""
    yield from (rung for rung in sorted(rungs) if rung <= last)
    if repeat_every:
        yield from range(max(rungs) + repeat_every, last + 1, repeat_every)


def reached(
    rungs: Iterable[int], *, due_on: date, due_set_on: date, on: date
) -> list[int]:
    """The rungs that have fired by a day: only days after the one on which this due date was set count."""
    days = ((rung, due_on + timedelta(days=rung)) for rung in rungs)
    return [rung for rung, day in days if due_set_on < day <= on]
