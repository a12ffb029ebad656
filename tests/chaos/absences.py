"""Who is away: all workers and beats for an hour or for days, Redis or the mail server for two days."""

import random
from collections.abc import Callable
from datetime import date, timedelta

from tests.chaos.premises import BEATS, WORKERS, Premises

OFF = {3: 0.03, 60: 0.005}  # how likely a day is the first of so many without any worker or beat
HOUR = 0.03  # how likely they are off at dawn for an hour
LACKING = 0.04  # how likely Redis, or the mail server, begins to be away
LACKING_FOR = timedelta(days=2)
SERVERS = {"valkey": "Redis", "mailbox": "mail server"}


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
            for days in self._lengths:
                by_chance, surely = self._chance.random() < OFF[days], self._surely.get(days, self._played + 1)
                if self._back_on is None and (by_chance or surely <= self._played):
                    self._surely.pop(days, None)
                    self._back_on = on + timedelta(days=days)
                    self.leave(f"everything off for {days} days")
        for name, back_on in tuple(self._lacking.items()):
            if last or on >= back_on:
                del self._lacking[name]
                self._premises.lack(name, lacking=False)
        for name, title in SERVERS.items():
            if self._chance.random() < LACKING and name not in self._lacking and not last:
                self._lacking[name] = on + LACKING_FOR
                self._premises.lack(name, lacking=True)
                self._note(f"{title} away for {LACKING_FOR.days} days")

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
