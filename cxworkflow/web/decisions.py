"""The CIO's page: approve exactly the version that was read, or return it."""

from dataclasses import replace
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cxworkflow.db import unit_of_work
from cxworkflow.documents import taken
from cxworkflow.errors import WorkflowError
from cxworkflow.explain import started
from cxworkflow.lifecycle import Action, after
from cxworkflow.models import Strategy
from cxworkflow.permissions import Permission
from cxworkflow.policies import ClockRule
from cxworkflow.services import commitments, reviews
from cxworkflow.web import current, filters
from cxworkflow.web.changes import comparison
from cxworkflow.web.errors import refused
from cxworkflow.web.guard import signed_in
from cxworkflow.web.reviews import shown
from cxworkflow.web.steps import asked_of
from cxworkflow.web.versions import as_file

pages = Blueprint("decisions", __name__)

Following = tuple[ClockRule, date, list[str]]


@pages.get("/strategies/<int:strategy_id>/decision")
@signed_in
def decision(strategy_id: int) -> ResponseReturnValue:
    """What was advised, what would be approved, and what follows from it."""
    return render_template("reviews/decision.html", **_shown(strategy_id))


@pages.post("/strategies/<int:strategy_id>/decision/approval")
@signed_in
def approve(strategy_id: int) -> ResponseReturnValue:
    """Approve the version whose number and hash the form carries."""
    strategy = asked_of(strategy_id, Permission.APPROVE)
    try:
        after(strategy.status, Action.APPROVE)
        with unit_of_work():
            decided = reviews.approve(
                strategy,
                version_number=filters.posted_number("version_number"),
                sha256=request.form.get("sha256", ""),
                reason=request.form.get("remark", ""),
                conditions=request.form.get("conditions", "").splitlines(),
                by=current.person(),
                at=current.now(),
            )
    except WorkflowError as refusal:
        return _refused(strategy_id, refusal)
    names = strategy.edition.policy.names
    flash(
        f"Version {decided.version.number} of the {names.paper} of {strategy.component.code} is approved. "
        "Its implementation clock runs from today, and everybody concerned is told by e-mail.",
        "success",
    )
    return redirect(url_for("decisions.decision", strategy_id=strategy_id), 303)


@pages.post("/strategies/<int:strategy_id>/decision/return")
@signed_in
def send_back(strategy_id: int) -> ResponseReturnValue:
    """Return the version to the Component."""
    strategy = asked_of(strategy_id, Permission.RETURN)
    try:
        after(strategy.status, Action.RETURN)
        with unit_of_work():
            reviews.send_back(
                strategy,
                reason=request.form.get("reason", ""),
                version_number=filters.posted_number("version_number"),
                sha256=request.form.get("sha256", ""),
                listed=filters.posted_numbers("listed"),
                by=current.person(),
                at=current.now(),
            )
    except WorkflowError as refusal:
        return _refused(strategy_id, refusal)
    flash(f"Returned to {strategy.component.name}, which is told by e-mail.", "success")
    return redirect(url_for("decisions.decision", strategy_id=strategy_id), 303)


@pages.get("/strategies/<int:strategy_id>/versions/<int:number>/letter.pdf")
@signed_in
def letter(strategy_id: int, number: int) -> ResponseReturnValue:
    """The letter about the decision on a version, as it was sent, for everybody who may see the version."""
    with unit_of_work():
        file = taken.letter(strategy_id, number, by=current.person(), at=current.now())
    return as_file(file)


def _refused(strategy_id: int, refusal: WorkflowError) -> ResponseReturnValue:
    return refused("reviews/decision.html", refusal, **_shown(strategy_id))


def _shown(strategy_id: int) -> dict[str, Any]:
    values = shown(strategy_id)
    compared = comparison(values["dossier"])
    # The comments stand on this page already.
    changes = replace(compared, comments=[]) if compared else None
    follows = _follows(values["strategy"])
    return {**values, "follows": follows, "too_late": _too_late(values, follows), "comparison": changes}


def _too_late(values: dict[str, Any], follows: list[Following]) -> list[tuple[date, str]]:
    """The commitments that an approval today would make due after the last day of the implementation."""
    last = next((due_on for rule, due_on, _ in follows if "implemented" in rule.stops), None)
    if last is None or values["version"] is None or not values["allowed"]["approve"]:
        return []
    return commitments.promised_after(values["version"], last)


def _follows(strategy: Strategy) -> list[Following]:
    """The clocks that an approval today would start: the rule, the due date, and why it is that day."""
    policy, today = strategy.edition.policy, current.today()
    rules = [rule for rule in policy.clocks if rule.starts == "approved" and strategy.component.has(rule)]
    return [(rule, rule.term.due_on(today), started(policy, rule, today)) for rule in rules]
