"""Who is out of a review: by their own word, or taken off it by the Directorate lead. It is for good."""

from datetime import datetime

from cxworkflow.calendar import day_of
from cxworkflow.db import held, session
from cxworkflow.errors import NotFound, NotNow
from cxworkflow.lifecycle import Status
from cxworkflow.models import Audience, Person, Recusal, Role, Strategy
from cxworkflow.permissions import Permission, holds, recused, require
from cxworkflow.services import notices, record
from cxworkflow.services.words import said

OVER = frozenset({Status.APPROVED, Status.IMPLEMENTED})  # there is no review any more that one could leave

AMONG_US = {"audience": Audience.TEAM.value}  # why somebody is out is not for the Component


def recuse(strategy: Strategy, *, reason: str, by: Person, at: datetime) -> Recusal:
    """Step out of a review; the Directorate lead is told, and the CIO where it is the Directorate lead who leaves.

    Raises InvalidInput without a reason, NotAllowed for who is out already or was never in it, NotNow.
    """
    strategy = held(strategy)
    role = require(by, Permission.RECUSE, strategy, at=at)
    reason = _reason(strategy, reason)
    record.write("recused", by=by, as_role=role, at=at, strategy=strategy, details={"reason": reason, **AMONG_US})
    leading = holds(by, Role.DIRECTORATE_LEAD, department=strategy.component.department, on=day_of(at))
    roles = (Role.DIRECTORATE_LEAD, Role.CIO) if leading else (Role.DIRECTORATE_LEAD,)
    facts = _facts(strategy, by, reason, by=by)
    notices.owe_to_roles(
        "recused",
        [each.value for each in roles],
        key=f"{strategy.id}/{by.id}",
        department=strategy.component.department,
        component_id=strategy.component_id,
        strategy=strategy,
        facts=facts,
        at=at,
    )
    return _out(strategy, by, reason, by=by, at=at)


def take_off(strategy: Strategy, reviewer: Person, *, reason: str, by: Person, at: datetime) -> Recusal:
    """Take a reviewer off a review, who is told. Raises InvalidInput, NotAllowed, NotFound, NotNow."""
    strategy = held(strategy)
    role = require(by, Permission.TAKE_OFF, strategy, at=at)
    assigned = {review.reviewer_id for version in strategy.versions for review in version.reviews}
    if reviewer.id not in assigned:
        raise NotFound(f"{reviewer.name} does not review this strategy.")
    if recused(reviewer, strategy):
        raise NotNow(f"{reviewer.name} is out of this review already.")
    reason = _reason(strategy, reason)
    details = {"whom": reviewer.id, "reason": reason, **AMONG_US}
    record.write("taken-off", by=by, as_role=role, at=at, strategy=strategy, details=details)
    notices.owe_to_person(
        "recused",
        reviewer,
        Role.REVIEWER,
        key=f"{strategy.id}/{reviewer.id}",
        component=strategy.component,
        strategy=strategy,
        facts=_facts(strategy, reviewer, reason, by=by),
        at=at,
    )
    return _out(strategy, reviewer, reason, by=by, at=at)


def _reason(strategy: Strategy, reason: str) -> str:
    if strategy.status in OVER:
        raise NotNow(f"The review is over: this strategy is {strategy.status.value}. Nothing was changed.")
    return said(reason, "why", needed="Say why: the reason becomes part of the record.")


def _facts(strategy: Strategy, person: Person, reason: str, *, by: Person) -> dict[str, str]:
    policy, component = strategy.edition.policy, strategy.component
    return {
        "policy": policy.short_title,
        "paper": policy.paper,
        "component": component.code,
        "component_name": component.name,
        "person": person.name,
        "reason": reason,
        "by": by.name,
    }


def _out(strategy: Strategy, person: Person, reason: str, *, by: Person, at: datetime) -> Recusal:
    recusal = Recusal(strategy_id=strategy.id, person=person, reason=reason, recused_at=at, by_id=by.id)
    session().add(recusal)
    session().flush()
    return recusal
