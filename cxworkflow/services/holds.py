"""Legal holds: while one is in force, nothing that it covers is disposed of."""

from datetime import date, datetime

from cxworkflow.db import held, session
from cxworkflow.errors import Fault, InvalidInput, NotNow
from cxworkflow.models import Component, LegalHold, Person, PolicyEdition
from cxworkflow.permissions import Permission, require
from cxworkflow.services import record
from cxworkflow.services.words import said


def place(
    edition: PolicyEdition | None,
    component: Component | None,
    person: Person | None,
    *,
    reason: str,
    citation: str,
    from_on: date,
    until_on: date | None = None,
    by: Person,
    at: datetime,
) -> LegalHold:
    """Hold everything under a policy, or the strategy of one Component under it, or the data of a person.

    `until_on` is the first day without it. Raises InvalidInput, NotAllowed.
    """
    role = require(by, Permission.HOLD, at=at)
    if (person is None) == (edition is None) or (component is not None and edition is None):
        sentence = "Choose either a policy, with or without a Component, or a person."
        raise InvalidInput(None, [Fault("policy", sentence)])
    if until_on is not None and until_on <= from_on:
        raise InvalidInput(None, [Fault("until", "The first day without it has to be after its first day.")])
    hold = LegalHold(
        edition=edition,
        component=component,
        person=person,
        reason=said(reason, "reason", needed="Say why it is held: the reason becomes part of the record."),
        citation=said(citation, "citation", needed="Name the case, the request or the law by which it is held."),
        from_on=from_on,
        until_on=until_on,
        placed_at=at,
        by_id=by.id,
    )
    session().add(hold)
    session().flush()
    details = {"hold": hold.id, "reason": hold.reason, "citation": hold.citation, "from_on": from_on.isoformat()}
    if until_on is not None:
        details["until_on"] = until_on.isoformat()
    if person is not None:
        details["person"] = person.id
    if edition is not None:
        details["policy"] = edition.code
    record.write("hold-placed", by=by, as_role=role, at=at, component=component, details=details)
    return hold


def lift(hold: LegalHold, *, reason: str, by: Person, at: datetime) -> None:
    """End a hold at once. Raises InvalidInput without a reason, NotAllowed, NotNow where it is lifted already."""
    role = require(by, Permission.HOLD, at=at)
    hold = held(hold)
    if hold.lifted_at is not None:
        raise NotNow("This hold is lifted already.")
    reason = said(reason, "why", needed="Say why it is lifted: the reason becomes part of the record.")
    details = {"hold": hold.id, "reason": reason}
    record.write("hold-lifted", by=by, as_role=role, at=at, component=hold.component, details=details)
    # In one UPDATE: the database takes one, and no other after it.
    hold.lifted_at, hold.lifted_by_id, hold.lifted_reason = at, by.id, reason
    session().flush()
