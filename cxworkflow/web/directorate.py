"""The Directorate's overview: its own deliverables, the Department's clock, every Component at a glance."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from cxworkflow.db import unit_of_work
from cxworkflow.errors import NotAllowed, NotFound, WorkflowError
from cxworkflow.lifecycle import Status
from cxworkflow.models import PolicyEdition
from cxworkflow.permissions import Permission
from cxworkflow.queries import clocks as clock_queries
from cxworkflow.queries import directorate as queries
from cxworkflow.services import deliverables
from cxworkflow.web import current, filters
from cxworkflow.web.clocks import STATES
from cxworkflow.web.guard import needs, signed_in

pages = Blueprint("directorate", __name__)

NOT_BEGUN = "not-begun"


@pages.get("/directorate")
@needs(Permission.SEE_ALL)
def overview() -> ResponseReturnValue:
    """How the policy stands across the Department today."""
    editions = clock_queries.editions()
    code = filters.one_of("policy", [edition.code for edition in editions])
    edition = next((each for each in editions if each.code == code), editions[0] if editions else None)
    if edition is None:
        return render_template("directorate/empty.html")
    status = filters.one_of("status", [*(each.value for each in Status), NOT_BEGUN])
    standings = queries.standings(edition, current.today())
    filing = [each for each in standings if each.component.files == "self" or each.strategy is not None]
    counts = {each.value: sum(standing.status is each for standing in filing) for each in Status}
    counts[NOT_BEGUN] = sum(standing.status is None for standing in filing)
    return render_template(
        "directorate/overview.html",
        edition=edition,
        editions=editions,
        policy=edition.policy,
        deliveries=queries.deliveries(edition),
        own_clocks=queries.own_clocks(edition),
        standings=[each for each in filing if status is None or (each.status or NOT_BEGUN) == status],
        others=[each for each in standings if each not in filing],
        counts=counts,
        status=status,
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
