"""Changes to commitments: proposed by the Component with a reason, accepted or refused by the Directorate."""

from datetime import date

from pydantic import Field

from cxworkflow.api.asked import Asked
from cxworkflow.api.commitments import CommitmentTold, again, of
from cxworkflow.api.endpoint import Endpoint, Number, Sent, Text
from cxworkflow.api.sections import person_of
from cxworkflow.api.shapes import Answer, Reason
from cxworkflow.models import Area, CommitmentChange
from cxworkflow.permissions import Permission
from cxworkflow.queries import commitments as queries
from cxworkflow.services import commitment_changes


class Proposed(Sent):
    """What is to be changed; what is left out stays."""

    reason: Text
    title: str | None = Field(None, max_length=500)
    due_on: date | None = None
    owner: Number | None = Field(None, description="The number of a person of the Component.")
    drops: bool = Field(default=False, description="True: it is given up.")


def propose(asked: Asked, commitment_id: int) -> CommitmentTold:
    """Propose a change, with a reason."""
    commitment, given = of(asked, commitment_id, Permission.WORK_ON), asked.words(Proposed)
    commitment_changes.propose(
        commitment,
        title=given.title,
        due_on=given.due_on,
        owner=person_of(given.owner) if given.owner else None,
        drops=given.drops,
        reason=given.reason,
        by=asked.by,
        at=asked.at,
    )
    return again(asked, commitment_id)


def accept(asked: Asked, commitment_id: int, change_id: int) -> CommitmentTold:
    """Accept a change."""
    change = _asked(asked, commitment_id, change_id)
    commitment_changes.accept(change, answer=asked.words(Answer).answer, by=asked.by, at=asked.at)
    return again(asked, commitment_id)


def refuse(asked: Asked, commitment_id: int, change_id: int) -> CommitmentTold:
    """Refuse a change, with a reason."""
    change = _asked(asked, commitment_id, change_id)
    commitment_changes.refuse(change, reason=asked.words(Reason).reason, by=asked.by, at=asked.at)
    return again(asked, commitment_id)


def _asked(asked: Asked, commitment_id: int, change_id: int) -> CommitmentChange:
    commitment = of(asked, commitment_id, Permission.CHECK)
    return queries.change(commitment, change_id)


_ALL = "/commitments/<int:commitment_id>/changes"
_ONE = f"{_ALL}/<int:change_id>"
ENDPOINTS = (
    Endpoint("POST", _ALL, Area.COMMITMENTS, "Propose a change", propose, CommitmentTold, Proposed),
    Endpoint("POST", f"{_ONE}/acceptance", Area.COMMITMENTS, "Accept a change", accept, CommitmentTold, Answer),
    Endpoint("POST", f"{_ONE}/refusal", Area.COMMITMENTS, "Refuse a change", refuse, CommitmentTold, Reason),
)
