"""Sign-ins: begun, found again by what the cookie holds, kept alive by use, ended. All waits are real time."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Interval, Select, bindparam, delete, func, literal_column, select, text, update
from sqlalchemy.orm import contains_eager

from cxworkflow.db import session
from cxworkflow.errors import NotAllowed, NotNow
from cxworkflow.models import ApiToken, Person, SignIn
from cxworkflow.permissions import Permission, require
from cxworkflow.scope import SYSTEM, within
from cxworkflow.services import people, record

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
FRESH = timedelta(minutes=15)
NOTED_EVERY = timedelta(minutes=1)  # so that not every page that is read writes a row


def _written(length: timedelta) -> ColumnElement[timedelta]:
    """A length of time as it stands in a statement: to send it along each time takes longer."""
    return literal_column(f"interval '{length.total_seconds():.0f} seconds'", Interval())


_ALIVE = (
    SignIn.seen_at > func.clock_timestamp() - _written(IDLE),
    SignIn.began_at > func.clock_timestamp() - _written(LONGEST),
)
_LEFT = func.least(SignIn.seen_at + _written(IDLE), SignIn.began_at + _written(LONGEST)) - func.clock_timestamp()


def _who_holds(*alive: ColumnElement[bool]) -> Select[Any]:
    return (
        select(
            SignIn,
            func.extract("epoch", _LEFT),
            SignIn.seen_at < func.clock_timestamp() - _written(NOTED_EVERY),
            SignIn.began_at > func.clock_timestamp() - _written(FRESH),
        )
        .join(SignIn.person)
        .options(contains_eager(SignIn.person).joinedload(Person.appointments))
        .where(SignIn.token_sha256 == bindparam("token"), Person.deactivated_at.is_(None), *alive)
    )


_FOUND = _who_holds(*_ALIVE)  # every page begins with it, so it is put together once


@dataclass(frozen=True)
class Present:
    """Somebody who is signed in, and how many seconds they stay so unless they do something."""

    sign_in: SignIn
    person: Person
    seconds_left: int
    unnoted: bool
    fresh: bool  # begun so lately that it counts for what needs a new sign-in


def begin(person: Person, way: str, *, before: str | None = None, at: datetime) -> str:
    """Sign a person in; returns the new secret for the cookie. What the same browser held `before` ends.

    Raises NotAllowed for who is deactivated.
    """
    if person.deactivated_at is not None:
        raise NotAllowed("This account is deactivated. Ask the administrator of this system if that is a mistake.")
    session().execute(delete(SignIn).where(~(_ALIVE[0] & _ALIVE[1])))
    if before:
        session().execute(delete(SignIn).where(SignIn.token_sha256 == _hash(before)))
    token = secrets.token_urlsafe(32)
    session().add(SignIn(token_sha256=_hash(token), person_id=person.id, way=way))
    record.write("signed-in", by=person, as_role=None, at=at, details={"way": way})
    return token


def find(token: object) -> Present | None:
    """Who holds this secret, if they are still signed in, and the roles they hold: one statement."""
    if not isinstance(token, str):
        return None
    rows = (
        session().execute(_FOUND, {"token": _hash(token)}).unique().all()
    )  # one for each role, each at its own moment
    if not rows:
        return None
    sign_in, seconds, unnoted, fresh = rows[0]
    return Present(sign_in, sign_in.person, int(seconds), unnoted, fresh)


def note_use(present: Present) -> None:
    """Begin the idle time anew. Two requests at once write once."""
    session().execute(
        text(
            "update sign_in set seen_at = clock_timestamp() "
            "where id = :id and seen_at < clock_timestamp() - cast(:every as interval)"
        ),
        {"id": present.sign_in.id, "every": NOTED_EVERY if present.unnoted else timedelta(0)},
    )


def work_in(present: Present, department: str) -> None:
    """From here on this sign-in is at work in a department; in which others a person holds roles is for the caller."""
    present.sign_in.department = department


def end(token: object, *, at: datetime) -> str | None:
    """Sign out who holds this secret; returns the way they had signed in, None if nobody holds it."""
    present = find(token)
    if present is None:
        return None
    session().execute(delete(SignIn).where(SignIn.id == present.sign_in.id))
    record.write("signed-out", by=present.person, as_role=None, at=at)
    return present.sign_in.way


def others_of(present: Present) -> list[SignIn]:
    """Where else the same person is signed in, the latest first."""
    wanted = select(SignIn).where(SignIn.person_id == present.person.id, SignIn.id != present.sign_in.id, *_ALIVE)
    return list(session().scalars(wanted.order_by(SignIn.began_at.desc())))


def end_others(present: Present, only: int | None = None, *, at: datetime) -> int:
    """End one's own other sign-ins, or `only` the one with this id; returns how many.

    Raises NotNow unless one has signed in within the last 15 minutes: else whoever finds an open browser could do it.
    """
    require_fresh(present)
    chosen = [each.id for each in others_of(present) if only in (None, each.id)]
    session().execute(delete(SignIn).where(SignIn.id.in_(chosen)))
    record.write("own-sign-ins-ended", by=present.person, as_role=None, at=at, details={"count": len(chosen)})
    return len(chosen)


def require_fresh(present: Present) -> None:
    """Raises NotNow unless this sign-in has begun within the last 15 minutes."""
    if not present.fresh:
        raise NotNow("You signed in too long ago for this. Sign in again, then repeat it: you come back to this page.")


def end_all(person: Person, *, by: Person, at: datetime) -> int:
    """Sign a person out everywhere, programs with a token, too; returns in how many browsers. Raises NotAllowed."""
    role = require(by, Permission.END_SIGN_INS, at=at)
    people.kept_here(person)
    with within(SYSTEM):
        ended = session().scalars(delete(SignIn).where(SignIn.person_id == person.id).returning(SignIn.id)).all()
        of_theirs = (ApiToken.person_id == person.id, ApiToken.revoked_at.is_(None))
        session().execute(update(ApiToken).where(*of_theirs).values(revoked_at=at))
    record.write("sign-ins-ended", by=by, as_role=role, at=at, details={"person": person.id})
    return len(ended)


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
