"""Decisions: a version approved or returned, each bound to the hash that was read."""

from datetime import datetime
from typing import Any

from pydantic import Field
from sqlalchemy import select

from cxworkflow.api.asked import Asked
from cxworkflow.api.endpoint import Endpoint, Number, Page, Paged, Sent, Shape, Text
from cxworkflow.api.paging import page
from cxworkflow.api.shapes import Somebody
from cxworkflow.db import session
from cxworkflow.lifecycle import Action
from cxworkflow.models import Area, Decision, Outcome
from cxworkflow.permissions import Permission
from cxworkflow.queries.strategies import known
from cxworkflow.services import reviews


class DecisionTold(Shape):
    """A decision on a version."""

    version: int
    sha256: str
    outcome: Outcome
    reason: str
    conditions: list[str]
    must_changes: list[dict[str, Any]]
    decided_at: datetime
    by: Somebody
    as_whom: str
    letter_sha256: str | None

    @classmethod
    def of(cls, decision: Decision) -> "DecisionTold":
        """This decision."""
        return cls(
            version=decision.version.number,
            sha256=decision.sha256,
            outcome=decision.outcome,
            reason=decision.reason,
            conditions=decision.conditions,
            must_changes=decision.must_changes,
            decided_at=decision.decided_at,
            by=Somebody.of(decision.by),
            as_whom=decision.by_role,
            letter_sha256=decision.letter_sha256,
        )


class Approval(Sent):
    """The approval of exactly the version that was read."""

    version: Number
    sha256: str = Field(max_length=64)
    remark: Text = ""
    conditions: list[Text] = Field([], max_length=100)


class Return(Sent):
    """The return of exactly the version that was read, with a reason."""

    version: Number
    sha256: str = Field(max_length=64)
    reason: Text
    listed: list[Number] = Field(max_length=1000, description="The open_must_changes of the review that was read.")


def index(asked: Asked, strategy_id: int) -> Page[DecisionTold]:
    """The decisions on a strategy's versions, the first one first."""
    strategy = known(asked.by, strategy_id, at=asked.at)
    assert isinstance(asked.query, Paged)
    rows, further = page(select(Decision).where(Decision.strategy_id == strategy.id), Decision.id, asked.query)
    return Page[DecisionTold](items=[DecisionTold.of(each) for each in rows], next=further)


def approve(asked: Asked, strategy_id: int) -> DecisionTold:
    """Approve the version; its implementation clock starts."""
    strategy = asked.strategy(strategy_id, Permission.APPROVE, Action.APPROVE)
    given = asked.body(Approval)
    decision = reviews.approve(
        strategy,
        version_number=given.version,
        sha256=given.sha256,
        reason=given.remark,
        conditions=given.conditions,
        by=asked.by,
        at=asked.at,
    )
    return _now(decision)


def send_back(asked: Asked, strategy_id: int) -> DecisionTold:
    """Return the version to the Component."""
    strategy = asked.strategy(strategy_id, Permission.RETURN, Action.RETURN)
    given = asked.body(Return)
    decision = reviews.send_back(
        strategy,
        reason=given.reason,
        version_number=given.version,
        sha256=given.sha256,
        listed=given.listed,
        by=asked.by,
        at=asked.at,
    )
    return _now(decision)


def _now(decision: Decision) -> DecisionTold:
    session().flush()
    return DecisionTold.of(decision)


_ALL = "/strategies/<int:strategy_id>/decisions"
ENDPOINTS = (
    Endpoint("GET", _ALL, Area.DECISIONS, "List decisions", index, Page[DecisionTold], asks=Paged),
    Endpoint("POST", f"{_ALL}/approval", Area.DECISIONS, "Approve", approve, DecisionTold, Approval),
    Endpoint("POST", f"{_ALL}/return", Area.DECISIONS, "Return for changes", send_back, DecisionTold, Return),
)
