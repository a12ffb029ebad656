"""Periodic jobs: each is due for a day, and is done for it once, whoever gets there first and however late."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from sqlalchemy import text

from cxworkflow.calendar import EASTERN, day_of
from cxworkflow.db import session
from cxworkflow.ladder import firing_day
from cxworkflow.services import (
    account_reviews,
    anchors,
    assignments,
    closes,
    coordination_notices,
    daily_digests,
    digests,
    disposals,
    guidance_notices,
    quarter_lights,
    record_checks,
    remarks,
    warnings,
)

MONDAY_AT = time(7, 0)


def this_monday(at: datetime) -> date:
    """The last Monday whose 07:00 Eastern has passed."""
    local = at.astimezone(EASTERN)
    today = day_of(at)
    if today.weekday() == 0 and local.time() < MONDAY_AT:
        today -= timedelta(days=1)
    return today - timedelta(days=today.weekday())


def _close(on: date, at: datetime) -> None:
    closes.draw_up_all(on, at)


# Every job beside the sweep: its name, the day it is due for at a moment, and what it does.
JOBS: dict[str, tuple[Callable[[datetime], date], Callable[[date, datetime], None]]] = {
    "warnings": (firing_day, warnings.owe_all),
    "remarks": (firing_day, remarks.owe_all),
    "close": (firing_day, _close),
    "sections-due": (firing_day, assignments.remind_all),
    "rounds-due": (firing_day, coordination_notices.remind_all),
    "guidance-due": (firing_day, guidance_notices.remind_all),
    "daily-digest": (firing_day, daily_digests.owe_all),  # after what may go into it
    "not-reported": (day_of, quarter_lights.note_silence),
    "digest": (this_monday, digests.owe_all),
    "expired": (day_of, disposals.remove_expired),
    "account-review": (account_reviews.this_quarter, account_reviews.owe_all),
    "anchor": (firing_day, anchors.anchor),
    "record-check": (day_of, record_checks.check_all),
}

_TAKE = text(
    "insert into job_run (name, done_for_on, done_at) values (:name, :on_day, :at) "
    "on conflict (name) do update set done_for_on = excluded.done_for_on, done_at = excluded.done_at "
    "where job_run.done_for_on < excluded.done_for_on returning name"
)


def do_due(*, at: datetime) -> list[str]:
    """Do every job that is due and not done yet; returns their names. Two at once: one waits and finds it done."""
    done = []
    for name, (due_for, do) in JOBS.items():
        on = due_for(at)
        if take(name, on, at=at):
            do(on, at)
            done.append(name)
    return done


def take(name: str, on: date, *, at: datetime) -> bool:
    """Whether a job is still to be done for a day; from here on it counts as done, if this transaction commits."""
    known = text("select 1 from job_run where name = :name and done_for_on >= :on_day")
    if session().scalar(known, {"name": name, "on_day": on}) is not None:
        return False
    return session().scalar(_TAKE, {"name": name, "on_day": on, "at": at}) is not None
