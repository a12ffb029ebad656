"""As whom identity providers know people: found by subject once linked, by verified e-mail the first time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from cxworkflow.db import session
from cxworkflow.errors import NotAllowed, NotFound
from cxworkflow.models import Identity, Person, Role
from cxworkflow.permissions import Permission, require
from cxworkflow.services import people, record
from cxworkflow.services.sign_ins import Present, require_fresh


@dataclass(frozen=True)
class Claim:
    """Who somebody is, on the word of a provider; `email` only if the provider has verified it."""

    issuer: str
    subject: str
    email: str | None


class Unknown(NotAllowed):
    """Nobody here has the e-mail address that your identity provider has verified. Ask the administrator to add you."""


class KnownOtherwise(NotAllowed):
    """Your e-mail address belongs to an account that another identity is linked to. Ask the administrator."""


class Deactivated(NotAllowed):
    """This account is deactivated. Ask the administrator of this system if that is a mistake."""


def person_for(claim: Claim, *, issuers: Sequence[str], at: datetime) -> Person:
    """The person a provider vouches for, linked from now on; raises Unknown, KnownOtherwise or Deactivated.

    An address that went to somebody else at the provider does not open the account of who had it before; nor does
    the word of one provider open an account that is linked to another one of those in use (`issuers`).
    """
    linked = _linked(claim)
    person = linked.person if linked is not None else _by_address(claim, issuers)
    if person.deactivated_at is not None:
        raise Deactivated
    if linked is None and _linked(claim) is None:
        session().add(Identity(person_id=person.id, issuer=claim.issuer, subject=claim.subject, linked_at=at))
        record.write("identity-linked", by=person, as_role=None, at=at, details={"issuer": claim.issuer})
    return person


def _linked(claim: Claim) -> Identity | None:
    wanted = select(Identity).where(Identity.issuer == claim.issuer, Identity.subject == claim.subject)
    return session().scalar(wanted)


def _by_address(claim: Claim, issuers: Sequence[str]) -> Person:
    if claim.email is None:
        raise Unknown
    # Two browsers at once: the second waits here, and finds the link of the first.
    wanted = (
        select(Person).where(Person.email == claim.email.strip().lower()).with_for_update(of=Person, key_share=True)
    )
    person = session().scalar(wanted)
    if person is None:
        raise Unknown
    known_as = session().execute(
        select(Identity.issuer, Identity.subject).where(
            Identity.person_id == person.id, Identity.issuer.in_([claim.issuer, *issuers])
        )
    )
    if {tuple(each) for each in known_as} - {(claim.issuer, claim.subject)}:
        raise KnownOtherwise
    return person


def linked_to(person: Person) -> list[Identity]:
    """As whom providers know this person, as far as whoever asks may know."""
    return list(session().scalars(select(Identity).where(Identity.person_id == person.id).order_by(Identity.issuer)))


def unlink(person: Person, identity_id: int, *, by: Person, at: datetime) -> str:
    """Forget an identity: it opens this account no more, unless a provider vouches for the address anew.

    Returns its issuer. Raises NotAllowed; NotFound where it is not this person's.
    """
    role = require(by, Permission.APPOINT, at=at)
    people.kept_here(person)
    return _forget(person, identity_id, by=by, as_role=role, at=at)


def unlink_own(present: Present, identity_id: int, *, at: datetime) -> str:
    """The same for one's own; raises NotNow unless one has signed in within the last 15 minutes."""
    require_fresh(present)
    return _forget(present.person, identity_id, by=present.person, as_role=None, at=at)


def _forget(person: Person, identity_id: int, *, by: Person, as_role: Role | None, at: datetime) -> str:
    own = delete(Identity).where(Identity.id == identity_id, Identity.person_id == person.id)
    issuer = session().scalar(own.returning(Identity.issuer))
    if issuer is None:
        raise NotFound("This identity is not linked any more.")
    details = {"person": person.id, "issuer": issuer}
    record.write("identity-unlinked", by=by, as_role=as_role, at=at, details=details)
    return issuer


def refuse(way: str, refusal: NotAllowed, *, at: datetime) -> None:
    """Record that somebody was turned away, and why, but not who they said they were."""
    details = {"way": way, "why": type(refusal).__name__.lower()}
    record.write("sign-in-refused", by=None, as_role=None, at=at, details=details)
