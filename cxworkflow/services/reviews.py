"""The Directorate's review and the CIO's decision, each bound to the version that was read."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from cxworkflow.calendar import day_of
from cxworkflow.db import held, session
from cxworkflow.errors import Conflict, Fault, InvalidInput, NotNow
from cxworkflow.lifecycle import Action, after
from cxworkflow.models import (
    Audience,
    Decision,
    Outcome,
    Person,
    Recommendation,
    Review,
    Role,
    Strategy,
    Version,
)
from cxworkflow.permissions import Permission, free_of_conflict, is_reviewer, recused, require
from cxworkflow.services import clocks, comments, commitments, letters, notices, record, strategies
from cxworkflow.services.words import said


def assign(strategy: Strategy, reviewer: Person, *, by: Person, at: datetime) -> Review:
    """Name a reviewer for the version under review, and tell them."""
    strategy = held(strategy)
    role = require(by, Permission.ASSIGN_REVIEWER, strategy, at=at)
    after(strategy.status, Action.ASSIGN)
    version = strategies.under_review(strategy)
    if not is_reviewer(reviewer, strategy, on=day_of(at)):
        raise _not_as_reviewer(f"{reviewer.name} is not a reviewer of the CX Directorate now.")
    if recused(reviewer, strategy):
        raise _not_as_reviewer(f"{reviewer.name} is out of this review for good.")
    if not free_of_conflict(reviewer, strategy, on=day_of(at)):
        of_whom = f"{reviewer.name} belongs to {strategy.component.code} or wrote part of its paper"
        raise _not_as_reviewer(f"{of_whom}, so somebody else has to review it.")
    if any(review.reviewer_id == reviewer.id for review in version.reviews):
        raise _not_as_reviewer(f"{reviewer.name} reviews this version already.")
    review = Review(version=version, reviewer=reviewer, assigned_at=at, by_id=by.id)
    session().add(review)
    details = {"version": version.number, "whom": reviewer.id}
    event = strategies.step(strategy, Action.ASSIGN, by=by, as_role=role, at=at, version=version, details=details)
    facts = {**details, "reviewer": reviewer.name}
    strategies.tell("assigned", strategy, event, at=at, facts=facts, also=((reviewer, Role.REVIEWER.value),))
    return review


def decline(strategy: Strategy, *, reason: str, by: Person, at: datetime) -> None:
    """Hand back one's own review of the version under review, with a reason; the Directorate lead is told.

    Unlike a recusal it is not for good: of a later version the same person may be a reviewer.
    """
    strategy = held(strategy)
    role = require(by, Permission.DECLINE, strategy, at=at)
    after(strategy.status, Action.ASSIGN)
    version = strategies.under_review(strategy)
    reason = said(reason, "declining", needed="Say why: the CX Directorate lead assigns somebody else.")
    review = next(each for each in version.reviews if each.reviewer_id == by.id)
    review.declined_at, review.declined_because = at, reason
    details = {"version": version.number, "audience": Audience.TEAM.value}
    record.write("declined", by=by, as_role=role, at=at, strategy=strategy, version=version, details=details)
    policy, component = strategy.edition.policy, strategy.component
    facts = {"policy": policy.short_title, "paper": policy.paper, "component": component.code, "by": by.name}
    notices.owe_to_roles(
        "declined",
        [Role.CIO if role is Role.DIRECTORATE_LEAD else Role.DIRECTORATE_LEAD],
        key=str(review.id),
        department=component.department,
        component_id=component.id,
        strategy=strategy,
        facts={**facts, "version": version.number, "reason": reason},
        at=at,
    )


def recommend(
    strategy: Strategy,
    advice: Outcome,
    *,
    text: str = "",
    version_number: int | None = None,
    by: Person,
    at: datetime,
) -> Recommendation:
    """Advise the CIO to approve or to return the version under review; the review target is met.

    Who advises to approve it while must-changes are open says why. Raises Conflict if another version than this was
    read.
    """
    strategy = held(strategy)
    role = require(by, Permission.RECOMMEND, strategy, at=at)
    after(strategy.status, Action.RECOMMEND)
    version = strategies.as_read(strategy, version_number)
    still_open = len(comments.open_must_changes(strategy))
    text = said(text, "recommendation", needed=_why_without(still_open) if advice is Outcome.APPROVED else "")
    advised = Recommendation(version=version, advice=advice, text=text, made_at=at, by_id=by.id)
    session().add(advised)
    clocks.happened("recommended", strategy.edition, component=strategy.component, strategy=strategy, by=by, at=at)
    details = {
        "version": version.number,
        "sha256": version.sha256,
        "advice": advice.value,
        "text": text,
        "open_must_changes": still_open,
        "audience": Audience.TEAM.value,
    }
    event = strategies.step(strategy, Action.RECOMMEND, by=by, as_role=role, at=at, version=version, details=details)
    strategies.tell("recommended", strategy, event, at=at, facts=details)
    return advised


def _why_without(still_open: int) -> str:
    if not still_open:
        return ""
    some = "A must-change is" if still_open == 1 else f"{still_open} must-changes are"
    return f"{some} open. Confirm each as done, or say here why the strategy should be approved all the same."


def send_back(
    strategy: Strategy,
    *,
    reason: str,
    version_number: int | None = None,
    sha256: str | None = None,
    listed: Collection[int] | None = None,
    by: Person,
    at: datetime,
) -> Decision:
    """Return the version to the Component with a reason and the open must-changes; its revision gets a target.

    Raises Conflict if another version than this was read, or if others than the comments `listed` are open by now
    (None: whatever it is).
    """
    strategy = held(strategy)
    role = require(by, Permission.RETURN, strategy, at=at)
    after(strategy.status, Action.RETURN)
    version = _as_it_was_read(strategy, version_number, sha256, "returned")
    reason = said(reason, "reason", needed="Say what has to change: the Component works from this reason.")
    still_open = comments.open_must_changes(strategy)
    if listed is not None and set(listed) != {each.id for each in still_open}:
        raise Conflict(
            "The open must-changes are not those that you saw: somebody added or settled one. Nothing was returned. "
            "Look at the list again, then return it."
        )
    changes = [
        {
            "comment": each.id,
            "clause": each.clause,
            "title": (section := each.version.policy.section(each.clause)).title,
            "about": comments.row_of(each, section),
            "text": each.text,
        }
        for each in still_open
    ]
    decision = _decide(
        strategy, version, Outcome.RETURNED, reason=reason, must_changes=changes, role=role, by=by, at=at
    )
    comments.tell_no_more(strategy, at=at)
    return decision


def approve(
    strategy: Strategy,
    *,
    version_number: int,
    sha256: str,
    reason: str = "",
    conditions: Sequence[str] = (),
    by: Person,
    at: datetime,
) -> Decision:
    """Approve exactly the version that was read, with or without conditions; implementation starts (IV.b, IV.d).

    Raises Conflict when a newer version stands in its place, NotNow on a second decision.
    """
    strategy = held(strategy)
    role = require(by, Permission.APPROVE, strategy, at=at)
    after(strategy.status, Action.APPROVE)
    version = _as_it_was_read(strategy, version_number, sha256, "approved")
    reason = said(reason, "remark")
    attached = [kept for each in conditions if (kept := said(each, "conditions"))]
    return _decide(strategy, version, Outcome.APPROVED, reason=reason, conditions=attached, role=role, by=by, at=at)


def _as_it_was_read(strategy: Strategy, version_number: int | None, sha256: str | None, done: str) -> Version:
    version = strategies.as_read(strategy, version_number)
    if sha256 is not None and version.sha256 != sha256:
        raise Conflict(f"The text you read is not the text of this version. Nothing was {done}: read it again first.")
    return version


def _not_as_reviewer(reason: str) -> InvalidInput:
    return InvalidInput(None, [Fault("reviewer", reason)])


_ACTIONS = {Outcome.APPROVED: Action.APPROVE, Outcome.RETURNED: Action.RETURN}


def _decide(
    strategy: Strategy,
    version: Version,
    outcome: Outcome,
    *,
    reason: str,
    conditions: Sequence[str] = (),
    must_changes: Sequence[dict[str, Any]] = (),
    role: Role,
    by: Person,
    at: datetime,
) -> Decision:
    if session().scalar(select(Decision.id).where(Decision.version_id == version.id)) is not None:
        raise NotNow("This version has been decided already.")
    decision = Decision(
        strategy_id=strategy.id,
        version=version,
        sha256=version.sha256,
        outcome=outcome,
        reason=reason,
        conditions=list(conditions),
        must_changes=list(must_changes),
        decided_at=at,
        by_id=by.id,
        by_role=by.as_whom(role, strategy.component, on=day_of(at)),
    )
    # The letter says what comes next, so the clocks go first; the decision holds its hash.
    clocks.happened(outcome.value, strategy.edition, component=strategy.component, strategy=strategy, by=by, at=at)
    letter = letters.write(strategy, decision, by=by, at=at)
    decision.letter_sha256 = letter.sha256
    session().add_all([decision, letter])
    attached = {"conditions": decision.conditions, "must_changes": decision.must_changes}
    details = {
        "version": version.number,
        "sha256": version.sha256,
        "reason": reason,
        **{name: listed for name, listed in attached.items() if listed},
        "letter_sha256": letter.sha256,
    }
    event = strategies.step(strategy, _ACTIONS[outcome], by=by, as_role=role, at=at, version=version, details=details)
    promised = commitments.draw(strategy, version, at=at) if outcome is Outcome.APPROVED else {}
    strategies.tell(outcome.value, strategy, event, at=at, facts={**details, **attached, **promised})
    return decision
