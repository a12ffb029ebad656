"""What Components have reached when, step by step."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Select, any_, bindparam, func, select

from cxworkflow.db import rows
from cxworkflow.models import Clock, PolicyEdition
from cxworkflow.policies import Policy
from cxworkflow.queries.present_clock import kinds
from cxworkflow.queries.written import written_once


@dataclass(frozen=True)
class Milestones:
    """When a Component's strategy was submitted first, approved and implemented; None: not yet."""

    submitted_on: date | None = None
    approved_on: date | None = None
    implemented_on: date | None = None

    @property
    def steps(self) -> tuple[tuple[date, str], ...]:
        """Those that are reached, in their order."""
        named = ((self.submitted_on, "submitted"), (self.approved_on, "approved"), (self.implemented_on, "implemented"))
        return tuple((on, label) for on, label in named if on)


def reached(edition: PolicyEdition, component_ids: Sequence[int]) -> dict[int, Milestones]:
    """The milestones of these Components, as the clocks tell them: one statement."""
    found = {}
    for component_id, reviewed_on, stopped_on, approved_on, done_on in rows(
        _wanted(edition), components=list(component_ids)
    ):
        days = [on for on in (reviewed_on, stopped_on) if on]
        found[component_id] = Milestones(min(days) if days else None, approved_on, done_on)
    return found


@written_once
def _wanted(edition: PolicyEdition) -> Select[Any]:
    """Component, when a review began, when what a submission stops stopped, when approved, when implemented."""
    first, last = _kinds(edition.policy)
    submitted = func.min(Clock.started_on).filter(Clock.kind.in_(_started_by(edition.policy, "submitted")))
    approved = func.min(Clock.started_on).filter(Clock.kind.in_(_started_by(edition.policy, "approved")))
    return (
        select(
            Clock.component_id,
            submitted,
            func.min(Clock.stopped_on).filter(Clock.kind.in_(first)),
            approved,
            func.max(Clock.stopped_on).filter(Clock.kind.in_(last), ~Clock.lifted),
        )
        .where(
            Clock.edition_id == edition.id,
            Clock.component_id == any_(bindparam("components", type_=ARRAY(BigInteger))),
            ~Clock.lifted,
        )
        .group_by(Clock.component_id)
    )


def _kinds(policy: Policy) -> tuple[list[str], list[str]]:
    """The clocks that a submission stops first, and those that the implementation stops."""
    first = [rule.kind for rule in kinds(policy) if "submitted" in rule.stops and rule.starts == "signed"]
    return first, [rule.kind for rule in kinds(policy) if "implemented" in rule.stops]


def _started_by(policy: Policy, event: str) -> list[str]:
    return [rule.kind for rule in kinds(policy) if rule.starts == event]
