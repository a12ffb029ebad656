"""The simulation: one day after another on the movable clock, with faults in between, and a verdict in the end."""

import logging
import random
import re
import threading
import time
import traceback
from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from datetime import time as time_of_day

from flask import Flask

from config import settings
from config.settings import POLICIES
from cxworkflow import bell, demo, logs
from cxworkflow.app import create_app
from cxworkflow.db import db
from cxworkflow.scope import SYSTEM, within
from tests.chaos.absences import Absences, Arranged
from tests.chaos.faults import Faults
from tests.chaos.guards import GUARDS
from tests.chaos.oracle import FIRES_AT, Days, moment
from tests.chaos.people import POLICY, People
from tests.chaos.plan import Plan, Result
from tests.chaos.premises import BEATS, WORKERS, Premises
from tests.chaos.verdict import escalated, judge
from tests.chaos.watch import PATIENCE, Watch

AN_HOUR_LATER, NOON = time_of_day(7), time_of_day(12)
SOON = 0.5  # seconds of real time within which a day's faults happen, dawn and noon each
LESS = timedelta(seconds=60)  # patience of a run without a guard, which is to end soon
HURRIED = 0.15  # the share of days on which nobody waits until everything is sent


class Simulation:
    """One run on its premises."""

    def __init__(self, plan: Plan, premises: Premises, app: Flask, say: Callable[[str], None]) -> None:
        self._plan, self._premises, self._say = plan, premises, say
        self._chance = random.Random(plan.seed)
        self._people = People(app, random.Random(plan.seed + 1))
        self._bell: bell.Bell = app.extensions["bell"]
        self._guard = GUARDS[plan.without] if plan.without else None
        often = self._guard.against if self._guard else ()
        self._faults = Faults(premises, random.Random(plan.seed + 2), often=often)
        self._watch = Watch(premises)
        self._ringing = threading.Event()
        self._moves: list[tuple[float, datetime]] = []
        self._days = Days()
        absent = (premises, random.Random(plan.seed + 3), plan.days, self._faults.note)
        self._absences = Arranged(*absent, self._guard.scene) if self._guard else Absences(*absent)
        self._wrong: list[str] = []

    def run(self) -> Result:
        """Play all days, wait until all is sent, judge."""
        threading.excepthook = self._thread_failed
        self._people.open_house(moment(self._plan.begins_on, time_of_day(5)))
        self._premises.open()
        threading.Thread(target=self._ring, name="ringer", daemon=True).start()
        played, ends_at = 0, float("inf")
        for played in range(1, self._plan.days + 1):
            on = self._plan.begins_on + timedelta(days=played - 1)
            if played == 2:
                ends_at = time.monotonic() + self._plan.seconds  # how long all takes to start depends on the machine
            last = played == self._plan.days or time.monotonic() > ends_at
            if not self._day(on, self._share(played), last=last) or last or self._noticed(played):
                break
        self._premises.want((*WORKERS, *BEATS), wanted=False)
        return self._result(played)

    def _noticed(self, played: int) -> bool:
        """Whether the absence of the guard that was removed has been found out already."""
        if self._guard is None or self._absences.off:
            return False
        told = self._result(played).sentences.items()
        return any(re.match(self._guard.found, f"{title}: {each}") for title, found in told for each in found)

    def _result(self, played: int) -> Result:
        policy, mailbox = POLICIES / f"{POLICY}.toml", self._premises.mailbox
        verdict = self._watch.ask(lambda database: judge(policy, database, mailbox, self._days, self._shown))
        wrong = self._wrong + self._premises.ended_by_themselves
        return Result(dict(self._faults.happened), played, self._people.did, verdict, wrong)

    def _thread_failed(self, failed: threading.ExceptHookArgs) -> None:
        told = "".join(traceback.format_exception(failed.exc_type, failed.exc_value, failed.exc_traceback))
        self._wrong.append(f"the rig's own {failed.thread.name if failed.thread else 'thread'} failed: {told}")

    def _share(self, played: int) -> int:
        """How many of the faults still to happen this day gets: more at first, since none come while all is off."""
        rate = 1.5 * max(0, self._plan.faults - self._faults.total) / (self._plan.days - played + 1)
        return int(rate) + (self._chance.random() < rate % 1)

    def _day(self, on: date, faults: int, *, last: bool) -> bool:
        """One day; False if it did not settle."""
        away = self._absences
        away.begin(on, last=last)
        if away.late_today(last=last):
            away.leave("everything off for an hour")
            self._move(on, FIRES_AT)
            away.come_back()
            self._move(on, AN_HOUR_LATER)
        if not away.off:
            if self._guard and self._guard.every_dawn:
                self._faults.inflict(self._guard.every_dawn)
                time.sleep(SOON)
            with self._happening(faults // 2 + faults % 2):
                self._move(on, FIRES_AT)
                hurried = self._chance.random() < HURRIED and not away.recovering
                if not last and (away.no_mail or hurried):
                    time.sleep(self._chance.uniform(0, SOON))
                elif not self._settle(on):
                    return False
        with self._happening(0 if away.off else faults // 2):
            self._move(on, NOON)
            for _ in range(self._chance.randint(1, 3)):
                self._people.act()
        if on.day == 1:
            self._say(f"{on}: {self._faults.total} faults, {self._people.did} actions")
        if last:
            self._make_up()
            self._premises.smtp.disarm()
            return self._settle(on)
        return True

    def _make_up(self) -> None:
        """On the last of all days, let happen what was set up and never did."""
        tries = self._plan.faults if self._plan.seconds == float("inf") else 0
        while self._faults.total < self._plan.faults and tries:
            self._faults.inflict()
            tries -= 1
            time.sleep(SOON / 5)

    def _move(self, on: date, at: time_of_day) -> None:
        """Move the clock on, unless it is later already."""
        to = moment(on, at)
        if self._moves and self._moves[-1][1] >= to:
            return
        self._moves.append((time.time(), to))
        self._people.set_clock(on, at)

    def _shown(self, at: float) -> datetime:
        """What the simulated clock showed at most at a moment of real time."""
        since, to = self._moves[max(0, bisect_right(self._moves, at, key=lambda move: move[0]) - 1)]
        return to + timedelta(seconds=at - since)

    def _settle(self, on: date) -> bool:
        """Wait until the day has been swept and everything is sent."""
        # The first day waits for the workers to start, guard or no guard.
        patience = (LESS if self._guard and self._days.swept else PATIENCE).total_seconds()
        until, sight = time.monotonic() + patience, None
        self._ringing.set()
        try:
            while time.monotonic() < until:
                sight = self._watch.look()
                if sight is not None and sight.swept_for_on is not None and sight.swept_for_on >= on:
                    self._swept(on)
                    if sight.settled_for(on):
                        self._days.settled.add(on)
                        return True
                time.sleep(0.02)
        finally:
            self._ringing.clear()
        swept = sight is not None and sight.swept_for_on is not None and sight.swept_for_on >= on
        what, away = "did not settle" if swept else "was not swept", " and ".join(self._absences.lacking) or "nothing"
        self._wrong.append(f"{on} {what} within {patience:.0f} seconds without {away}: {self._watch.look()}")
        self._wrong += self._watch.sessions()
        return False

    def _swept(self, on: date) -> None:
        if on in self._days.swept:
            return
        self._days.swept.add(on)
        if self._absences.recovering:
            self._absences.recovering = False
            policy = POLICIES / f"{POLICY}.toml"
            missing = self._watch.ask(lambda database: escalated(policy, database, self._days))
            self._wrong += [f"{on}, first sweep after a recovery: {each}" for each in missing]

    def _ring(self) -> None:
        """Ring the bell while somebody waits, as the moving of the demo's clock does."""
        while self._ringing.wait():
            self._bell.ring(bell.TICK)
            time.sleep(0.25)

    @contextmanager
    def _happening(self, number: int) -> Iterator[None]:
        """So many faults at random moments while the block runs, or shortly after it began."""
        moments = sorted(self._chance.uniform(0, SOON) for _ in range(number))

        def one_by_one() -> None:
            began = time.monotonic()
            for each in moments:
                time.sleep(max(0.0, began + each - time.monotonic()))
                self._faults.inflict()

        happening = threading.Thread(target=one_by_one, name="faults")
        happening.start()
        try:
            yield
        finally:
            happening.join()


def simulate(plan: Plan, premises: Premises, say: Callable[[str], None]) -> Result:
    """Play a plan on opened premises."""
    logs.configure(logging.ERROR)
    bell.QUIET_AFTER_FAILURE = 1
    demo.REREAD_AFTER = 0
    app = create_app(settings.read(premises.settings))
    try:
        return Simulation(plan, premises, app, say).run()
    finally:
        with app.app_context(), within(SYSTEM):
            db.engine.dispose()
