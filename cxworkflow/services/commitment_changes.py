"""Changes to a commitment: proposed with a reason, accepted or refused by the Directorate, the original kept."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from cxworkflow.calendar import ChangeKind, day_of
from cxworkflow.db import held, session
from cxworkflow.errors import Fault, InvalidInput, NotNow
from cxworkflow.models import Clock, Commitment, CommitmentChange, CommitmentState, Person, Role
from cxworkflow.models.people import COMPONENT_ROLES
from cxworkflow.permissions import Permission, holds, require
from cxworkflow.services import histories, progress
from cxworkflow.services.words import said


def propose(
    commitment: Commitment,
    *,
    title: str | None = None,
    due_on: date | None = None,
    owner: Person | None = None,
    drops: bool = False,
    reason: str,
    by: Person,
    at: datetime,
) -> CommitmentChange:
    """Propose another text, day or owner for a commitment, or that it is dropped; what is None stays.

    Raises InvalidInput without a reason or where nothing would change, NotAllowed, NotNow.
    """
    commitment = held(commitment)
    role = require(by, Permission.WORK_ON, commitment, at=at)
    progress.open_still(commitment)
    if proposed(commitment) is not None:
        raise NotNow("A change to this commitment waits for the Directorate’s answer already. Nothing was changed.")
    title = said(title, "title", longest=300) or None
    title = None if title == commitment.title else title
    due_on = None if due_on == commitment.due_on else due_on
    owner = None if owner is not None and owner.id == commitment.owner_id else owner
    faults = _faults(commitment, title, due_on, owner, drops=drops, at=at)
    if faults:
        raise InvalidInput(None, faults)
    reason = said(reason, "reason", needed="Give the reason for the change: the Directorate decides by it.")
    change = CommitmentChange(
        strategy_id=commitment.strategy_id,
        commitment=commitment,
        title=title,
        due_on=due_on,
        owner=owner,
        drops=drops,
        before_title=commitment.title,
        before_due_on=commitment.due_on,
        before_owner_id=commitment.owner_id,
        reason=reason,
        proposed_at=at,
        by_id=by.id,
    )
    session().add(change)
    facts = {**told_of(change), "reason": reason}
    event = progress.tell("change-proposed", commitment, by=by, as_role=role, at=at, whom=change.owner_id, **facts)
    progress.owe("commitment-change-proposed", commitment, event, at=at, to_owner=_name(owner), **facts)
    return change


def accept(change: CommitmentChange, *, answer: str = "", by: Person, at: datetime) -> None:
    """Accept a change: the commitment says it from now on, and its clock moves with it. Raises NotAllowed, NotNow."""
    commitment = held(held(change).commitment)
    role = require(by, Permission.CHECK, commitment, at=at)
    _still_open(change)
    progress.open_still(commitment)
    clock = session().scalar(select(Clock).where(Clock.commitment_id == commitment.id))
    if change.drops:
        commitment.state = CommitmentState.DROPPED
        if clock is not None and clock.stopped_on is None:
            histories.change(held(clock), ChangeKind.LIFTED, by=by, at=at, reason=change.reason)
    commitment.title = change.title or commitment.title
    commitment.owner_id = change.owner_id or commitment.owner_id
    if change.due_on is not None:
        commitment.due_on = change.due_on
        if clock is not None and clock.stopped_on is None and not change.drops:
            histories.change(held(clock), ChangeKind.EXTENDED, by=by, at=at, to=change.due_on, reason=change.reason)
    _decide(change, role, answer=said(answer, "answer"), accepted=True, by=by, at=at)


def refuse(change: CommitmentChange, *, reason: str, by: Person, at: datetime) -> None:
    """Refuse a change with a reason; the commitment stays as it is. Raises InvalidInput, NotAllowed, NotNow."""
    commitment = held(held(change).commitment)
    role = require(by, Permission.CHECK, commitment, at=at)
    _still_open(change)
    reason = said(reason, "reason", needed="Say why it is refused: the Component reads this reason.")
    _decide(change, role, answer=reason, accepted=False, by=by, at=at)


def proposed(commitment: Commitment) -> CommitmentChange | None:
    """The change that waits for an answer, if there is one."""
    wanted = select(CommitmentChange).where(CommitmentChange.commitment_id == commitment.id)
    return session().scalar(wanted.where(CommitmentChange.accepted.is_(None)))


def told_of(change: CommitmentChange) -> dict[str, Any]:
    """What a change asks for, as the record and an e-mail say it, but for whom it names: JSON values."""
    return {
        "to_title": change.title,
        "to_due_on": change.due_on.isoformat() if change.due_on else None,
        "drops": change.drops,
        "before_title": change.before_title if change.title else None,
        "before_due_on": change.before_due_on.isoformat() if change.due_on and change.before_due_on else None,
    }


def _decide(change: CommitmentChange, role: Role, *, answer: str, accepted: bool, by: Person, at: datetime) -> None:
    change.accepted, change.answer, change.decided_at, change.decided_by_id = accepted, answer, at, by.id
    session().flush()
    commitment, facts = change.commitment, {**told_of(change), "answer": answer}
    verb = "change-accepted" if accepted else "change-refused"
    event = progress.tell(verb, commitment, by=by, as_role=role, at=at, whom=change.owner_id, **facts)
    told = {person.id: person for person in (change.by, commitment.owner) if person is not None}
    also = tuple((person, Role.LEAD.value) for person in told.values())
    progress.owe(
        "commitment-change-decided",
        commitment,
        event,
        at=at,
        also=also,
        accepted=accepted,
        to_owner=_name(change.owner),
        **facts,
    )


def _name(owner: Person | None) -> str | None:
    return owner.name if owner else None


def _still_open(change: CommitmentChange) -> None:
    if change.accepted is not None:
        raise NotNow("This change has been answered already. Nothing was changed.")


def _faults(
    commitment: Commitment, title: str | None, due_on: date | None, owner: Person | None, *, drops: bool, at: datetime
) -> list[Fault]:
    if drops and (title or due_on or owner):
        return [Fault("drops", "A commitment is either dropped or changed. Choose one of the two.")]
    if not (drops or title or due_on or owner):
        return [Fault("title", "Nothing would change. Give another text, day or owner, or propose to drop it.")]
    faults = []
    if due_on is not None and due_on < day_of(at):
        faults.append(Fault("due", "That day is over. Choose today or a later day."))
    component = commitment.strategy.component
    if owner is not None and not holds(owner, *COMPONENT_ROLES, component=component, on=day_of(at)):
        faults.append(Fault("owner", f"{owner.name} has no role in {component.code}, so they can't answer for it."))
    return faults
