"""The edition of a policy that a strategy is on: what the latest one changes, and the move to it."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cxworkflow.db import unit_of_work
from cxworkflow.errors import NotNow, WorkflowError
from cxworkflow.models import PolicyEdition, Strategy
from cxworkflow.permissions import Permission
from cxworkflow.policies.comparison import changes
from cxworkflow.services import moves, policies
from cxworkflow.web import current
from cxworkflow.web.errors import refused
from cxworkflow.web.guard import signed_in
from cxworkflow.web.steps import asked_of

pages = Blueprint("editions", __name__, url_prefix="/strategies/<int:strategy_id>/edition")


@pages.get("")
@signed_in
def one(strategy_id: int) -> ResponseReturnValue:
    """What the latest edition changes for the strategy, and the form to move it there."""
    return render_template("strategies/edition.html", **_shown(strategy_id))


@pages.post("")
@signed_in
def move(strategy_id: int) -> ResponseReturnValue:
    """Move the strategy to the latest edition."""
    strategy = asked_of(strategy_id, Permission.MOVE_EDITION)
    try:
        with unit_of_work():
            reason = request.form.get("reason", "")
            moves.move(strategy, reason=reason, by=current.person(), at=current.now())
    except WorkflowError as refusal:
        return refused("strategies/edition.html", refusal, **_shown(strategy_id))
    flash("It is on the latest edition now, with its clocks. Its lead and its contributors are told.", "success")
    return redirect(url_for("strategies.one", strategy_id=strategy_id), 303)


def _shown(strategy_id: int) -> dict[str, Any]:
    strategy = asked_of(strategy_id, Permission.MOVE_EDITION)
    latest = policies.edition_of(strategy.edition.code)
    return {
        "strategy": strategy,
        "refused_now": _refusal(strategy, latest),
        "follows": moves.foreseen(strategy, latest, at=current.now()),
        "dropped": moves.no_longer_asked(strategy, latest),
        "latest": latest,
        "changes": changes(strategy.edition.policy, latest.policy),
        "typed": request.form,
    }


def _refusal(strategy: Strategy, latest: PolicyEdition) -> str:
    """Why it can't be moved now; empty where it can."""
    try:
        moves.refuse(strategy, latest)
    except NotNow as refusal:
        return str(refusal)
    return ""
