"""Who reviewed a version reviews the next one, too: named again when the Component submits again."""

from datetime import datetime

from cxworkflow.calendar import day_of
from cxworkflow.db import session
from cxworkflow.models import Person, Review, Role, Strategy, Version
from cxworkflow.permissions import free_of_conflict, is_reviewer, recused
from cxworkflow.scope import SYSTEM, within
from cxworkflow.services import clocks, notices, record


def carry_over(strategy: Strategy, before: Version, version: Version, *, at: datetime) -> None:
    """Name the reviewers of the version before for this one, and tell them: those who still may and did not decline."""
    with within(SYSTEM):  # whoever submits names no reviewers
        still = [each for each in before.reviews if each.declined_at is None and _may(each.reviewer, strategy, at)]
        for each in still:
            review = Review(version=version, reviewer=each.reviewer, assigned_at=at, by_id=each.by_id)
            session().add(review)
            details = {"version": version.number, "whom": each.reviewer_id}
            record.write("assign", by=None, as_role=None, at=at, strategy=strategy, version=version, details=details)
            _tell(strategy, review, before, at=at)


def _may(reviewer: Person, strategy: Strategy, at: datetime) -> bool:
    on = day_of(at)
    return (
        is_reviewer(reviewer, strategy, on=on)
        and not recused(reviewer, strategy)
        and free_of_conflict(reviewer, strategy, on=on)
    )


def _tell(strategy: Strategy, review: Review, before: Version, *, at: datetime) -> None:
    policy = strategy.edition.policy
    notices.owe_to_person(
        "assigned",
        review.reviewer,
        Role.REVIEWER,
        key=f"again/{review.id}",
        component=strategy.component,
        strategy=strategy,
        facts={
            "policy": policy.short_title,
            "paper": policy.paper,
            "strategy_title": strategy.title,
            "by": review.by.name,
            "reviewer": review.reviewer.name,
            "version": review.version.number,
            "before": before.number,
            "next": clocks.running(strategy.edition, strategy.component),
        },
        at=at,
    )
