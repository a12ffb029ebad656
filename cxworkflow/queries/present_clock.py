"""Which of a Component's clocks counts now: the one that runs, of those that follow its strategy."""

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, true, tuple_
from sqlalchemy.orm import aliased

from cxworkflow.lifecycle import Status
from cxworkflow.models import Clock, Component, PolicyEdition, Strategy
from cxworkflow.policies import ClockRule, Policy

APPROVED = (Status.APPROVED, Status.IMPLEMENTED)
Now = aliased(Clock, name="now")  # the clock that counts now


def kinds(policy: Policy) -> list[ClockRule]:
    """The clocks that follow a Component's strategy from its beginning to its implementation."""
    return [rule for rule in policy.clocks if rule.holder == "component" and rule.starts != "quarter-ended"]


def counts(edition: PolicyEdition) -> ColumnElement[bool]:
    """The clock that runs, of those that follow the strategy; once implementation is reported, the one it stopped."""
    rules = kinds(edition.policy)
    last = [rule.kind for rule in rules if "implemented" in rule.stops]
    done = and_(Strategy.status.in_(APPROVED), Now.kind.in_(last), ~Now.lifted)
    return and_(
        Now.edition_id == edition.id,
        Now.component_id == Component.id,
        Now.kind.in_([rule.kind for rule in rules]),
        or_(Now.stopped_on.is_(None), done),
        ~_a_more_urgent_one(edition) if side_by_side(edition.policy) else true(),
    )


def side_by_side(policy: Policy) -> bool:
    """Whether several clocks of a Component may run at once: then one of them counts, what binds before a target."""
    signed = [rule for rule in kinds(policy) if rule.starts == "signed"]
    return len(signed) > 1 or any("submitted" not in rule.stops for rule in signed)


def _a_more_urgent_one(edition: PolicyEdition) -> ColumnElement[bool]:
    rules = kinds(edition.policy)
    binding = [rule.kind for rule in rules if rule.set_by == "policy"]

    def urgency(clock: type[Clock]) -> ColumnElement[Any]:
        return tuple_(clock.stopped_on.is_not(None), clock.kind.not_in(binding), clock.due_on, clock.id)

    beside = aliased(Clock, name="beside")
    return exists().where(
        beside.edition_id == edition.id,
        beside.component_id == Now.component_id,
        beside.kind.in_([rule.kind for rule in rules]),
        beside.stopped_on.is_(None),
        urgency(beside) < urgency(Now),
    )
