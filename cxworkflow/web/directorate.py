"""The Directorate's overview: its own deliverables, the Department's clock, every Component at a glance."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from cxworkflow.db import unit_of_work
from cxworkflow.errors import NotAllowed, NotFound, WorkflowError
from cxworkflow.models import PolicyEdition
from cxworkflow.permissions import Permission
from cxworkflow.queries import clocks as clock_queries
from cxworkflow.queries import directorate as queries
from cxworkflow.queries import standings
from cxworkflow.services import deliverables
from cxworkflow.web import current, mandates, words
from cxworkflow.web.clocks import STATES
from cxworkflow.web.guard import needs, signed_in
from cxworkflow.web.standing_words import STATUSES

pages = Blueprint("directorate", __name__)


@pages.get("/directorate")
@needs(Permission.SEE_ALL)
def overview() -> ResponseReturnValue:
    """How the policy stands across the Department today."""
    edition, editions = mandates.chosen()
    if edition is None:
        return render_template("directorate/empty.html")
    at = current.now()
    return render_template(
        "directorate/overview.html",
        edition=edition,
        editions=editions,
        policy=edition.policy,
        deliveries=queries.deliveries(edition),
        own_clocks=queries.own_clocks(edition),
        counts=standings.statuses(edition, at=at),
        statuses=words.each_in_words(STATUSES),
        tally=clock_queries.tally(edition, current.today()),
        states=list(STATES.items()),
    )


@pages.post("/directorate/<code>/deliverables/<what>")
@signed_in
def deliver(code: str, what: str) -> ResponseReturnValue:
    """Record one of the Directorate's own deliverables as done."""
    edition = _edition(code)
    try:
        with unit_of_work():
            deliverables.deliver(edition, what, by=current.person(), at=current.now())
    except (NotAllowed, NotFound):
        raise
    except WorkflowError as refusal:
        flash(str(refusal), "error")
    else:
        flash(f"Recorded as done: {edition.policy.deliverable(what).title}.", "success")
    return redirect(url_for("directorate.overview", policy=code), 303)


def _edition(code: str) -> PolicyEdition:
    edition = next((each for each in clock_queries.editions() if each.code == code), None)
    if edition is None:
        raise NotFound
    return edition
