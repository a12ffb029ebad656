"""Commitments of an approved strategy, and closes, in each of their states, for the matrix."""

from datetime import date
from typing import Any

from sqlalchemy import select

from cxworkflow.db import session
from cxworkflow.models import Commitment, Role
from cxworkflow.services import closes, commitment_changes, evidence, progress, readings
from cxworkflow.uploads.examining import examine
from tests.stage import Stage, eastern
from tests.uploads.samples import png


def at_work(stage: Stage, strategy_id: int, code: str | None) -> dict[str, dict[str, Any]]:
    """A metric that is worked on, a hire to be dropped, two activities that are reported, one of them accepted."""
    at, own = eastern("2023-12-19 15:00"), stage.person(Role.LEAD, code)
    file = examine("seen.png", png(), largest=10_000, clamd_url=None)
    found = session().scalars(select(Commitment).where(Commitment.strategy_id == strategy_id).order_by(Commitment.id))
    promised = found.all()
    metric = next(each for each in promised if each.measured)
    hire = next(each for each in promised if each.kind == "hire")
    reported, accepted, *_ = (each for each in promised if each.kind == "activity")
    progress.note(metric, text="Half of it.", percent=50, by=own, at=at)
    reading = readings.read(metric, value="64", as_of=at.date(), by=own, at=at)
    shown = evidence.attach(metric, file, most=100_000, by=own, at=at)
    change = commitment_changes.propose(hire, drops=True, reason="No funds.", by=own, at=at)
    for each in (reported, accepted):
        evidence.attach(each, file, most=100_000, by=own, at=at)
        progress.report(each, statement="All of it.", by=own, at=at)
    progress.accept(accepted, by=stage.person(Role.DIRECTORATE_LEAD), at=at)
    session().flush()
    return {
        "open": {"commitment_id": metric.id, "reading_id": reading.id, "address": shown.address},
        "proposed": {"commitment_id": hire.id, "change_id": change.id},
        "reported": {"commitment_id": reported.id},
        "accepted": {"commitment_id": accepted.id},
    }


def closed(stage: Stage) -> dict[str, dict[str, Any]]:
    """A close that was drawn up, and one that is signed, each with the line of CBP."""
    at = eastern("2023-12-19 16:00")
    found: dict[str, dict[str, Any]] = {}
    for state, on in (("drawn up", date(2023, 12, 19)), ("signed", date(2023, 12, 18))):
        close = closes.draw_up(stage.edition, on, at=at)
        if state == "signed":
            read = closes.sha256_of(closes.text_of(close))
            closes.sign(close, read_sha256=read, by=stage.person(Role.CIO), at=at)
        line = next(each for each in close.lines if each.component.code == "CBP")
        found[state] = {"close_id": close.id, "line_id": line.id}
    return found
