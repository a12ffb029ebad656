"""The rungs of a reminder ladder and when they fire: pure; rungs are days relative to the due date."""

from collections.abc import Iterator, Sequence
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
