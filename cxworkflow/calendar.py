"""Due dates, from recorded facts alone: pure functions over calendar days in the agency's time zone."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Self
from zoneinfo import ZoneInfo

import holidays

EASTERN = ZoneInfo("America/New_York")
ONE_DAY = timedelta(days=1)


def day_of(at: datetime, zone: ZoneInfo = EASTERN) -> date:
    """The calendar day of an aware moment; a day ends at midnight in the zone (domain: section 2)."""
    if at.tzinfo is None:
        raise ValueError("A moment without its offset has no calendar day here.")
    return at.astimezone(zone).date()


def moment(on: date, hour: int = 0, minute: int = 0, zone: ZoneInfo = EASTERN) -> datetime:
    """The moment at which the clocks of the zone show this day and time."""
    return datetime.combine(on, time(hour, minute), zone)


@lru_cache(maxsize=256)
def federal_holidays(year: int) -> frozenset[date]:
    """US federal holidays kept in a calendar year, on the days they are observed."""
    return frozenset(day for day in holidays.country_holidays("US", years=year) if day.year == year)


@dataclass(frozen=True)
class Closure:
    """A day on which offices close by order (an inauguration, an executive order), and when that was announced."""

    day: date
    announced_on: date


@dataclass(frozen=True)
class Term:
    """How long a clock runs: so many days from its start, or until a fixed day; never past its cap.

    `closures` are all that were ever announced; `closed_on` those that count at the moment.
    """

    days: int | None = None
    fixed_on: date | None = None
    cap_on: date | None = None
    business: bool = False
    roll: bool = False
    closed_on: frozenset[date] = frozenset()
    closures: tuple[Closure, ...] = ()

    @property
    def minds_closures(self) -> bool:
        """Whether a day on which offices close makes any difference to it."""
        return self.business or self.roll

    def known_before(self, on: date, changes: Iterable["Change"] = ()) -> Self:
        """The term with the closures announced before this day, and those for which a clock was counted again.

        Others that are announced on the day itself reach a clock by being counted again.
        """
        if not self.closures:
            return self
        announced = {each.day for each in self.closures if each.announced_on < on}
        heeded = {change.closed for change in changes if change.closed is not None}
        return replace(self, closed_on=frozenset(announced | heeded))

    def closing(self, clock: "Run", day: date) -> date:
        """The due date of a clock once this day turns out to be closed.

        While a clock is paused, its due date is the one it would have if it were resumed on the day of the pause.
        """
        if not self.is_open(day):
            return clock.due_on
        without = replace(self, closed_on=self.closed_on | {day})
        due_on = clock.due_on
        counted = clock.started_on < day <= due_on and not any(since <= day < until for since, until in clock.pauses)
        if self.business and counted:
            due_on = without.rolled(due_on + ONE_DAY)
        return max(clock.due_on, without.capped(without.rolled(due_on)))

    def is_open(self, on: date) -> bool:
        """Whether offices are open on a day: no weekend, no federal holiday, not closed by order."""
        return on.weekday() < 5 and on not in federal_holidays(on.year) and on not in self.closed_on

    def rolled(self, on: date) -> date:
        """The same day, or the next business day where the policy says so or counts business days."""
        while (self.roll or self.business) and not self.is_open(on):
            on += ONE_DAY
        return on

    def due_on(self, started_on: date) -> date:
        """The day on which a clock started on this day is due."""
        if self.fixed_on is not None:
            return self.capped(self.rolled(self.fixed_on))
        return self.capped(self.rolled(self.counted(started_on, self.days or 0)))

    def counted(self, on: date, days: int) -> date:
        """The day that is so many days after another, as the clock counts them: calendar or business days."""
        if not self.business:
            return on + timedelta(days=days)
        while days:
            on += ONE_DAY
            days -= self.is_open(on)
        return on

    def days_of(self, pause: tuple[date, date]) -> int:
        """How many of the days that the clock counts fall into a pause: its first day does, its last does not."""
        since, until = pause
        length = (until - since).days
        return sum(self.is_open(since + timedelta(days=day)) for day in range(length)) if self.business else length

    def capped(self, on: date) -> date:
        """The earlier of a day and the cap."""
        return on if self.cap_on is None else min(on, self.cap_on)


class ChangeKind(StrEnum):
    """What can happen to a clock."""

    STARTED = "started"
    STOPPED = "stopped"
    RESTARTED = "restarted"
    EXTENDED = "extended"
    PAUSED = "paused"
    RESUMED = "resumed"
    RECOMPUTED = "recomputed"
    LIFTED = "lifted"  # what it counts to is no longer asked for


class ClockState(StrEnum):
    """How a clock stands on a given day."""

    RUNNING = "running"
    PAUSED = "paused"
    OVERDUE = "overdue"
    MET = "met"
    LATE = "late"
    LIFTED = "lifted"


@dataclass(frozen=True)
class Change:
    """One recorded event in a clock's life; `due_on` is an extension's new date, `closed` a recomputation's day."""

    kind: ChangeKind
    on: date
    due_on: date | None = None
    closed: date | None = None


@dataclass(frozen=True)
class Run:
    """Where a clock stands after its changes. `due_set_on` is the day this due date was set.

    `pauses` are those that are over, each from its first day until (not on) the day of the resumption.
    """

    started_on: date
    original_due_on: date
    due_on: date
    due_set_on: date
    paused_on: date | None = None
    stopped_on: date | None = None
    pauses: tuple[tuple[date, date], ...] = ()
    lifted: bool = False

    def days_late(self, on: date) -> int:
        """Days past the due date at the stop, at the pause, or on this day."""
        end = self.stopped_on or self.paused_on or on
        return 0 if self.lifted else max(0, (end - self.due_on).days)

    def state(self, on: date) -> ClockState:
        """The clock's state on a day."""
        if self.lifted:
            return ClockState.LIFTED
        late = self.days_late(on) > 0
        if self.stopped_on is not None:
            return ClockState.LATE if late else ClockState.MET
        if self.paused_on is not None:
            return ClockState.PAUSED
        return ClockState.OVERDUE if late else ClockState.RUNNING


def run(term: Term, changes: Iterable[Change]) -> Run:
    """The one function from recorded events to due dates.

    ValueError unless they begin with a start and none lies before the one it follows.
    """
    clock: Run | None = None
    before: list[Change] = []
    for change in changes:
        if before and change.on < before[-1].on:
            raise ValueError("What happens to a clock can't lie before what happened to it last.")
        clock = _after(term.known_before(change.on, before), clock, change)
        before.append(change)
    if clock is None:
        raise ValueError("A clock needs a start.")
    return clock


def _after(term: Term, clock: Run | None, change: Change) -> Run:  # noqa: PLR0911  # a line for each kind of change
    if clock is None:
        if change.kind is not ChangeKind.STARTED:
            raise ValueError("A clock begins with a start.")
        due_on = term.due_on(change.on)
        return Run(change.on, due_on, due_on, change.on)
    match change.kind:
        case ChangeKind.STOPPED | ChangeKind.LIFTED:
            # Stopping ends a pause: the days paused until then count as on a resumption.
            clock = _resumed(term, clock, change.on)
            return replace(clock, stopped_on=change.on, lifted=change.kind is ChangeKind.LIFTED)
        case ChangeKind.RESTARTED:
            return replace(clock, stopped_on=None, due_set_on=change.on)
        case ChangeKind.PAUSED:
            return replace(clock, paused_on=change.on)
        case ChangeKind.RESUMED:
            return replace(_resumed(term, clock, change.on), due_set_on=change.on)
        case ChangeKind.EXTENDED:
            return replace(clock, due_on=change.due_on or clock.due_on, due_set_on=change.on)
        case ChangeKind.RECOMPUTED:
            due_on = term.closing(clock, change.closed) if change.closed else clock.due_on
            return replace(clock, due_on=due_on, due_set_on=change.on)
        case ChangeKind.STARTED:
            raise ValueError("A clock starts once.")


def _resumed(term: Term, clock: Run, on: date) -> Run:
    """The due date moves by the days of the pause that would have been counted, and no further than the cap."""
    if clock.paused_on is None:
        return clock
    pause = (clock.paused_on, on)
    moved_to = clock.due_on
    if days := term.days_of(pause):
        moved_to = term.rolled(term.counted(clock.due_on, days))
    if term.cap_on is not None:
        # An extension past the cap, granted on a cited authority, is not taken back by a resumption.
        moved_to = min(moved_to, max(term.cap_on, clock.due_on))
    return replace(clock, due_on=moved_to, paused_on=None, pauses=(*clock.pauses, pause))
