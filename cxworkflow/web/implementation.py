"""Implementation: what an approved strategy has become, and the Directorate's check of the report that it is done."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cxworkflow.db import unit_of_work
from cxworkflow.errors import NotFound, WorkflowError
from cxworkflow.models import Strategy
from cxworkflow.permissions import Permission
from cxworkflow.queries import commitments as queries
from cxworkflow.queries.strategies import clocks_of_implementation, known, reports
from cxworkflow.services import commitments, implementation
from cxworkflow.web import current
from cxworkflow.web.commitments import STATES
from cxworkflow.web.errors import refused
from cxworkflow.web.guard import signed_in
from cxworkflow.web.steps import asked_of

pages = Blueprint("implementation", __name__, url_prefix="/strategies/<int:strategy_id>/implementation")


@pages.get("")
@signed_in
def one(strategy_id: int) -> ResponseReturnValue:
    """The commitments of a strategy, and how its implementation stands."""
    return render_template("commitments/implementation.html", **_shown(strategy_id))


@pages.post("/acceptance")
@signed_in
def accept(strategy_id: int) -> ResponseReturnValue:
    """Accept the report that it is implemented."""

    def verb(strategy: Strategy) -> str:
        answer = request.form.get("answer", "")
        implementation.accept(strategy, answer=answer, by=current.person(), at=current.now())
        return "The strategy is implemented, as of the day of the report. The Component is told by e-mail."

    return _act(strategy_id, verb)


@pages.post("/return")
@signed_in
def send_back(strategy_id: int) -> ResponseReturnValue:
    """Send the report back."""

    def verb(strategy: Strategy) -> str:
        reason = request.form.get("reason", "")
        implementation.send_back(strategy, reason=reason, by=current.person(), at=current.now())
        return "The report is sent back, and the clock runs on. The Component is told by e-mail."

    return _act(strategy_id, verb)


def _act(strategy_id: int, verb: Callable[[Strategy], str]) -> ResponseReturnValue:
    strategy = asked_of(strategy_id, Permission.CHECK)
    try:
        with unit_of_work():
            done = verb(strategy)
    except WorkflowError as refusal:
        return refused("commitments/implementation.html", refusal, **_shown(strategy_id))
    flash(done, "success")
    return redirect(url_for("implementation.one", strategy_id=strategy_id), 303)


def _shown(strategy_id: int) -> dict[str, Any]:
    strategy = known(current.person(), strategy_id, at=current.now())
    if strategy.approved_version_id is None and request.method == "GET":
        raise NotFound("This strategy is not approved yet, so there is nothing to implement.")
    promised = queries.of_strategy(strategy)
    policy = strategy.approved_version.policy if strategy.approved_version else strategy.edition.policy
    kinds = {commits.kind: commits.noun for _, _, commits in policy.committing}
    return {
        "strategy": strategy,
        "policy": policy,
        "commitments": promised,
        "kinds": kinds,
        "states": STATES,
        "last_day": commitments.last_day(strategy),
        "clocks": clocks_of_implementation(strategy),
        "reports": reports(strategy),
        "open_count": sum(not each.settled for each in promised),
        "typed": request.form,
    }
