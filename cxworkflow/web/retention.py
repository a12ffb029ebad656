"""Holds placed and lifted, and what is past its time disposed of: proposed by one, confirmed by another."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cxworkflow.db import session as database
from cxworkflow.db import unit_of_work
from cxworkflow.errors import WorkflowError
from cxworkflow.models import Component, Disposal, LegalHold, Person, PolicyEdition
from cxworkflow.permissions import Permission
from cxworkflow.policies.records import KindOfRecord, our_records
from cxworkflow.queries import people
from cxworkflow.queries import retention as queries
from cxworkflow.queries.paging import page_of
from cxworkflow.services import disposals, holds, policies
from cxworkflow.web import current, filters
from cxworkflow.web.errors import refused
from cxworkflow.web.guard import needs
from cxworkflow.web.retention_lists import about, due_listing

pages = Blueprint("retention", __name__, url_prefix="/retention")
MOST = 20  # holds, and proposals that wait, on the first page; a list has them all


@pages.get("")
@needs(Permission.SEE_OPERATIONS)
def overview() -> ResponseReturnValue:
    """Every kind of records with how much is due, the holds in force, and the proposals that wait."""
    return render_template("retention/overview.html", **_shown())


@pages.post("/<kind_id>/proposals")
@needs(Permission.PROPOSE_DISPOSAL)
def propose(kind_id: str) -> ResponseReturnValue:
    """Propose to dispose of what was read."""
    wanted = disposals.disposable(kind_id)
    try:
        with unit_of_work():
            disposals.propose(wanted, request.form.get("mark", ""), by=current.person(), at=current.now())
    except WorkflowError as refusal:
        return refused("retention/kind.html", refusal, **_listed(wanted))
    return _done("It is proposed. Another person has to confirm it.")


@pages.post("/disposals/<int:disposal_id>/confirmation")
@needs(Permission.CONFIRM_DISPOSAL)
def confirm(disposal_id: int) -> ResponseReturnValue:
    """Dispose of what another person proposed."""

    def verb() -> str:
        disposals.confirm(queries.one(Disposal, disposal_id), by=current.person(), at=current.now())
        return "It is disposed of, and the record says so."

    return _act(verb)


@pages.post("/disposals/<int:disposal_id>/withdrawal")
@needs(Permission.CONFIRM_DISPOSAL)
def withdraw(disposal_id: int) -> ResponseReturnValue:
    """Drop a proposal."""

    def verb() -> str:
        disposals.withdraw(queries.one(Disposal, disposal_id), by=current.person(), at=current.now())
        return "The proposal is withdrawn. Nothing was disposed of."

    return _act(verb)


@pages.post("/holds")
@needs(Permission.HOLD)
def hold() -> ResponseReturnValue:
    """Hold a policy, a Component's strategy under it, or a person's data."""

    def verb() -> str:
        placed = holds.place(
            _chosen("policy", PolicyEdition),
            _chosen("component", Component),
            _chosen("person", Person),
            reason=request.form.get("reason", ""),
            citation=request.form.get("citation", ""),
            from_on=filters.posted_day("from"),
            until_on=_day_or_none("until"),
            by=current.person(),
            at=current.now(),
        )
        return f"From now on, {placed.what} is held."

    return _act(verb)


@pages.post("/holds/<int:hold_id>/lifting")
@needs(Permission.HOLD)
def lift(hold_id: int) -> ResponseReturnValue:
    """Lift a hold."""

    def verb() -> str:
        held = queries.one(LegalHold, hold_id)
        holds.lift(held, reason=request.form.get("why", ""), by=current.person(), at=current.now())
        return "The hold is lifted."

    return _act(verb)


def _shown() -> dict[str, Any]:
    today = current.today()
    holds, waiting = queries.holds(over=False, on=today), queries.disposals(state="open")
    return {
        "kinds": queries.counted(our_records().by_two, on=today),
        "titles": {each.id: each.title for each in our_records().kinds},
        "holds": page_of(holds.order_by(*queries.HOLD_ORDERS["-placed"].by), 1, size=MOST),
        "disposals": page_of(waiting.order_by(*queries.DISPOSAL_ORDERS["-proposed"].by), 1, size=MOST),
        "policies": [(str(each.id), each.policy.short_title) for each in policies.editions()],
        "components": [
            (str(each.id), f"{each.code} {each.name}") for each in database().query(Component).order_by("code")
        ],
        "people": [(str(each.id), each.name) for each in people.everybody()],
        "typed": request.form,
        "boxes": filters.boxes,
    }


def _listed(wanted: KindOfRecord) -> dict[str, Any]:
    listing = due_listing()
    page = listing.turn(queries.due(wanted, on=current.today()))
    return {"listing": listing, "page": page, **about(wanted)}


def _chosen(name: str, kind: type[Any]) -> Any:
    return database().get(kind, filters.posted_number(name)) if request.form.get(name) else None


def _day_or_none(name: str) -> date | None:
    return filters.posted_day(name) if any(filters.boxes(name)) else None


def _act(verb: Callable[[], str]) -> ResponseReturnValue:
    try:
        with unit_of_work():
            done = verb()
    except WorkflowError as refusal:
        return refused("retention/overview.html", refusal, **_shown())
    return _done(done)


def _done(sentence: str) -> ResponseReturnValue:
    flash(sentence, "success")
    return redirect(url_for("retention.overview"), 303)
