"""One's own tokens for the API: made here, told once, revoked."""

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cxworkflow.db import unit_of_work
from cxworkflow.errors import WorkflowError
from cxworkflow.models import Area
from cxworkflow.services import api_tokens
from cxworkflow.web import current, filters
from cxworkflow.web.errors import refused
from cxworkflow.web.guard import signed_in
from cxworkflow.wording import days

pages = Blueprint("tokens", __name__, url_prefix="/me/tokens")

PAGE = "tokens/index.html"
# Each part of the API, as one who makes a token reads it.
AREAS = {
    Area.POLICIES: "Policies, Components and deliverables",
    Area.CLOCKS: "Clocks",
    Area.STRATEGIES: "Strategies, their sections and versions",
    Area.REVIEWS: "Reviews: reviewers, comments, marks, recommendations",
    Area.DECISIONS: "Decisions",
    Area.NOTICES: "Notices, and your inbox",
    Area.COMMITMENTS: "Commitments and metrics",
    Area.QUARTERS: "Quarters of High Impact Service Providers",
    Area.PUBLICATIONS: "Publications",
    Area.EVENTS: "Events",
    Area.GUIDANCE: "The guidance library",
    Area.COORDINATION: "Papers of the Directorate in coordination",
}


@pages.get("")
@signed_in
def index() -> ResponseReturnValue:
    """The tokens there are, and the form for another."""
    return render_template(PAGE, **_shown())


@pages.post("")
@signed_in
def make() -> ResponseReturnValue:
    """Make a token. It is told on this page only: what is kept is its hash."""
    try:
        with unit_of_work():
            counts_for = filters.posted_number("days") if request.form.get("days") else 0
            scopes = {chosen for area in Area if (chosen := request.form.get(area, ""))}
            name = request.form.get("name", "")
            token, secret = api_tokens.make(g.present, name, scopes, days=counts_for, at=current.now())
    except WorkflowError as refusal:
        return refused(PAGE, refusal, **_shown())
    return render_template("tokens/made.html", token=token, secret=secret)


@pages.post("/<int:token_id>/end")
@signed_in
def revoke(token_id: int) -> ResponseReturnValue:
    """Revoke a token."""
    with unit_of_work():
        token = api_tokens.revoke(token_id, by=current.person(), at=current.now())
    flash(f"The token “{token.name}” is revoked. Programs that use it are turned away from now on.", "success")
    return redirect(url_for("tokens.index"), 303)


def _shown() -> dict[str, Any]:
    tokens = api_tokens.of_person(current.person())
    counting = api_tokens.counting(current.person(), at=current.now())
    return {
        "counting": counting,
        "ended": [each for each in tokens if each not in counting],
        "areas": AREAS,
        "scopes": api_tokens.SCOPES,
        "offered_days": [(str(each), days(each)) for each in api_tokens.DAYS],
        "typed": request.form,
    }
