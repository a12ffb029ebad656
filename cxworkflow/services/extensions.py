"""Extensions asked for by a Component's lead and decided by the CIO."""

from datetime import date, datetime

from sqlalchemy import select

from cxworkflow.db import held, session
from cxworkflow.errors import NotNow
from cxworkflow.models import Clock, ExtensionRequest, Person, Role
from cxworkflow.permissions import Permission, require
from cxworkflow.services import clocks, notices, record
from cxworkflow.services.words import said


def ask(clock: Clock, *, to: date, reason: str, by: Person, at: datetime) -> ExtensionRequest:
    """Ask the CIO for a later due date, with a reason; one request at a time."""
    clock = held(clock)
    role = require(by, Permission.ASK_EXTENSION, clock.component, at=at)
    can_be_asked(clock)
    reason = clocks.extendable(clock, to=to, reason=reason, at=at)
    request = ExtensionRequest(clock=clock, to_on=to, reason=reason, asked_at=at, by_id=by.id)
    session().add(request)
    session().flush()
    _tell("extension-asked", request, details={"reason": reason}, role=role, by=by, at=at)
    return request


def can_be_asked(clock: Clock) -> None:
    """Raise NotNow where the clock has stopped, or a request waits already."""
    clocks.open_still(clock, "extended")
    if waiting(clock) is not None:
        raise NotNow("An extension of this clock has been asked for already and waits for the CIO.")


def grant(request: ExtensionRequest, *, authority: str | None = None, by: Person, at: datetime) -> None:
    """Grant what was asked; past the policy's limit only with a cited authority."""
    request = _undecided(request, by=by, at=at)
    clocks.extend(request.clock, to=request.to_on, reason=request.reason, authority=authority, by=by, at=at)
    request.granted, request.decided_at, request.decided_by_id = True, at, by.id


def refuse(request: ExtensionRequest, *, reason: str, by: Person, at: datetime) -> None:
    """Refuse the request with a reason; the due date stays."""
    role = require(by, Permission.SET_CLOCK, at=at)
    request = _undecided(request, by=by, at=at)
    reason = said(reason, "reason", needed="Say why the extension is refused: the Component has to plan with it.")
    request.granted, request.decided_at, request.decided_by_id = False, at, by.id
    request.answer = reason
    session().flush()
    _tell("extension-refused", request, details={"reason": reason}, role=role, by=by, at=at)


def waiting(clock: Clock) -> ExtensionRequest | None:
    """The request that waits for the CIO, if there is one."""
    return session().scalar(
        select(ExtensionRequest).where(ExtensionRequest.clock_id == clock.id, ExtensionRequest.granted.is_(None))
    )


def _undecided(request: ExtensionRequest, *, by: Person, at: datetime) -> ExtensionRequest:
    require(by, Permission.SET_CLOCK, at=at)
    request = held(request)
    if request.granted is not None:
        raise NotNow("This request has been decided already.")
    return request


def _tell(
    kind: str, request: ExtensionRequest, *, details: dict[str, str], role: Role, by: Person, at: datetime
) -> None:
    clock = request.clock
    facts = {
        **clock.edition.policy.facts_of(clock.edition.policy.clock(clock.kind)),
        **details,
        "due_on": clock.due_on.isoformat(),
        "to_on": request.to_on.isoformat(),
    }
    event = record.write(kind, by=by, as_role=role, at=at, component=clock.component, clock=clock, details=facts)
    notices.owe(kind, event, edition=clock.edition, component=clock.component, clock=clock, facts=facts, at=at)
