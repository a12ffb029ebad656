"""The oracle: what must have been owed, worked out anew from the recorded events and the policy's text.

Nothing of the product is used here: rows by plain SQL, the policy by `tomllib`, days by the standard library.
"""

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from psycopg.rows import namedtuple_row

EASTERN = ZoneInfo("America/New_York")
FIRES_AT, DIGEST_AT = time(6), time(7)
FORTNIGHT = 14  # days
# Who is told while a role is vacant, one after the other.
NEXT_UP = {
    "lead": ("lead|ocio-hq-lead", "executive", "directorate-lead", "cio"),
    "executive": ("executive", "directorate-lead", "cio"),
    "directorate-lead": ("directorate-lead", "cio", "administrator"),
    "cio": ("cio", "directorate-lead", "administrator"),
    "administrator": ("administrator", "cio"),
}
# The record says what somebody does, a notice what was done.
TOLD_AS = {
    "submit": "submitted",
    "withdraw": "withdrawn",
    "assign": "assigned",
    "return": "returned",
    "recommend": "recommended",
    "approve": "approved",
    "reported": "implementation-reported",
}
ASKED_AT_CLOSE = "close-statement-asked"
OF_COMPONENTS = {"lead", "ocio-hq-lead", "executive", "contributor"}
Subject = tuple[Any, ...]  # what a notice is about and whom it tells


@dataclass(frozen=True)
class Span:
    """A time in a clock's life between two changes: after one day and (None: until now) before another."""

    clock_id: int
    kind: str
    component_id: int | None
    owner_id: int | None
    due_on: date
    runs: bool
    after_on: date
    before_on: date | None


@dataclass(frozen=True)
class Owed:
    """A notice that must be there, or (`must` false) may be; it must not arrive before a moment.

    `must_be_sent`: on a day that ended with everything sent, nothing had overtaken it yet. Else it may also have been
    closed, if for one of the `excuses`: a later rung ("later"), or what happened to its clock since.
    """

    subject: Subject
    must: bool
    not_before: datetime
    must_be_sent: bool
    excuses: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Days:
    """What the rig knows of the days it played: on which the sweep ran, which it saw settled to the last e-mail."""

    swept: set[date] = field(default_factory=set)
    settled: set[date] = field(default_factory=set)

    def any_swept(self, first: date, before: date | None) -> bool:
        """Whether the sweep ran on a day from the first on, before another."""
        return any(first <= day and (before is None or day < before) for day in self.swept)

    def any_settled(self, first: date, *before: date | None) -> bool:
        """Whether a day from the first on, before all the others, came to an end with everything sent."""
        return any(first <= day and all(end is None or day < end for end in before) for day in self.settled)


class Oracle:
    """Works it out for one policy and the rows of one database."""

    def __init__(self, policy: Path, connection: psycopg.Connection) -> None:
        self._policy = tomllib.loads(policy.read_text(encoding="utf-8"))
        self._rules = {rule["kind"]: rule for rule in self._policy["clocks"]}
        self._rows = connection.cursor(row_factory=namedtuple_row)
        self._holding: dict[tuple[str, int | None], set[int]] = defaultdict(set)
        for row in self._all("select person_id, role, component_id from appointment"):
            self._holding[row.role, row.component_id].add(row.person_id)
        self._changes: dict[int, list[Any]] = defaultdict(list)
        for row in self._all("select * from clock_change order by id"):
            self._changes[row.clock_id].append(row)
        self.faults: list[str] = []  # due dates that are not what the events make of them
        self.spans = list(self._spans())

    def _all(self, sql: str) -> list[Any]:
        return self._rows.execute(sql).fetchall()

    def told(self, roles: Iterable[str], component_id: int | None) -> set[int]:
        """The people who are told when these roles are."""
        people: set[int] = set()
        for role in roles:
            for step in NEXT_UP[role]:
                of = [(each, component_id if each in OF_COMPONENTS else None) for each in step.split("|")]
                found = {person for key in of for person in self._holding.get(key, ())}
                people |= found
                if found:
                    break
        return people

    def _spans(self) -> Iterator[Span]:
        promised = {row.id: row for row in self._all("select * from commitment")}
        for clock in self._all("select * from clock order by id"):
            of = promised.get(clock.commitment_id)
            rule, due_on, paused_on, stopped = self._rules[clock.kind], date.min, None, False
            cap = rule.get("cap_on")
            for line, following in zip(self._changes[clock.id], [*self._changes[clock.id][1:], None], strict=True):
                on = line.happened_on
                if line.kind == "started":
                    due_on = of.original_due_on if of else rule.get("due_on") or on + timedelta(days=rule["days"])
                    due_on = min(due_on, cap or due_on)
                elif line.kind in ("resumed", "stopped") and paused_on:
                    moved = due_on + (on - paused_on)
                    due_on = min(moved, max(cap, due_on)) if cap else moved
                elif line.kind == "extended":
                    due_on = line.due_on
                paused_on = on if line.kind == "paused" else None if line.kind in ("resumed", "stopped") else paused_on
                stopped = line.kind == "stopped"
                if line.due_on != due_on:
                    self.faults.append(
                        f"clock {clock.id} is due on {line.due_on} after {line.kind} on {on}, not {due_on}"
                    )
                runs = not stopped and paused_on is None
                ends_on = following.happened_on if following else None
                yield Span(clock.id, clock.kind, clock.component_id, of and of.owner_id, due_on, runs, on, ends_on)

    def rungs(self, span: Span, last: date) -> list[tuple[int, date]]:
        """The rungs of a span and their days, in order, those of the two changes that bound it included."""
        ladder = self._policy["ladders"][self._rules[span.kind]["ladder"]]
        rungs = sorted(ladder["rungs"])
        if every := ladder.get("repeat_every"):
            rungs += range(rungs[-1] + every, max((last - span.due_on).days, rungs[-1]) + 1, every)
        end = min(span.before_on or last, last)
        days = [(rung, span.due_on + timedelta(days=rung)) for rung in rungs]
        return [(rung, day) for rung, day in days if span.after_on <= day <= end]

    def told_at(self, span: Span, rung: int) -> set[int]:
        """The people whom a rung tells."""
        ladder = self._policy["ladders"][self._rules[span.kind]["ladder"]]
        roles = [step["role"] for step in ladder["to"] if rung >= step.get("from_rung", rung)]
        owner = {span.owner_id} if "owner" in roles and span.owner_id else set()
        return self.told([role for role in roles if role != "owner"], span.component_id) | owner

    def reminders(self, days: Days) -> Iterator[Owed]:
        """The reminders of all clocks. On the very day of a change a rung may be owed or not."""
        last = max(days.swept, default=date.min)
        for span in self.spans:
            if not span.runs:
                continue
            rungs = self.rungs(span, last)
            for number, (rung, day) in enumerate(rungs):
                follows_on = rungs[number + 1][1] if number + 1 < len(rungs) else None
                must = span.after_on < day and days.any_swept(day, span.before_on)
                sent = must and days.any_settled(day, span.before_on, follows_on)
                since = {line.kind for line in self._changes[span.clock_id] if line.happened_on >= day}
                excuses = frozenset(since | ({"later"} if follows_on and follows_on <= last else set()))
                for person in self.told_at(span, rung):
                    subject = ("deadline", span.clock_id, span.due_on, rung, person)
                    yield Owed(subject, must, moment(day, FIRES_AT), sent, excuses)

    def events(self) -> Iterator[Owed]:
        """The notices about what people did: one to each person whom the policy names, whatever has happened since."""
        told_of = self._policy["notices"]
        for event in self._all("select * from event order by id"):
            kind = TOLD_AS.get(event.verb, event.verb)
            people = self.told(told_of.get(kind, ()), event.component_id)
            if kind == "assigned":
                people.add(event.details["whom"])
            for person in people:
                yield Owed((kind, event.component_id, event.at, person), True, event.at, True)

    def closes(self) -> Iterator[Owed]:
        """At the close of the year, every Component that had to file and has not implemented is asked to say why."""
        events = self._all("select * from event order by id")
        signed = {kind for kind, rule in self._rules.items() if rule["starts"] == "signed"}
        obliged = {span.component_id for span in self.spans if span.kind in signed} - {None}
        for close in (event for event in events if event.verb == "close-drawn-up"):
            done = {event.component_id for event in events if event.verb == "implemented" and event.at <= close.at}
            for component in obliged - done:
                for person in self.told(self._policy["notices"][ASKED_AT_CLOSE], component):
                    yield Owed((ASKED_AT_CLOSE, component, close.at, person), True, close.at, True)

    def digests(self, days: Days) -> Iterator[Owed]:
        """One a week to the Directorate lead and the CIO, if the system ran after Monday's 07:00."""
        weeks = {day - timedelta(days=day.weekday() + before) for day in days.swept for before in (0, 7)}
        for monday in sorted(weeks):
            # The rig plays 06:00 and noon: on Monday itself, the digest comes between the two.
            settled = days.any_settled(monday + timedelta(days=1), monday + timedelta(days=7))
            for person in self.told(("directorate-lead", "cio"), None):
                yield Owed(("digest", monday.isoformat(), person), settled, moment(monday, DIGEST_AT), settled)

    def vacancies(self, days: Days) -> Iterator[Owed]:
        """One a month to the administrator for each role of a Component with running clocks that nobody holds.

        Two are two weeks apart at least, so that in the first half of a month it may still be to come.
        """
        for component in {span.component_id for span in self.spans if span.component_id is not None}:
            for role in ("lead", "executive"):
                of = NEXT_UP[role][0].split("|")
                if any(self._holding.get((each, component)) for each in of):
                    continue
                for month in {day.replace(day=1) for day in days.settled}:
                    told = any(day.replace(day=1) == month and day.day > FORTNIGHT for day in days.settled)
                    for person in self.told(("administrator",), None):
                        subject = ("vacancy", component, role, f"{month:%Y-%m}", person)
                        yield Owed(subject, told, moment(month, time(0)), told)

    def knows(self, kind: str) -> bool:
        """Whether it can say when a notice of this kind is owed, and when not."""
        return kind in ("deadline", "digest", "vacancy") or kind in self._policy["notices"]

    def everything(self, days: Days) -> list[Owed]:
        """All of it; what must be there first."""
        found = [*self.reminders(days), *self.events(), *self.closes(), *self.digests(days), *self.vacancies(days)]
        return sorted(found, key=lambda each: not each.must)


def moment(on: date, at: time) -> datetime:
    """A time of day in Eastern time."""
    return datetime.combine(on, at, EASTERN)
