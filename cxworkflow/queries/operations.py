"""How the system runs: what /healthz, the status page and `cxworkflow status` tell.

Sweeps and heartbeats are timed by the database server's real time; notices by the clock, which a demo can move.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select, text

from cxworkflow.calendar import moment
from cxworkflow.db import session
from cxworkflow.ladder import FIRES_AT, firing_day, rungs_until
from cxworkflow.models import Clock, Heartbeat, Notice, PolicyEdition, SweepRun
from cxworkflow.models.notice import NoticeState

SWEEP_MAY_BE = timedelta(minutes=10)  # older, and the sweep has stopped
NO_JOURNAL = (
    "No journal is set up: when the mail server takes an e-mail and drops it, nobody can notice, and a send that broke "
    "off waits for a person. To mend this, let CXWORKFLOW_JOURNAL_ADDRESS get a blind copy of every e-mail, and name "
    "its mailbox in CXWORKFLOW_JOURNAL_URL."
)
SEEN_LATELY = timedelta(seconds=60)  # four missed heartbeats


@dataclass(frozen=True)
class Pulse:
    """A worker or beat process, and how long ago it was last seen."""

    name: str
    kind: str
    ago: timedelta

    @property
    def alive(self) -> bool:
        """Whether it was seen lately."""
        return self.ago <= SEEN_LATELY


@dataclass(frozen=True)
class Operations:
    """The system's state in figures. None where there is nothing to tell yet."""

    swept_ago: timedelta | None
    swept_for_on: date | None
    last_owed: int | None
    backlog: int
    oldest_owed_at: datetime | None
    failed: int
    in_doubt: int
    pulses: tuple[Pulse, ...]

    @property
    def sweeps(self) -> bool:
        """Whether the last committed sweep is recent."""
        return self.swept_ago is not None and self.swept_ago <= SWEEP_MAY_BE

    def alive(self, kind: str) -> int:
        """How many processes of this kind (worker, beat) were seen lately."""
        return sum(pulse.alive for pulse in self.pulses if pulse.kind == kind)


def operations() -> Operations:
    """The figures, by three statements."""
    swept = (
        session()
        .execute(select(func.clock_timestamp() - SweepRun.swept_at, SweepRun.swept_for_on, SweepRun.owed))
        .first()
    )
    waiting = (NoticeState.OWED, NoticeState.SENDING)
    figures = (
        session()
        .execute(
            select(
                func.count().filter(Notice.state.in_(waiting)),
                func.min(Notice.owed_at).filter(Notice.state.in_(waiting)),
                func.count().filter(Notice.state == NoticeState.FAILED),
                func.count().filter(Notice.state == NoticeState.IN_DOUBT),
            ).where(Notice.state.in_((*waiting, NoticeState.FAILED, NoticeState.IN_DOUBT)))
        )
        .one()
    )
    seen = session().execute(
        select(Heartbeat.name, Heartbeat.kind, func.clock_timestamp() - Heartbeat.seen_at).order_by(
            Heartbeat.kind, Heartbeat.seen_at.desc()
        )
    )
    pulses = tuple(Pulse(name, kind, ago) for name, kind, ago in seen)
    backlog, oldest, failed, in_doubt = figures
    swept_ago, swept_for_on, last_owed = swept or (None, None, None)
    return Operations(swept_ago, swept_for_on, last_owed, backlog, oldest, failed, in_doubt, pulses)


_NEXT = text(
    """
    select min(running.due_on + rung.rung)
      from unnest(cast(:edition_id as bigint[]), cast(:kind as text[]), cast(:rung as int[]))
           as rung(edition_id, kind, rung)
      join lateral (
        select due_on from clock
         where clock.edition_id = rung.edition_id and clock.kind = rung.kind
           and clock.stopped_on is null and clock.paused_on is null
           and clock.due_on > cast(:on_day as date) - rung.rung
           and clock.due_on + rung.rung > clock.due_set_on
         order by due_on limit 1) as running on true
    """
)


def next_rung_at(*, at: datetime) -> datetime | None:
    """When the next reminder fires (06:00 Eastern of a day), as the clocks stand; None if none is to come."""
    on = firing_day(at)
    earliest = (
        select(Clock.edition_id, Clock.kind, func.min(Clock.due_on))
        .where(Clock.stopped_on.is_(None), Clock.paused_on.is_(None))
        .group_by(Clock.edition_id, Clock.kind)
    )
    oldest = {(row[0], row[1]): row[2] for row in session().execute(earliest)}
    rungs: list[tuple[int, str, int]] = []
    for edition in session().scalars(select(PolicyEdition)):
        for rule in edition.policy.clocks:
            due_on = oldest.get((edition.id, rule.kind))
            if due_on is None:
                continue
            ladder = edition.policy.ladder(rule.ladder)
            # One repetition past today is enough: a repeating ladder's next rung lies within it.
            last = max(*ladder.rungs, (on - due_on).days) + (ladder.repeat_every or 0)
            rungs += [(edition.id, rule.kind, rung) for rung in rungs_until(ladder.rungs, ladder.repeat_every, last)]
    if not rungs:
        return None
    edition_ids, kinds, numbers = zip(*rungs, strict=True)
    arrays = {"edition_id": list(edition_ids), "kind": list(kinds), "rung": list(numbers)}
    found: date | None = session().scalar(_NEXT, {**arrays, "on_day": on})
    return moment(found, FIRES_AT.hour, FIRES_AT.minute) if found else None
