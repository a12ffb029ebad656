"""Commitments of approved strategies: progress, reports and their check."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pydantic import Field
from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from cxworkflow.api.asked import Asked
from cxworkflow.api.endpoint import Endpoint, Page, Sent, Shape, Text
from cxworkflow.api.paging import page
from cxworkflow.api.shapes import Answer, OfPolicyAndComponent, Reason, Somebody
from cxworkflow.db import session
from cxworkflow.models import Area, Commitment, CommitmentChange, CommitmentState, Component, PolicyEdition, Strategy
from cxworkflow.permissions import Permission, require
from cxworkflow.queries import commitments as queries
from cxworkflow.queries.hisps import in_sight
from cxworkflow.services import progress


class CommitmentRow(Shape):
    """A commitment in a list. What is measured has a baseline, a target and which way is better."""

    id: int
    strategy_id: int
    component: str
    kind: str
    clause: str
    title: str
    owner: Somebody | None
    due_on: date | None
    original_due_on: date | None
    state: CommitmentState
    percent: int
    reported_on: date | None
    principles: list[str]
    unit: str | None
    baseline: Decimal | None
    target: Decimal | None
    better: str | None

    @classmethod
    def of(cls, commitment: Commitment) -> "CommitmentRow":
        """This commitment."""
        return cls(**_told(commitment))


class ProgressTold(Shape):
    """What was noted on the way."""

    text: str
    percent: int | None
    made_at: datetime
    by: Somebody


class ReportTold(Shape):
    """A report that it is done, and the answer to it."""

    statement: str
    reported_at: datetime
    by: Somebody
    outcome: str | None = Field(description="accepted, sent-back, or null while it waits for its check")
    answer: str
    evidence: list[str] = Field(description="The names of the files that it cites.")


class ChangeProposed(Shape):
    """A change that its Component proposes, and the answer to it. What is null stays as it is."""

    id: int
    title: str | None
    due_on: date | None
    owner: Somebody | None
    drops: bool
    reason: str
    proposed_at: datetime
    by: Somebody
    accepted: bool | None
    answer: str


class CommitmentTold(CommitmentRow):
    """A commitment with all that was said of it."""

    progress: list[ProgressTold]
    reports: list[ReportTold]
    changes: list[ChangeProposed]


class Noted(Sent):
    """How far it is."""

    text: Text
    percent: int | None = Field(None, ge=0, le=100)


class Done(Sent):
    """What has been done."""

    statement: Text


def index(asked: Asked) -> Page[CommitmentRow]:
    """The commitments that the person may know of."""
    wanted, narrowed = in_sight_of(asked)
    rows, further = page(wanted, Commitment.id, narrowed)
    return Page[CommitmentRow](items=[CommitmentRow.of(each) for each in rows], next=further)


def in_sight_of(asked: Asked) -> tuple[Select[tuple[Commitment]], OfPolicyAndComponent]:
    """The commitments that the person may know of, narrowed as asked for; and what was asked for."""
    narrowed = asked.query
    assert isinstance(narrowed, OfPolicyAndComponent)
    seen = select(Strategy.id).join(Strategy.component).where(in_sight(asked.by, at=asked.at))
    if narrowed.component is not None:
        seen = seen.where(Component.code == narrowed.component)
    if narrowed.policy is not None:
        seen = seen.where(Strategy.edition_id.in_(select(PolicyEdition.id).filter_by(code=narrowed.policy)))
    wanted = select(Commitment).where(Commitment.strategy_id.in_(seen)).options(joinedload(Commitment.strategy))
    return wanted, narrowed


def one(asked: Asked, commitment_id: int) -> CommitmentTold:
    """A commitment with its progress, reports and changes."""
    commitment = queries.one(asked.by, commitment_id, at=asked.at)
    noted = [
        ProgressTold(text=each.text, percent=each.percent, made_at=each.made_at, by=Somebody.of(each.by))
        for each in queries.progress(commitment)
    ]
    reports = [
        ReportTold(
            statement=each.statement,
            reported_at=each.reported_at,
            by=Somebody.of(each.by),
            outcome=each.outcome,
            answer=each.answer,
            evidence=[cited.evidence.name for cited in each.citations],
        )
        for each in queries.completions(commitment)
    ]
    changes = [_change(each) for each in queries.changes(commitment)]
    return CommitmentTold(**_told(commitment), progress=noted, reports=reports, changes=changes)


def note(asked: Asked, commitment_id: int) -> CommitmentTold:
    """Note progress."""
    commitment, given = of(asked, commitment_id, Permission.WORK_ON), asked.words(Noted)
    progress.note(commitment, text=given.text, percent=given.percent, by=asked.by, at=asked.at)
    return again(asked, commitment_id)


def report(asked: Asked, commitment_id: int) -> CommitmentTold:
    """Report it as done, citing its evidence."""
    commitment = of(asked, commitment_id, Permission.WORK_ON)
    progress.report(commitment, statement=asked.words(Done).statement, by=asked.by, at=asked.at)
    return again(asked, commitment_id)


def accept(asked: Asked, commitment_id: int) -> CommitmentTold:
    """Accept what was reported."""
    commitment = of(asked, commitment_id, Permission.CHECK)
    progress.accept(commitment, answer=asked.words(Answer).answer, by=asked.by, at=asked.at)
    return again(asked, commitment_id)


def send_back(asked: Asked, commitment_id: int) -> CommitmentTold:
    """Send what was reported back, with a reason."""
    commitment = of(asked, commitment_id, Permission.CHECK)
    progress.send_back(commitment, reason=asked.words(Reason).reason, by=asked.by, at=asked.at)
    return again(asked, commitment_id)


def of(asked: Asked, commitment_id: int, permission: Permission) -> Commitment:
    """The commitment, for who may do this to it; raises NotFound, NotAllowed."""
    commitment = queries.one(asked.by, commitment_id, at=asked.at)
    require(asked.by, permission, commitment, at=asked.at)
    return commitment


def again(asked: Asked, commitment_id: int) -> CommitmentTold:
    """The commitment as it stands after a verb."""
    session().flush()
    session().expire_all()
    return one(asked, commitment_id)


def _told(commitment: Commitment) -> dict[str, Any]:
    apart = ("component", "owner")
    told = {name: getattr(commitment, name) for name in CommitmentRow.model_fields if name not in apart}
    return {**told, "component": commitment.component.code, "owner": Somebody.or_none(commitment.owner)}


def _change(change: CommitmentChange) -> ChangeProposed:
    people = ("owner", "by")
    told = {name: getattr(change, name) for name in ChangeProposed.model_fields if name not in people}
    return ChangeProposed(**told, owner=Somebody.or_none(change.owner), by=Somebody.of(change.by))


_ONE = "/commitments/<int:commitment_id>"
_AREA = Area.COMMITMENTS
ENDPOINTS = (
    Endpoint(
        "GET",
        "/commitments",
        _AREA,
        "List commitments",
        index,
        Page[CommitmentRow],
        asks=OfPolicyAndComponent,
        listed="commitments",
    ),
    Endpoint("GET", _ONE, _AREA, "Read a commitment", one, CommitmentTold),
    Endpoint("POST", f"{_ONE}/progress", _AREA, "Note progress", note, CommitmentTold, Noted),
    Endpoint("POST", f"{_ONE}/done", _AREA, "Report it as done", report, CommitmentTold, Done),
    Endpoint("POST", f"{_ONE}/acceptance", _AREA, "Accept the report", accept, CommitmentTold, Answer),
    Endpoint("POST", f"{_ONE}/return", _AREA, "Send the report back", send_back, CommitmentTold, Reason),
)
