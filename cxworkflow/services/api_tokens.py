"""A person's tokens for the API: made for some areas and days, told once, found by their hash, revoked."""

import secrets
from collections.abc import Collection
from datetime import date, datetime, timedelta
from hashlib import sha256

from sqlalchemy import select, update
from sqlalchemy.orm import contains_eager

from cxworkflow.calendar import day_of
from cxworkflow.db import held, session
from cxworkflow.errors import Fault, InvalidInput, NotFound
from cxworkflow.models import ApiToken, Area, Person
from cxworkflow.services import record
from cxworkflow.services.sign_ins import Present, require_fresh
from cxworkflow.services.words import said

BEGINS = "cxw_"  # so that a search for secrets in somebody's files knows one
DAYS = (7, 30, 90, 365)  # for which a token can be made
AREAS_READ_ONLY = frozenset({Area.EVENTS})
SCOPES = tuple(
    f"{area}:{kind}" for area in Area for kind in ("read", "write") if kind == "read" or area not in AREAS_READ_ONLY
)
MOST = 20  # tokens of one person that count at once
LONGEST_NAME = 100  # characters


def make(present: Present, name: str, scopes: Collection[str], *, days: int, at: datetime) -> tuple[ApiToken, str]:
    """Make a token for who is signed in; returns it with the secret, which is told this once.

    Raises InvalidInput, and NotNow unless one has signed in within the last 15 minutes.
    """
    require_fresh(present)
    person = present.person
    name = said(name, "name", needed="Say what the token is for, to tell it from others.", longest=LONGEST_NAME)
    if unknown := set(scopes) - set(SCOPES):
        raise _fault("scopes", f"There is no such thing to use the API for: {', '.join(sorted(unknown))}.")
    if not scopes:
        raise _fault("scopes", "Choose at least one part of the API that the token is good for.")
    if days not in DAYS:
        raise _fault("days", f"A token counts for {', '.join(map(str, DAYS[:-1]))} or {DAYS[-1]} days. Choose one.")
    if len(counting(person, at=at)) >= MOST:
        raise _fault("", f"You have {MOST} tokens that count, which is the most. Revoke one first.")
    secret = BEGINS + secrets.token_urlsafe(32)
    token = ApiToken(
        person_id=person.id,
        name=name,
        token_sha256=_hash(secret),
        scopes=[each for each in SCOPES if each in scopes],
        made_at=at,
        expires_at=at + timedelta(days=days),
    )
    session().add(token)
    session().flush()
    details = {"token": token.id, "scopes": token.scopes, "until": token.expires_at.date().isoformat()}
    record.write("token-made", by=person, as_role=None, at=at, details=details)
    return token, secret


def revoke(token_id: int, *, by: Person, at: datetime) -> ApiToken:
    """Revoke a token of one's own, which counts no more; raises NotFound for that of anybody else."""
    token = session().scalar(select(ApiToken).where(ApiToken.id == token_id, ApiToken.person_id == by.id))
    if token is None:
        raise NotFound("You have no such token.")
    token = held(token)
    if token.revoked_at is None:
        token.revoked_at = at
        record.write("token-revoked", by=by, as_role=None, at=at, details={"token": token.id})
    return token


def find(secret: str, *, at: datetime) -> ApiToken | None:
    """The token of this secret with its person and their roles, if it counts and they are active: one statement."""
    wanted = (
        select(ApiToken).join(ApiToken.person).options(contains_eager(ApiToken.person).joinedload(Person.appointments))
    )
    counts = (ApiToken.revoked_at.is_(None), ApiToken.expires_at > at, Person.deactivated_at.is_(None))
    return session().scalars(wanted.where(ApiToken.token_sha256 == _hash(secret), *counts)).unique().one_or_none()


def note_use(token: ApiToken, *, on: date) -> None:
    """Note the day on which a token was used last."""
    token.used_on = on
    session().flush()


def note_taken_out(token: ApiToken, what: str, *, at: datetime) -> None:
    """Record that a list is read with a token: once for each list and day, however many pages and requests it takes."""
    day = day_of(at).isoformat()
    first_today = (
        update(ApiToken)
        .where(ApiToken.id == token.id, ApiToken.taken_out[what].astext.is_distinct_from(day))
        .values(taken_out=ApiToken.taken_out.concat({what: day}))
        .returning(ApiToken.id)
        .execution_options(synchronize_session=False)
    )
    if token.taken_out.get(what) != day and session().scalar(first_today) is not None:
        details = {"what": f"the list of {what}, through the API", "token": token.id}
        record.write("exported", by=token.person, as_role=None, at=at, details=details)


def of_person(person: Person) -> list[ApiToken]:
    """A person's tokens, the latest first, also those that count no more."""
    wanted = select(ApiToken).where(ApiToken.person_id == person.id)
    return list(session().scalars(wanted.order_by(ApiToken.id.desc())))


def counting(person: Person, *, at: datetime) -> list[ApiToken]:
    """Those of a person's tokens that count at this moment."""
    return [each for each in of_person(person) if each.revoked_at is None and each.expires_at > at]


def _hash(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def _fault(key: str, reason: str) -> InvalidInput:
    return InvalidInput(None, [Fault(key, reason)])
