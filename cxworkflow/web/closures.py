"""Days on which offices close by order: announced here, after a look at the clocks that they move."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cxworkflow.db import unit_of_work
from cxworkflow.errors import NotFound, WorkflowError
from cxworkflow.permissions import Permission
from cxworkflow.queries import clocks as clock_queries
from cxworkflow.queries import closures as queries
from cxworkflow.services import closures
from cxworkflow.web import current, filters
from cxworkflow.web.errors import refused
from cxworkflow.web.guard import needs
from cxworkflow.web.lists import Choice, Column, Listing, iso
from cxworkflow.wording import long_date

pages = Blueprint("closures", __name__)
COLUMNS = (
    Column("Day", lambda row: iso(row[0].day), "day"),
    Column("By which order, and why", lambda row: f"{row[0].authority}: {row[0].reason}"),
    Column("Announced", lambda row: iso(row[0].announced_on)),
    Column("By", lambda row: row[1], "by"),
    Column("Clocks moved", lambda row: str(row[2])),
)


@pages.get("/closures")
@needs(Permission.CLOSE_OFFICES)
def index() -> ResponseReturnValue:
    """The days announced so far, and the form that announces another."""
    of = department()
    by = Choice("by", "Announced by", [(name, name) for name in queries.announcers(of)], every="Anybody")
    listing = Listing("closed days", COLUMNS, queries.ORDERS, [by])
    return listing.answer("closures/index.html", queries.announced(of, listing["by"]), **_shown())


@pages.post("/closures/preview")
@needs(Permission.CLOSE_OFFICES)
def preview() -> ResponseReturnValue:
    """Which clocks the day would move, and by how much; nothing is changed."""
    try:
        day, typed = filters.posted_day("day"), request.form
        closures.announceable(
            department(), day, reason=typed.get("reason", ""), authority=typed.get("authority", ""), at=current.now()
        )
    except WorkflowError as refusal:
        return refused("closures/index.html", refusal, **_shown())
    moves = closures.moves(department(), day, at=current.now())
    return render_template("closures/preview.html", day=day, moves=moves, typed=typed, boxes=filters.boxes("day"))


@pages.post("/closures")
@needs(Permission.CLOSE_OFFICES)
def announce() -> ResponseReturnValue:
    """Announce the day: clocks are counted again, and everybody concerned is told."""
    try:
        day = filters.posted_day("day")
        with unit_of_work():
            moved = closures.announce(
                department(),
                day,
                reason=request.form.get("reason", ""),
                authority=request.form.get("authority", ""),
                by=current.person(),
                at=current.now(),
            )
    except WorkflowError as refusal:
        return refused("closures/index.html", refusal, **_shown())
    flash(_done(day, len(moved)), "success")
    return redirect(url_for("closures.index"), 303)


def _done(day: date, moved: int) -> str:
    told = f"{moved} clock{'s' * (moved != 1)} moved, and everybody concerned is told by e-mail"
    return f"{long_date(day)} is noted as closed. {told if moved else 'No clock moved'}."


def department() -> str:
    """The Department whose offices are meant; raises NotFound where no policy is in force."""
    editions = clock_queries.editions()
    if not editions:
        raise NotFound("No policy is in force yet, so there are no clocks that a closed day could move.")
    return editions[0].policy.department


def _shown() -> dict[str, Any]:
    counting = [
        (edition.policy.short_title, rule.title)
        for edition in clock_queries.editions()
        for rule in edition.policy.clocks
        if rule.term.minds_closures
    ]
    return {
        "counting": counting,
        "typed": request.form,
        "boxes": filters.boxes("day"),
    }
