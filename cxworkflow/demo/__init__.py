"""The demo's movable clock: how far it stands from the real one is a row in the demo's database."""

import time
from datetime import UTC, datetime, timedelta

from flask import has_app_context
from sqlalchemy import select

from cxworkflow.db import session, unit_of_work
from cxworkflow.errors import NotNow, SettingError
from cxworkflow.models import DemoClock
from cxworkflow.scope import SYSTEM, within
from cxworkflow.wording import long_moment

DATABASE = "cxworkflow_demo"
REREAD_AFTER = 0.5  # seconds: other processes notice a moved clock this soon
FARTHEST = timedelta(days=3653)
_known: tuple[float, timedelta] = (float("-inf"), timedelta(0))


def offset() -> timedelta:
    """How far the demo's clock is ahead of the real one (negative: behind)."""
    global _known
    read_at, ahead_by = _known
    if time.monotonic() - read_at < REREAD_AFTER or not has_app_context():
        return ahead_by
    ahead_by = session().scalar(select(DemoClock.ahead_by)) or timedelta(0)
    _known = (time.monotonic(), ahead_by)
    return ahead_by


def move_on(to: datetime, *, at: datetime) -> None:
    """Move the demo's clock on to a later moment, at most ten years; raises NotNow for any other.

    It never goes back: what has been recorded would then lie in the future.
    """
    if to <= at:
        raise NotNow(
            f"The clock already shows {long_moment(at)}. It only moves forward, since what has been "
            "recorded would otherwise lie in the future. Choose a later day."
        )
    if to > at + FARTHEST:
        raise NotNow("That is more than ten years ahead. Choose an earlier day.")
    set_clock(to)


def set_clock(to: datetime) -> None:
    """Move the demo's clock to a moment; it goes on from there."""
    global _known
    with within(SYSTEM), unit_of_work() as current:
        current.merge(DemoClock(id=1, ahead_by=to - datetime.now(UTC)))
    _known = (float("-inf"), timedelta(0))


def refuse_what_is_no_demo() -> None:
    """Raise SettingError where the database was not opened as a demo: there, anybody could sign in as anybody."""
    is_demo = session().scalar(select(DemoClock.id)) is not None
    session().rollback()
    if not is_demo:
        raise SettingError(
            "CXWORKFLOW_DEMO is on, but this database was not opened as a demo, and there anybody could sign in as "
            "anybody. Unset CXWORKFLOW_DEMO, or name another database."
        )
