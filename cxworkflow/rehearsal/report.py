"""What a rehearsal, and `clocks --json`, prints: clocks, notices and strategies in a fixed form, or summed up."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import select

from cxworkflow.calendar import EASTERN, Run
from cxworkflow.db import session
from cxworkflow.models import Clock, Notice, PolicyEdition, Strategy
from cxworkflow.models.notice import NoticeState
from cxworkflow.wording import days


def report(edition: PolicyEdition, *, on: date) -> dict[str, Any]:
    """The whole outcome, counted to the day `on`."""
    session().expire_all()
    return {
        "clocks": [clock_line(clock, on=on) for clock in _clocks(edition)],
        "notices": [_notice_line(notice) for notice in _notices()],
        "strategies": [_strategy_line(strategy) for strategy in _strategies(edition)],
    }


def clock_line(clock: Clock, *, on: date, run: Run | None = None) -> dict[str, Any]:
    """One clock as it stands, or as `run` says it stood; the days late of one that runs are counted to `on`."""
    stood = run or clock.run
    return {
        "clock": clock.kind,
        "component": clock.component.code if clock.component else None,
        "started_on": stood.started_on.isoformat(),
        "original_due_on": stood.original_due_on.isoformat(),
        "due_on": stood.due_on.isoformat(),
        "stopped_on": stood.stopped_on.isoformat() if stood.stopped_on else None,
        "days_late": stood.days_late(on),
        "state": stood.state(on).value,
    }


def in_words(told: dict[str, Any]) -> Iterator[str]:
    """How each clock ended, who would miss the cap where that was asked, and how many e-mails went out."""
    for clock in told["clocks"]:
        late = f", {days(clock['days_late'])} late" if clock["days_late"] else ""
        whose = clock["component"] or "Department"
        yield f"{clock['clock']:<16}{whose:<12}due {clock['due_on']}  {clock['state']}{late}"
    if "components" in told:
        missing = [line["component"] for line in told["components"] if line["misses_cap"]]
        named = f": {', '.join(missing)}" if missing else ""
        yield f"{len(missing)} of {len(told['components'])} Components would miss the cap{named}."
    sent = sum(1 for notice in told["notices"] if notice["sent_at"])
    yield f"{sent} e-mails would go out; with --json, each is listed."


def _clocks(edition: PolicyEdition) -> list[Clock]:
    return list(session().scalars(select(Clock).where(Clock.edition_id == edition.id).order_by(Clock.id)))


def _notices() -> list[Notice]:
    wanted = select(Notice).where(Notice.state != NoticeState.SUPERSEDED)
    return list(session().scalars(wanted.order_by(Notice.owed_at, Notice.id)))


def _notice_line(notice: Notice) -> dict[str, Any]:
    return {
        "kind": notice.kind,
        "clock": notice.facts.get("clock"),
        "component": notice.facts.get("component"),
        "rung": notice.rung,
        "owed_on": notice.owed_on.isoformat(),
        "due_on": notice.facts.get("due_on"),
        "to_role": notice.to_role,
        "to": notice.to_address,
        "sent_at": notice.sent_at.astimezone(EASTERN).isoformat() if notice.sent_at else None,
    }


def _strategies(edition: PolicyEdition) -> list[Strategy]:
    return list(session().scalars(select(Strategy).where(Strategy.edition_id == edition.id).order_by(Strategy.id)))


def _strategy_line(strategy: Strategy) -> dict[str, Any]:
    version = strategy.current_version
    return {
        "component": strategy.component.code,
        "status": strategy.status.value,
        "version": version.number if version else None,
        "sha256": version.sha256 if version else None,
    }
