"""Every saved state of a section: who saved what, what it changed, and the way back to it."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from cxworkflow.db import unit_of_work
from cxworkflow.models import AnswerRevision
from cxworkflow.policies.answers import Side, differences
from cxworkflow.queries import section_history as queries
from cxworkflow.services import drafting
from cxworkflow.services.record import moment_text
from cxworkflow.web import current, filters
from cxworkflow.web.guard import signed_in
from cxworkflow.web.lists import Choice, Column, Day, Listing
from cxworkflow.web.sections import opened, opened_to_write

pages = Blueprint("section_history", __name__, url_prefix="/strategies/<int:strategy_id>/sections/<clause>/history")

COLUMNS = (
    Column("State", lambda state: str(state.revision)),
    Column("Saved by", lambda state: state.by.name),
    Column("Saved", lambda state: moment_text(state.saved_at)),
)


@pages.get("")
@signed_in
def index(strategy_id: int, clause: str) -> ResponseReturnValue:
    """The states of the section, one for each sitting."""
    sheet = opened(strategy_id, clause)
    strategy = sheet.paper.strategy
    names = [(name, name) for name in queries.writers(strategy, clause)]
    by_whom = Choice("by", "Saved by", names, every="Anybody")
    listing = Listing("states", COLUMNS, queries.ORDERS, [by_whom, Day("from", "From"), Day("to", "To")])
    asked = queries.Wanted(listing["by"], listing["from"], listing["to"])
    return listing.answer("sections/history.html", queries.sittings(strategy, clause, asked), sheet=sheet)


@pages.get("/<int:revision>")
@signed_in
def one(strategy_id: int, clause: str, revision: int) -> ResponseReturnValue:
    """One state as it stood, and what it changed."""
    sheet = opened(strategy_id, clause)
    state = queries.state(sheet.paper.strategy, clause, revision)
    [changed] = differences([sheet.section], _side(clause, state.before), _side(clause, state.shown))
    return render_template("sections/state.html", sheet=sheet, state=state, changed=changed)


@pages.post("/<int:revision>/restore")
@signed_in
def restore(strategy_id: int, clause: str, revision: int) -> ResponseReturnValue:
    """Save the section as it stood then, as its newest state."""
    sheet = opened_to_write(strategy_id, clause)
    with unit_of_work():
        drafting.restore(
            sheet.paper.strategy,
            clause,
            revision,
            base_revision=filters.posted_number("base_revision"),
            by=current.person(),
            at=current.now(),
        )
    flash(f"Section {clause} reads again as it did in state {revision}. The newer states are kept.", "success")
    return redirect(url_for("sections.one", strategy_id=strategy_id, clause=clause), 303)


def _side(clause: str, state: AnswerRevision | None) -> Side:
    return Side({clause: state.content}, {clause: state.row_names}, {}) if state else Side({}, {}, {})
