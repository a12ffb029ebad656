"""What a rehearsal, and `clocks --json`, prints: clocks, notices and strategies in a fixed form, or summed up."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import select

from cxworkflow.calendar import EASTERN, Run
from cxworkflow.db import session
from cxworkflow.models import Clock, Commitment, FiscalClose, Notice, PolicyEdition, Published, QuarterReport, Strategy
from cxworkflow.models.notice import NoticeState
from cxworkflow.wording import days


def report(edition: PolicyEdition, *, on: date, quarters: bool = False) -> dict[str, Any]:
    """The whole outcome, counted to the day `on`; with the quarters of HISPs, if they were played."""
    session().expire_all()
    told = {
        "clocks": [clock_line(clock, on=on) for clock in _clocks(edition, quarters=quarters)],
        "notices": [_notice_line(notice) for notice in _notices()],
        "strategies": [_strategy_line(strategy) for strategy in _strategies(edition)],
        "published": [_published_line(published) for published in _published(edition)],
        "commitments": [_commitment_line(commitment) for commitment in _commitments(edition)],
        "closes": [_close_line(close) for close in _closes(edition)],
    }
    return {**told, "quarters": [_quarter_line(each) for each in _quarters()]} if quarters else told


def clock_line(clock: Clock, *, on: date, run: Run | None = None) -> dict[str, Any]:
    """One clock as it stands, or as `run` says it stood; the days late of one that runs are counted to `on`."""
    stood = run or clock.run
    return {
        "policy": clock.edition.code,
        "clock": clock.kind,
        **({"cycle": clock.cycle} if clock.cycle else {}),
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


def _published(edition: PolicyEdition) -> list[Published]:
    wanted = select(Published).where(Published.policy == edition.code, Published.document.is_not(None))
    return list(session().scalars(wanted.order_by(Published.component)))


def _published_line(published: Published) -> dict[str, Any]:
    """What the public reads of a strategy at the end: its address, its hash, and the very text."""
    return {
        "component": published.code,
        "path": published.path,
        "published_at": published.published_at.astimezone(EASTERN).isoformat(),
        "sha256": published.sha256,
        "text": json.loads(published.document or "{}"),
    }


def _commitment_line(commitment: Commitment) -> dict[str, Any]:
    return {
        "component": commitment.strategy.component.code,
        "kind": commitment.kind,
        "title": commitment.title,
        "due_on": commitment.due_on.isoformat() if commitment.due_on else None,
        "original_due_on": commitment.original_due_on.isoformat() if commitment.original_due_on else None,
        "state": commitment.state.value,
        "done_on": commitment.reported_on.isoformat() if commitment.reported_on else None,
    }


def _close_line(close: FiscalClose) -> dict[str, Any]:
    return {
        "closed_on": close.closed_on.isoformat(),
        "implemented": [line.component.code for line in close.lines if line.implemented],
        "not_implemented": [line.component.code for line in close.lines if not line.implemented],
    }


def _commitments(edition: PolicyEdition) -> list[Commitment]:
    of_it = select(Strategy.id).where(Strategy.edition_id == edition.id)
    wanted = select(Commitment).where(Commitment.strategy_id.in_(of_it))
    return list(session().scalars(wanted.order_by(Commitment.id)))


def _closes(edition: PolicyEdition) -> list[FiscalClose]:
    return list(session().scalars(select(FiscalClose).where(FiscalClose.edition_id == edition.id)))


def _clocks(edition: PolicyEdition, *, quarters: bool) -> list[Clock]:
    played = Clock.edition_id == edition.id
    if quarters:
        played |= Clock.cycle != ""
    # Of commitments, another list tells.
    wanted = select(Clock).where(played, Clock.commitment_id.is_(None))
    return list(session().scalars(wanted.order_by(Clock.id)))


def _quarters() -> list[QuarterReport]:
    return list(session().scalars(select(QuarterReport).order_by(QuarterReport.cycle, QuarterReport.id)))


def _quarter_line(report: QuarterReport) -> dict[str, Any]:
    return {
        "component": report.component.code,
        "cycle": report.cycle,
        "state": report.state.value,
        "status": report.status.value,
        "revision": report.revision,
        "not_reported_on": report.not_reported_on.isoformat() if report.not_reported_on else None,
    }


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
