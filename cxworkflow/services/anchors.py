"""Anchors: once a day the last line of the record is told outside of the database, so that nobody can write it anew."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from cxworkflow.db import session
from cxworkflow.models import Anchor, Event, Role
from cxworkflow.services import notices
from cxworkflow.services.record import moment_text


def anchor(on: date, at: datetime) -> None:
    """Note the last line of the record as that of a day, and owe it to the auditors."""
    head = (
        session().execute(select(Event.seq, Event.written_at, Event.hash).order_by(Event.seq.desc()).limit(1)).first()
    )
    if head is None:
        return
    row = {"anchored_on": on, "seq": head.seq, "written_at": head.written_at, "hash": head.hash, "anchored_at": at}
    session().execute(insert(Anchor).values(row).on_conflict_do_nothing())
    facts = {
        "policy": "the record of CX Workflow",
        "component": None,
        "day": on.isoformat(),
        "seq": head.seq,
        "time": moment_text(head.written_at),
        "hash": head.hash,
    }
    notices.owe_to_roles("anchor", (Role.AUDITOR.value,), key=on.isoformat(), department=None, facts=facts, at=at)


def since(day: str) -> list[dict[str, str | int]]:
    """The anchors after a day ("2024-01-09", or "" for all), each as one line of a file of anchors."""
    wanted = select(Anchor).order_by(Anchor.anchored_on)
    if day:
        wanted = wanted.where(Anchor.anchored_on > date.fromisoformat(day))
    return [
        {"day": each.anchored_on.isoformat(), "seq": each.seq, "time": moment_text(each.written_at), "hash": each.hash}
        for each in session().scalars(wanted)
    ]
