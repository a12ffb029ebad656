"""Changes to a commitment: proposed by its Component, answered by the Directorate, both on the commitment's page."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from cxworkflow.db import session
from cxworkflow.errors import Fault, InvalidInput
from cxworkflow.models import Commitment, Person
from cxworkflow.permissions import Permission
from cxworkflow.queries import commitments as queries
from cxworkflow.services import commitment_changes as changes
from cxworkflow.web import current, filters
from cxworkflow.web.commitments import act
from cxworkflow.web.guard import signed_in

pages = Blueprint("commitment_changes", __name__, url_prefix="/commitments")


@pages.post("/<int:commitment_id>/changes")
@signed_in
def propose(commitment_id: int) -> ResponseReturnValue:
    """Propose another text, day or owner, or to drop it."""

    def verb(commitment: Commitment) -> str:
        changes.propose(
            commitment,
            title=request.form.get("title", ""),
            due_on=filters.posted_day("due") if any(filters.boxes("due")) else None,
            owner=_owner(request.form.get("owner", "")),
            drops=request.form.get("drops") == "yes",
            reason=request.form.get("reason", ""),
            by=current.person(),
            at=current.now(),
        )
        return "Your proposal is with the CX Directorate, which is told by e-mail. Until its answer nothing changes."

    return act(commitment_id, Permission.WORK_ON, verb)


@pages.post("/<int:commitment_id>/changes/<int:change_id>/acceptance")
@signed_in
def accept(commitment_id: int, change_id: int) -> ResponseReturnValue:
    """Accept what was proposed."""

    def verb(commitment: Commitment) -> str:
        change, answer = queries.change(commitment, change_id), request.form.get("answer", "")
        changes.accept(change, answer=answer, by=current.person(), at=current.now())
        return "The change is accepted. What was promised at first stays to be seen."

    return act(commitment_id, Permission.CHECK, verb)


@pages.post("/<int:commitment_id>/changes/<int:change_id>/refusal")
@signed_in
def refuse(commitment_id: int, change_id: int) -> ResponseReturnValue:
    """Refuse what was proposed; the commitment stays."""

    def verb(commitment: Commitment) -> str:
        change, reason = queries.change(commitment, change_id), request.form.get("why", "")
        changes.refuse(change, reason=reason, by=current.person(), at=current.now())
        return "The change is refused, and the commitment stays as it is."

    return act(commitment_id, Permission.CHECK, verb)


def _owner(typed: str) -> Person | None:
    if not typed:
        return None
    person = session().get(Person, int(typed)) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None
    if person is None:
        raise InvalidInput(None, [Fault("owner", "Choose one of the people listed.")])
    return person
