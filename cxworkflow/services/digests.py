"""The weekly digest for the Directorate and the CIO: what is overdue, what comes next, what waits for them."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from cxworkflow.calendar import day_of, moment
from cxworkflow.db import session
from cxworkflow.lifecycle import Status
from cxworkflow.models import Clock, Decision, PolicyEdition, Role, Strategy
from cxworkflow.services import notices

AHEAD = timedelta(days=14)
MOST_LINES = 40  # of each list in one e-mail; the rest is counted and stands on the page


def owe_all(monday: date, at: datetime) -> None:
    """Owe the digest of the week that begins on a Monday, of every policy, to its Directorate leads and the CIO."""
    on = day_of(at)
    latest = {each.code: each for each in session().scalars(select(PolicyEdition).order_by(PolicyEdition.id))}
    for edition in latest.values():
        notices.owe_to_roles(
            "digest",
            (Role.DIRECTORATE_LEAD.value, Role.CIO.value),
            key=f"{edition.id}/{monday}",
            department=edition.policy.department,
            facts={
                "policy": edition.policy.short_title,
                "component": None,
                "monday": monday.isoformat(),
                **contents(edition, on=on),
            },
            at=at,
        )


def contents(edition: PolicyEdition, *, on: date) -> dict[str, Any]:
    """The digest's lists as JSON values: overdue, due within two weeks, waiting for review or decision, decided.

    Of the policy as a whole, whichever edition a strategy is on.
    """
    of_policy = select(PolicyEdition.id).where(PolicyEdition.code == edition.code)
    running = (
        select(Clock)
        .where(Clock.edition_id.in_(of_policy), Clock.stopped_on.is_(None), Clock.paused_on.is_(None))
        .where(Clock.due_on <= on + AHEAD, Clock.commitment_id.is_(None))
        .options(joinedload(Clock.component), joinedload(Clock.edition))
        .order_by(Clock.due_on, Clock.id)
    )
    clocks = session().scalars(running).all()
    waiting = (
        select(Strategy)
        .where(Strategy.edition_id.in_(of_policy), Strategy.status.in_((Status.SUBMITTED, Status.RECOMMENDED)))
        .options(joinedload(Strategy.current_version))
    )
    papers = sorted(session().scalars(waiting), key=lambda paper: _submitted_on(paper) or on)
    decided = select(Decision.outcome).where(
        Decision.decided_at >= moment(on - timedelta(days=7)),
        Decision.strategy_id.in_(select(Strategy.id).where(Strategy.edition_id.in_(of_policy))),
    )
    outcomes = [outcome.value for outcome in session().scalars(decided)]
    overdue = [_clock_line(clock) for clock in clocks if clock.due_on < on]
    ahead = [_clock_line(clock) for clock in clocks if clock.due_on >= on]
    return {
        "overdue": overdue[:MOST_LINES],
        "overdue_count": len(overdue),
        "ahead": ahead[:MOST_LINES],
        "ahead_count": len(ahead),
        "waiting": [_paper_line(paper) for paper in papers][:MOST_LINES],
        "waiting_count": len(papers),
        "approved": outcomes.count("approved"),
        "returned": outcomes.count("returned"),
    }


def _submitted_on(paper: Strategy) -> date | None:
    return day_of(paper.current_version.submitted_at) if paper.current_version else None


def _clock_line(clock: Clock) -> dict[str, Any]:
    return {
        "component": clock.component.code if clock.component else None,
        "title": clock.edition.policy.clock(clock.kind).title,
        "due_on": clock.due_on.isoformat(),
    }


def _paper_line(paper: Strategy) -> dict[str, Any]:
    submitted_on = _submitted_on(paper)
    return {
        "component": paper.component.code,
        "status": paper.status.value,
        "submitted_on": submitted_on.isoformat() if submitted_on else None,
    }
