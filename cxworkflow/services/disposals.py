"""Disposing of what is past its time and not held: proposed item by item, confirmed by a second person, recorded."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256

import rfc8785
from sqlalchemy import delete, func, select, text

from cxworkflow.calendar import day_of
from cxworkflow.db import held, session
from cxworkflow.errors import Conflict, NotAllowed, NotFound, NotNow
from cxworkflow.models import ApiToken, Disposal, Person, SignIn, SignInLink
from cxworkflow.permissions import Permission, require
from cxworkflow.policies.records import KindOfRecord, our_records
from cxworkflow.services import delivering, record
from cxworkflow.services.sign_ins import LONGEST

_DUE = text("select id, about, parts, since, held from due_for_disposal(:kind, :before, :today)")


@dataclass(frozen=True)
class Due:
    """Something that is past its time since a day; `parts` rows would be taken away or emptied."""

    id: int
    about: str
    parts: int
    since: date
    held: bool


def disposable(kind_id: str) -> KindOfRecord:
    """The kind of records of this name, if two people can have some of it disposed of; raises NotFound."""
    for kind in our_records().kinds:
        if kind.id == kind_id and kind.disposal == "by-two":
            return kind
    raise NotFound("There is no such kind of records, or nothing of it is ever disposed of.")


def due(kind: KindOfRecord, *, at: datetime) -> list[Due]:
    """What is past its time, the oldest first, and what of it is held."""
    asked = {"kind": kind.id, "before": kind.ended_before(day_of(at)), "today": day_of(at)}
    return [Due(*row) for row in session().execute(_DUE, asked).tuples()]


def mark_of(items: list[Due]) -> str:
    """What tells one list from another."""
    return sha256(rfc8785.dumps([[item.id, item.about, item.parts] for item in items])).hexdigest()


def propose(kind: KindOfRecord, mark: str, *, by: Person, at: datetime) -> Disposal:
    """Propose to dispose of all that is due and not held, as it was read (`mark`).

    Raises NotAllowed, NotNow where nothing is due or a proposal is open, Conflict where the list has changed.
    """
    role = require(by, Permission.PROPOSE_DISPOSAL, at=at)
    items = [item for item in due(kind, at=at) if not item.held]
    if not items:
        raise NotNow("Nothing of this kind is due that is not held.")
    if mark_of(items) != mark:
        raise Conflict("The list has changed since you read it. Nothing was proposed: read it once more.")
    if session().scalar(select(Disposal.id).where(Disposal.kind == kind.id, *_OPEN)) is not None:
        raise NotNow("A proposal for this kind waits to be confirmed or withdrawn.")
    disposal = Disposal(
        kind=kind.id,
        before_on=kind.ended_before(day_of(at)),
        items=[{"id": item.id, "about": item.about, "parts": item.parts} for item in items],
        sha256=mark,
        proposed_at=at,
        by_id=by.id,
    )
    session().add(disposal)
    session().flush()
    record.write("disposal-proposed", by=by, as_role=role, at=at, details=_facts(disposal))
    return disposal


def confirm(disposal: Disposal, *, by: Person, at: datetime) -> None:
    """Dispose of what was proposed; it can't be undone.

    Raises NotAllowed, also for who proposed it; NotNow; Conflict where some of it is held now.
    """
    role = require(by, Permission.CONFIRM_DISPOSAL, at=at)
    disposal = _still_open(disposal)
    if disposal.by_id == by.id:
        raise NotAllowed("You proposed this. Another person has to confirm it. Nothing was changed.")
    free = {item.id for item in due(disposable(disposal.kind), at=at) if not item.held}
    if not {int(item["id"]) for item in disposal.items} <= free:
        raise Conflict(
            "Some of this is held by now. Nothing was disposed of: withdraw the proposal and make a new one."
        )
    session().flush()
    session().execute(select(func.carry_out_disposal(disposal.id, by.id, at)))
    session().expire_all()
    record.write("disposed", by=by, as_role=role, at=at, details=_facts(disposal))


def withdraw(disposal: Disposal, *, by: Person, at: datetime) -> None:
    """Drop a proposal; raises NotAllowed, NotNow."""
    role = require(by, Permission.CONFIRM_DISPOSAL, at=at)
    disposal = _still_open(disposal)
    disposal.withdrawn_at = at
    record.write("disposal-withdrawn", by=by, as_role=role, at=at, details=_facts(disposal))


def remove_expired(on: date, at: datetime) -> None:
    """Remove the sign-ins that have ended, and links to sign in, once their hours are over (real time).

    Tokens go as long after they have ended as is said of them.
    """
    hours = {kind.id: kind.keep_hours for kind in our_records().kinds}
    old = func.clock_timestamp() - func.make_interval(0, 0, 0, 0, hours["sign-in-links"])
    links = session().execute(delete(SignInLink).where(SignInLink.made_at < old).returning(SignInLink.id)).all()
    over = SignIn.began_at < func.clock_timestamp() - LONGEST
    ended = session().execute(delete(SignIn).where(over).returning(SignIn.id)).all()
    delivering.remove_old()
    past = at - timedelta(hours=hours["api-tokens"] or 0)
    of_tokens = func.least(ApiToken.expires_at, ApiToken.revoked_at) < past
    tokens = session().execute(delete(ApiToken).where(of_tokens).returning(ApiToken.id)).all()
    if links or ended:
        _note_removed("expired-removed", {"links": len(links), "sign_ins": len(ended), "on": on.isoformat()}, at=at)
    if tokens:
        _note_removed("tokens-removed", {"tokens": len(tokens), "on": on.isoformat()}, at=at)


_OPEN = (Disposal.done_at.is_(None), Disposal.withdrawn_at.is_(None))


def _still_open(disposal: Disposal) -> Disposal:
    disposal = held(disposal)
    if disposal.done_at is not None or disposal.withdrawn_at is not None:
        raise NotNow("This proposal is settled already.")
    return disposal


def _note_removed(verb: str, details: dict[str, object], *, at: datetime) -> None:
    record.write(verb, by=None, as_role=None, at=at, details=details)


def _facts(disposal: Disposal) -> dict[str, object]:
    return {
        "disposal": disposal.id,
        "kind": disposal.kind,
        "before_on": disposal.before_on.isoformat(),
        "items": len(disposal.items),
        "parts": disposal.parts,
        "sha256": disposal.sha256,
    }
