"""What is past its time, what is held, and what was disposed of: proposed by one, confirmed by another."""

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
from cxworkflow.policies.records import our_records
from cxworkflow.queries import people
from cxworkflow.queries import retention as queries
from cxworkflow.services import disposals, holds, policies
from cxworkflow.web import current, filters
from cxworkflow.web.errors import refused
from cxworkflow.web.guard import needs

pages = Blueprint("retention", __name__, url_prefix="/retention")


@pages.get("")
@needs(Permission.SEE_OPERATIONS)
def overview() -> ResponseReturnValue:
    """Every kind of records with what is due, the holds, and the disposals."""
    return render_template("retention/overview.html", **_shown())


@pages.get("/<kind_id>")
@needs(Permission.SEE_OPERATIONS)
def kind(kind_id: str) -> ResponseReturnValue:
    """What of one kind is past its time, item by item."""
    return render_template("retention/kind.html", **_due(kind_id))


@pages.post("/<kind_id>/proposals")
@needs(Permission.PROPOSE_DISPOSAL)
def propose(kind_id: str) -> ResponseReturnValue:
    """Propose to dispose of what was read."""
    wanted = disposals.disposable(kind_id)
    try:
        with unit_of_work():
            disposals.propose(wanted, request.form.get("mark", ""), by=current.person(), at=current.now())
    except WorkflowError as refusal:
        return refused("retention/kind.html", refusal, **_due(kind_id))
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
    kinds = [each for each in our_records().kinds if each.disposal == "by-two"]
    in_force, over = queries.holds(on=current.today())
    return {
        "kinds": [(each, disposals.due(each, at=current.now())) for each in kinds],
        "titles": {each.id: each.title for each in our_records().kinds},
        "holds": in_force,
        "holds_over": over,
        "disposals": queries.disposals(),
        "policies": [(str(each.id), each.policy.short_title) for each in policies.editions()],
        "components": [
            (str(each.id), f"{each.code} {each.name}") for each in database().query(Component).order_by("code")
        ],
        "people": [(str(each.id), each.name) for each in people.everybody()],
        "typed": request.form,
        "boxes": filters.boxes,
    }


def _due(kind_id: str) -> dict[str, Any]:
    wanted = disposals.disposable(kind_id)
    found = disposals.due(wanted, at=current.now())
    free = [item for item in found if not item.held]
    return {
        "kind": wanted,
        "before_on": wanted.ended_before(current.today()),
        "free": free,
        "held_back": [item for item in found if item.held],
        "mark": disposals.mark_of(free),
        "most": 200,
    }


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
