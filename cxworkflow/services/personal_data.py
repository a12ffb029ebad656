"""What is known of one person, taken out for them or by the administrator. Texts of strategies are not in it."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, or_, select

from cxworkflow.calendar import day_of
from cxworkflow.db import session
from cxworkflow.errors import NotAllowed
from cxworkflow.models import (
    Acknowledgement,
    ApiToken,
    Attachment,
    CalendarFeed,
    Commitment,
    Event,
    Identity,
    Notice,
    Person,
    Preference,
    Recusal,
    Review,
    SignIn,
    SignInLink,
)
from cxworkflow.permissions import Permission, require
from cxworkflow.scope import SYSTEM, within
from cxworkflow.services import record

NAMING = ("person", "whom")  # what of a line names somebody else than who did it


def take_out(person: Person, *, by: Person, at: datetime) -> dict[str, Any]:
    """Everything that is kept about a person, but for what they wrote, which belongs to the strategies.

    Moments are in UTC as ISO 8601. Raises NotAllowed for anybody but the person and the administrator.
    """
    role = None if by is person else require(by, Permission.TAKE_OUT_PERSON, at=at)
    if by is not person and len(person.departments) > 1:
        raise NotAllowed(
            f"{person.name} has or had roles in other departments, too, of which this would tell. "
            "They can take it out themselves, below their inbox."
        )
    details = {"what": "what is known of one person", "person": person.id}
    record.write("exported", by=by, as_role=role, at=at, details=details)
    with within(SYSTEM):
        return _known(person, at)


def _known(person: Person, at: datetime) -> dict[str, Any]:
    return {
        "taken_out_at": at.isoformat(),
        "person": {
            "id": person.id,
            "name": person.name,
            "email": person.email,
            "deactivated_at": _iso(person.deactivated_at),
        },
        "roles": [
            {
                "title": held.title,
                "component": held.component.code if held.component else None,
                "from_on": held.from_on.isoformat(),
                "until_on": held.until_on.isoformat() if held.until_on else None,
            }
            for held in person.appointments
        ],
        "signed_in_now": _rows(SignIn, person, "way", "began_at", "seen_at"),
        "sign_in_links": _rows(SignInLink, person, "made_at", "sent_at", "used_at"),
        "identity_providers": _rows(Identity, person, "issuer", "subject", "linked_at"),
        "programs": _rows(ApiToken, person, "name", "scopes", "made_at", "expires_at", "revoked_at", "used_on"),
        "e_mails": _rows(Notice, person, "kind", "to_role", "to_address", "owed_at", "state", "sent_at", "read_at"),
        "preferences": _rows(Preference, person, "daily_digest", "chosen_at"),
        "calendar_address": _rows(CalendarFeed, person, "made_at"),
        "reviews": _rows(Review, person, "version_id", "assigned_at", key="reviewer_id"),
        "attachments": _rows(Attachment, person, "strategy_id", "clause", "name", "attached_at", key="by_id"),
        "commitments": _rows(Commitment, person, "strategy_id", "title", "due_on", "state", key="owner_id"),
        "guidance_acknowledged": _rows(Acknowledgement, person, "guidance_id", "acknowledged_at", key="by_id"),
        "recusals": _rows(Recusal, person, "strategy_id", "recused_at"),
        "done_by_them": _lines(Event.by_id == person.id),
        "done_about_them": _lines(or_(*(Event.details[key].astext.cast(BigInteger) == person.id for key in NAMING))),
    }


def file_name(person: Person, *, at: datetime) -> str:
    """What the file is called: it names nobody."""
    return f"person-{person.id}-{day_of(at).isoformat()}.json"


def _rows(model: Any, person: Person, *names: str, key: str = "person_id") -> list[dict[str, Any]]:
    found = select(*(getattr(model, name) for name in names)).where(getattr(model, key) == person.id)
    return [
        {name: _iso(value) for name, value in zip(names, row, strict=True)}
        for row in session().execute(found.order_by(*model.__table__.primary_key))
    ]


def _lines(of_them: Any) -> list[dict[str, Any]]:
    wanted = select(Event.at, Event.verb, Event.by_role, Event.strategy_id).where(of_them).order_by(Event.id)
    return [
        {"at": _iso(at), "what": verb, "as": role, "strategy": strategy_id}
        for at, verb, role, strategy_id in session().execute(wanted)
    ]


def _iso(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
