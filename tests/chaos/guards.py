"""The guards of the design, each of which can be missing from the rig's workers: the run has to notice.

`python -m tests.chaos.guards [GUARD …]` plays a short run without each one, in which the fault against which it stands
happens more often, until that is noticed for the guard's own reason; another finding does not count. What notices it:

unique-key      two sweeps at once owe the same reminder twice: told in two messages
state-sweep     a sweep that looks at yesterday and today only, after days without any worker: never owed
skip-locked     two senders take the same notices and nothing fences one of them off: arrived twice
lease           what another sender is just sending is taken for abandoned: arrived twice
attempt         a message that a killed sender may have handed over counts as never tried: arrived twice
journal         a message in doubt is sent again without a look at what arrived: arrived twice
doubt-wait      the journal is asked before a slow mail server has put the message there: arrived twice
handover        a sender that stood still hands its message over after its lease: arrived twice
server-clock    a worker goes by its own clock, which is hours ahead: early
pulse           nothing looks for what is due while Redis is away: a day is not swept
early-acks      a worker that still owes Redis an acknowledgment ends when Redis dies: a program ended by itself
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg
from celery import Celery
from sqlalchemy import TextClause, text

from cxworkflow import clock
from cxworkflow.mail import delivery
from cxworkflow.mail.journal import LocalMailbox
from cxworkflow.services import doubts, reminders, sending
from tests.chaos.absences import Scene

ROOT = Path(__file__).parents[2]
# From January 2 to 17, 2024: six days with reminders to everybody lie in between.
SHORT = ("--faults", "80", "--days", "16", "--seconds", "90")
SEEDS = (37, 38, 39)  # tried in turn: with some choices of a short run, nothing hits what is left open


def changed(statement: TextClause, old: str, new: str) -> TextClause:
    """A statement with one of its parts replaced, which has to be in it."""
    if old not in statement.text:
        raise LookupError(f"“{old}” is not in the statement any more: change tests/chaos/guards.py with it.")
    return text(statement.text.replace(old, new))


def _unique_key(_app: Celery) -> None:
    reminders.OWE = changed(reminders.OWE, "on conflict (clock_id, due_on, rung, person_id) do nothing", "")  # type: ignore[attr-defined]
    with psycopg.connect(os.environ["CXWORKFLOW_DATABASE_URL"].replace("+psycopg", "")) as owner:
        owner.execute("drop index if exists uq_notice_reminder")


def _state_sweep(_app: Celery) -> None:
    reminders.OWE = changed(reminders.OWE, "where swept_revision < revision", "where false")  # type: ignore[attr-defined]
    reminders._BEGIN = text("select (clock_timestamp() + ahead_by)::date - 1 from demo_clock")


def _skip_locked(_app: Celery) -> None:
    sending._CLAIM = changed(sending._CLAIM, " for update skip locked", "")
    sending._STEP = changed(
        sending._STEP, "and claim = :token and state = 'sending' and trying_since is null", "and claim is not null"
    )


def _lease(_app: Celery) -> None:
    any_lease = changed(doubts._RECLAIM, "and lease_until < clock_timestamp()", "")
    any_age = "and cast(:lease as interval) is not null"
    doubts._RECLAIM = changed(any_lease, "and next_try_at < statement_timestamp() - cast(:lease as interval)", any_age)


def _attempt(_app: Celery) -> None:
    forgotten = changed(doubts._RECLAIM, "trying_since is not null as tried", "false as tried")
    doubts._RECLAIM = changed(forgotten, "lease_until = null,", "lease_until = null, trying_since = null,")


def _journal(_app: Celery) -> None:
    LocalMailbox.holds = lambda self, message_id: False  # type: ignore[method-assign]  # noqa: ARG005


def _doubt_wait(_app: Celery) -> None:
    sending.DOUBT_WAIT *= 0


def _handover(_app: Celery) -> None:
    delivery.HANDOVER = 3600  # type: ignore[attr-defined]


def _server_clock(_app: Celery) -> None:
    import tasks.app

    tasks.app.server_clock = lambda: clock.now  # type: ignore[attr-defined]


def _pulse(_app: Celery) -> None:
    from tasks import pulse

    pulse.no_sweep_lately = lambda: False


def _early_acks(app: Celery) -> None:
    app.conf.broker_transport_options["ack_emulation"] = True
    for task in app.tasks.values():
        task.acks_late = True


TOLD_TWICE, NEVER_OWED = r"Duplicated: .* was told in \d+ messages", r"Lost: \('deadline'.* was never owed"
ARRIVED_TWICE, EARLY = r"Duplicated: .* arrived \d+ times", r"Early: "
NOT_SWEPT, ENDED = r"Wrong: \S+ was not swept .* without Redis", r"Wrong: worker-\d ended with code"


@dataclass(frozen=True)
class Guard:
    """How to remove it, what then is found, and the faults that lay it open: often, before every dawn, as a scene."""

    removed: Callable[[Celery], None]
    found: str
    against: tuple[str, ...] = ()
    every_dawn: str | None = None
    scene: Scene = Scene()  # noqa: RUF009  # frozen


GUARDS = {
    "unique-key": Guard(_unique_key, TOLD_TWICE, every_dawn="PostgreSQL table locked"),
    "state-sweep": Guard(_state_sweep, NEVER_OWED, scene=Scene(off_on=3)),
    "skip-locked": Guard(_skip_locked, ARRIVED_TWICE, every_dawn="PostgreSQL table locked"),
    "lease": Guard(_lease, ARRIVED_TWICE),
    "attempt": Guard(_attempt, ARRIVED_TWICE, ("sender killed in mid-send",)),
    "journal": Guard(_journal, ARRIVED_TWICE, ("SMTP cut at dot",)),
    "doubt-wait": Guard(_doubt_wait, ARRIVED_TWICE, ("message late",)),
    "handover": Guard(_handover, ARRIVED_TWICE, ("sender frozen in mid-send",)),
    "server-clock": Guard(_server_clock, EARLY, every_dawn="worker's clock hours off"),
    "pulse": Guard(_pulse, NOT_SWEPT, scene=Scene(lacks="valkey", lacks_from=2)),
    "early-acks": Guard(_early_acks, ENDED, ("Redis killed in mid-send",), every_dawn="Redis down in mid-task"),
}


def remove(name: str, app: Celery) -> None:
    """Do without the guard of this name ("": with all of them)."""
    if name:
        GUARDS[name].removed(app)


def main(names: list[str]) -> int:
    """Play a short run without each guard; 0 if every one was missed."""
    unnoticed = [name for name in names or GUARDS if not any(_noticed(name, seed) for seed in SEEDS)]
    print(f"guards: {len(names or GUARDS)} removed one by one, {len(unnoticed)} not noticed")
    return 1 if unnoticed else 0


def _noticed(name: str, seed: int) -> bool:
    """Whether a run without it finds what only its absence explains."""
    command = [sys.executable, "-m", "tests.chaos", *SHORT, "--seed", str(seed), "--without", name]
    began = time.monotonic()
    played = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    lines = played.stdout.splitlines() or [f"It ended with code {played.returncode} and said nothing."]
    found = next((line for line in lines if re.match(GUARDS[name].found, line)), None)
    other = [line for line in lines if line.startswith(("Lost", "Duplicated", "Early", "Wrong"))]
    print(f"without {name}: {'noticed' if found else 'NOT NOTICED'}. {found or ' '.join(other)}", flush=True)
    print(f"  {lines[-1]}, {time.monotonic() - began:.0f} seconds", flush=True)
    return found is not None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
