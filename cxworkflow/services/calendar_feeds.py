"""A private address for one's due dates, which a calendar program reads without a sign-in; only its hash is kept."""

import secrets
from datetime import datetime
from hashlib import sha256

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from cxworkflow.db import session
from cxworkflow.models import CalendarFeed, Person
from cxworkflow.services import record


def make(*, by: Person, at: datetime) -> str:
    """Make one's own address, or another one in its place; returns the secret in it, which is told this once."""
    secret = secrets.token_urlsafe(32)
    values = {"token_sha256": _hash(secret), "made_at": at}
    made = insert(CalendarFeed).values(person_id=by.id, **values)
    renewed = of_person(by) is not None
    session().execute(made.on_conflict_do_update(index_elements=["person_id"], set_=values))
    record.write("calendar-made", by=by, as_role=None, at=at, details={"renewed": renewed})
    return secret


def revoke(*, by: Person, at: datetime) -> bool:
    """Revoke one's own address; False where there is none."""
    gone = session().scalar(delete(CalendarFeed).filter_by(person_id=by.id).returning(CalendarFeed.person_id))
    if gone is not None:
        record.write("calendar-revoked", by=by, as_role=None, at=at)
    return gone is not None


def of_person(person: Person) -> CalendarFeed | None:
    """A person's address, of which only the hash is known."""
    return session().scalar(select(CalendarFeed).filter_by(person_id=person.id))


def find(secret: str) -> CalendarFeed | None:
    """The address that holds this secret, if its person is active."""
    of_it = select(CalendarFeed).join(CalendarFeed.person).where(CalendarFeed.token_sha256 == _hash(secret))
    return session().scalar(of_it.where(Person.deactivated_at.is_(None)))


def _hash(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
