"""Who is away: all workers and beats for an hour or for days, Redis or the mail server for two days."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from tests.chaos.premises import BEATS, WORKERS, Premises

OFF = {3: 0.03, 60: 0.005}  # how likely a day is the first of so many without any worker or beat
HOUR = 0.03  # how likely they are off at dawn for an hour
LACKING = 0.04  # how likely Redis, or the mail server, begins to be away
LACKING_FOR = timedelta(days=2)
SERVERS = {"valkey": "Redis", "mailbox": "mail server"}


@dataclass(frozen=True)
class Scene:
    """What is arranged: on the run's day `off_on` everything goes off, from `lacks_from` on a server is away."""

    off_on: int = 0
    lacks: str = ""
    lacks_from: int = 0


class Absences:
    """Decides at random, day by day; `note` is told what begins."""

    def __init__(self, premises: Premises, chance: random.Random, days: int, note: Callable[[str], None]) -> None:
        self._premises, self._chance, self._note = premises, chance, note
        # In a run that is long enough for it, each length of absence comes at least once: on this day or before.
        self._surely = {length: chance.randrange(days - length) for length in OFF if length * 3 < days}
        self._lengths = tuple(self._surely)
        self._played = 0
        self._back_on: date | None = None
        self._lacking: dict[str, date] = {}
        self.recovering = False  # from the return of the workers until their first sweep is seen

    @property
    def off(self) -> bool:
        """Whether no worker and no beat runs."""
        return self._back_on is not None

    @property
    def no_mail(self) -> bool:
        """Whether the mail server is away."""
        return "mailbox" in self._lacking

    def begin(self, on: date, *, last: bool) -> None:
        """A day begins: some come back, all on the last day; others may leave."""
        self._played += 1
        if self._back_on is not None and (last or on >= self._back_on):
            self._back_on = None
            self.come_back()
        elif self._back_on is None and not last:
            days = self._off_for()
            if days:
                self._back_on = on + timedelta(days=days)
                self.leave(f"everything off for {days} days")
        for name, back_on in tuple(self._lacking.items()):
            if last or on >= back_on:
                del self._lacking[name]
                self._premises.lack(name, lacking=False)
        for name, title in SERVERS.items():
            if self._goes_away(name) and name not in self._lacking and not last:
                self._lacking[name] = on + LACKING_FOR
                self._premises.lack(name, lacking=True)
                self._note(f"{title} away for {LACKING_FOR.days} days")

    @property
    def lacking(self) -> list[str]:
        """What is away at the moment."""
        return [SERVERS[name] for name in self._lacking]

    def _off_for(self) -> int:
        """For how many days everything goes off today; 0 if it does not."""
        for days in self._lengths:
            by_chance, surely = self._chance.random() < OFF[days], self._surely.get(days, self._played + 1)
            if by_chance or surely <= self._played:
                self._surely.pop(days, None)
                return days
        return 0

    def _goes_away(self, name: str) -> bool:  # noqa: ARG002  # a scene names one
        return self._chance.random() < LACKING

    def late_today(self, *, last: bool) -> bool:
        """Whether workers and beats miss the day's first hour."""
        return not self.off and not last and self._chance.random() < HOUR

    def leave(self, why: str) -> None:
        """All workers and beats end, without warning."""
        self._premises.want((*WORKERS, *BEATS), wanted=False)
        self._note(why)

    def come_back(self) -> None:
        """They start again."""
        self._premises.want((*WORKERS, *BEATS), wanted=True)
        self.recovering = True


class Arranged(Absences):
    """Not at random: everything is off for three days from one day of the run on, a server is away from another."""

    def __init__(
        self, premises: Premises, chance: random.Random, days: int, note: Callable[[str], None], scene: Scene
    ) -> None:
        super().__init__(premises, chance, days, note)
        self._scene = scene

    def _off_for(self) -> int:
        return 3 if self._played == self._scene.off_on else 0

    def _goes_away(self, name: str) -> bool:
        return name == self._scene.lacks and self._played >= self._scene.lacks_from

    def late_today(self, *, last: bool) -> bool:  # noqa: ARG002  # a scene knows no hours
        """Nobody misses an hour."""
        return False
