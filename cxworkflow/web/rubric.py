"""The rubric of a version: one's own marks on one page, and what all reviewers gave."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cxworkflow.db import unit_of_work
from cxworkflow.errors import Fault, InvalidInput, NotFound, WorkflowError
from cxworkflow.lifecycle import Action, after
from cxworkflow.models import Mark, Strategy
from cxworkflow.permissions import Permission, may, require
from cxworkflow.queries.strategies import known
from cxworkflow.services import rubrics
from cxworkflow.services.strategies import under_review
from cxworkflow.web import current, filters
from cxworkflow.web.errors import refused
from cxworkflow.web.guard import signed_in
from cxworkflow.web.reading import field_id
from cxworkflow.web.reviews import shown

pages = Blueprint("rubric", __name__, url_prefix="/strategies/<int:strategy_id>/review/rubric")


@pages.get("")
@signed_in
def one(strategy_id: int) -> ResponseReturnValue:
    """The boxes for one's own marks, and everybody's marks beside each other."""
    return render_template("reviews/rubric.html", **_shown(strategy_id))


@pages.post("")
@signed_in
def mark(strategy_id: int) -> ResponseReturnValue:
    """Save one's own marks, as many as there are so far."""
    strategy = known(current.person(), strategy_id, at=current.now())
    _ask_whether_of_the_team(strategy)
    require(current.person(), Permission.MARK, strategy, at=current.now())
    asked = under_review(strategy).asked
    try:
        after(strategy.status, Action.MARK)
        with unit_of_work():
            rubrics.mark(
                strategy,
                _ratings([section.clause for section in asked]),
                version_number=filters.posted_number("version_number"),
                by=current.person(),
                at=current.now(),
            )
    except WorkflowError as refusal:
        return refused("reviews/rubric.html", refusal, **_shown(strategy_id))
    flash("Your marks are saved.", "success")
    return redirect(url_for("rubric.one", strategy_id=strategy_id), 303)


def _shown(strategy_id: int) -> dict[str, Any]:
    values = shown(strategy_id)
    _ask_whether_of_the_team(values["strategy"])
    return values


def _ask_whether_of_the_team(strategy: Strategy) -> None:
    if not may(current.person(), Permission.SEE_TEAM, strategy, at=current.now()):
        raise NotFound


def _ratings(clauses: list[str]) -> dict[str, tuple[Mark, str]]:
    """The marks in the form; a reason without a mark is a fault, so that it is not lost."""
    ratings, faults = {}, []
    for clause in clauses:
        given = request.form.get(f"{field_id(clause)}-mark", "")
        reason = request.form.get(f"{field_id(clause)}-reason", "")
        if given in [each.value for each in Mark]:
            ratings[clause] = (Mark(given), reason)
        elif reason.strip() or given:
            faults.append(Fault(f"{clause}.mark", f"Choose a mark for {clause}."))
    if faults:
        raise InvalidInput(None, faults)
    return ratings
