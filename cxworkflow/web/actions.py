"""The Department-wide actions: the list of them, and a page for each: steps, and the strategies that serve it."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cxworkflow.db import unit_of_work
from cxworkflow.errors import Fault, InvalidInput, NotAllowed, NotFound, WorkflowError
from cxworkflow.models import ActionState
from cxworkflow.permissions import Permission, require
from cxworkflow.queries import actions as queries
from cxworkflow.services import department_actions
from cxworkflow.web import current, filters, mandates
from cxworkflow.web.errors import refused
from cxworkflow.web.guard import needs, signed_in
from cxworkflow.web.lists import Choice, Column, Listing, iso, of_component

pages = Blueprint("actions", __name__, url_prefix="/directorate/actions")

PROGRESS = {
    ActionState.PLANNED: "Planned",
    ActionState.UNDER_WAY: "Under way",
    ActionState.DONE: "Done",
    ActionState.DROPPED: "Dropped",
}
NOT_SAID = "Not said yet"


@pages.get("")
@needs(Permission.SEE_ALL)
def index() -> ResponseReturnValue:
    """The actions of the policy, and how each stands."""
    edition, editions = mandates.chosen()
    if edition is None or not edition.policy.actions:
        return render_template("actions/empty.html")
    known = {each.rule.clause: each for each in queries.overview(edition)}
    states = [*((each.value, label) for each, label in PROGRESS.items()), (queries.NOT_SAID, NOT_SAID)]
    listing = Listing(
        "Department-wide actions",
        _columns(known),
        queries.ORDERS,
        [
            mandates.policy_filter(editions),
            Choice("state", "Stands", states),
            of_component(current.person(), at=current.now()),
        ],
    )
    found = queries.find(edition, state=listing["state"], component=listing["component"])
    return listing.answer("actions/index.html", found, edition=edition, known=known, stands=_stands)


@pages.get("/<code>/<clause>")
@needs(Permission.SEE_ALL)
def one(code: str, clause: str) -> ResponseReturnValue:
    """An action."""
    return render_template("actions/one.html", **_shown(code, clause))


@pages.post("/<code>/<clause>/standing")
@signed_in
def stand(code: str, clause: str) -> ResponseReturnValue:
    """Say how it stands."""

    def verb(action: queries.Action) -> str:
        department_actions.stand(
            action.edition,
            clause,
            _progress(),
            owner=request.form.get("owner", ""),
            note=request.form.get("note", ""),
            by=current.person(),
            at=current.now(),
        )
        return "How the action stands is recorded."

    return _act(code, clause, "standing", verb)


@pages.post("/<code>/<clause>/steps")
@signed_in
def plan(code: str, clause: str) -> ResponseReturnValue:
    """Plan a step."""

    def verb(action: queries.Action) -> str:
        title, due_on = request.form.get("title", ""), filters.posted_day("due")
        department_actions.plan(action.edition, clause, title, due_on=due_on, by=current.person(), at=current.now())
        return "The step is planned."

    return _act(code, clause, "steps", verb)


@pages.post("/<code>/<clause>/steps/<int:step_id>")
@signed_in
def move(code: str, clause: str, step_id: int) -> ResponseReturnValue:
    """Say how a step stands."""

    def verb(action: queries.Action) -> str:
        step = next((each for each in action.steps if each.id == step_id), None)
        if step is None:
            raise NotFound
        department_actions.move(step, _progress(), by=current.person(), at=current.now())
        return "How the step stands is recorded."

    return _act(code, clause, "", verb)


@pages.post("/<code>/<clause>/links")
@signed_in
def link(code: str, clause: str) -> ResponseReturnValue:
    """Name a strategy that serves it."""

    def verb(action: queries.Action) -> str:
        strategy = queries.strategy_of(action.edition, request.form.get("component", ""))
        if strategy is None:
            raise InvalidInput(None, [Fault("component", "Choose a Component that has begun its strategy.")])
        section, why = request.form.get("section", ""), request.form.get("why", "")
        department_actions.link(
            action.edition, clause, strategy, section, why=why, by=current.person(), at=current.now()
        )
        return f"The strategy of {strategy.component.code} is named."

    return _act(code, clause, "links", verb)


@pages.post("/<code>/<clause>/links/<int:link_id>/removal")
@signed_in
def unlink(code: str, clause: str, link_id: int) -> ResponseReturnValue:
    """Take a strategy off it."""

    def verb(action: queries.Action) -> str:
        made = next((each for each in action.every_link if each.id == link_id), None)
        if made is None:
            raise NotFound
        department_actions.unlink(made, by=current.person(), at=current.now())
        return "Taken off."

    return _act(code, clause, "", verb)


def _act(code: str, clause: str, form: str, verb: Callable[[queries.Action], str]) -> ResponseReturnValue:
    require(current.person(), Permission.STEER_ACTIONS, at=current.now())
    action = queries.one(code, clause)
    try:
        with unit_of_work():
            done = verb(action)
    except (NotAllowed, NotFound):
        raise
    except WorkflowError as refusal:
        return refused("actions/one.html", refusal, **{**_shown(code, clause), "form": form})
    flash(done, "success")
    return redirect(url_for("actions.one", code=code, clause=clause), 303)


def _progress() -> ActionState:
    try:
        return ActionState(request.form.get("progress", ""))
    except ValueError:
        raise InvalidInput(None, [Fault("progress", "Choose how it stands.")]) from None


def _shown(code: str, clause: str) -> dict[str, Any]:
    action = queries.one(code, clause)
    return {
        "action": action,
        "progress": PROGRESS,
        "choices": [(each.value, label) for each, label in PROGRESS.items()],
        "begun": queries.begun(action.edition),
        "sections": [(each.clause, f"{each.clause} {each.title}") for each in action.edition.policy.sections],
        "form": "",
        "typed": request.form,
        "boxes": filters.boxes("due"),
    }


def _columns(known: Mapping[str, queries.Action]) -> tuple[Column, ...]:
    """The columns of the list, whose rows are clauses."""

    def said(words: Callable[[queries.Action], str]) -> Callable[[str], str]:
        return lambda clause: words(known[clause])

    return (
        Column("Clause", str, only_csv=True),
        Column("Action", said(lambda each: each.rule.title), sort="title"),
        Column("Owner", said(lambda each: each.standing.owner if each.standing else "")),
        Column("Stands", said(_stands)),
        Column("Note", said(lambda each: each.standing.note if each.standing else ""), only_csv=True),
        Column("Steps done", said(lambda each: str(each.steps_done))),
        Column("Steps", said(lambda each: str(len(each.steps))), only_csv=True),
        Column("Next step by", said(lambda each: iso(each.next_step.due_on if each.next_step else None)), sort="next"),
        Column("Served by", said(lambda each: ", ".join(each.served_by))),
    )


def _stands(each: queries.Action) -> str:
    return PROGRESS[each.standing.progress] if each.standing else NOT_SAID
