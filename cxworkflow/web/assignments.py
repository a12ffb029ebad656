"""Who writes what: sections given to contributors until a day, and taken back."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from cxworkflow.db import session as database
from cxworkflow.db import unit_of_work
from cxworkflow.errors import Fault, InvalidInput, NotFound, WorkflowError
from cxworkflow.lifecycle import Action, after
from cxworkflow.models import Person, Strategy
from cxworkflow.permissions import Permission
from cxworkflow.services import assignments
from cxworkflow.web import current, filters, strategies
from cxworkflow.web.errors import refused
from cxworkflow.web.guard import signed_in
from cxworkflow.web.steps import asked_of

pages = Blueprint("assignments", __name__, url_prefix="/strategies/<int:strategy_id>/assignments")


@pages.post("")
@signed_in
def assign(strategy_id: int) -> ResponseReturnValue:
    """Give a section to a contributor."""

    def verb(strategy: Strategy, clause: str, writer: Person) -> str:
        due_on = filters.posted_day("due") if any(filters.boxes("due")) else None
        assignments.assign(strategy, clause, writer, due_on=due_on, by=current.person(), at=current.now())
        return f"{writer.name} writes section {clause} from now on, and is told by e-mail."

    return _act(strategy_id, verb)


@pages.post("/end")
@signed_in
def take_back(strategy_id: int) -> ResponseReturnValue:
    """Take a section back from a contributor."""

    def verb(strategy: Strategy, clause: str, writer: Person) -> str:
        assignments.take_back(strategy, clause, writer, by=current.person(), at=current.now())
        return f"Section {clause} is no longer assigned to {writer.name}, who is told by e-mail."

    return _act(strategy_id, verb)


def _act(strategy_id: int, verb: Callable[[Strategy, str, Person], str]) -> ResponseReturnValue:
    strategy = asked_of(strategy_id, Permission.ASSIGN_SECTION)
    try:
        after(strategy.status, Action.EDIT)
        with unit_of_work():
            done = verb(strategy, request.form.get("clause", ""), _writer())
    except WorkflowError as refusal:
        return refused("strategies/strategy.html", refusal, **strategies.shown(strategy_id))
    flash(done, "success")
    return redirect(url_for("strategies.one", strategy_id=strategy_id, _anchor="assign"), 303)


def _writer() -> Person:
    if not request.form.get("person"):
        raise InvalidInput(None, [Fault("person", "Choose who is to write this section.")])
    person = database().get(Person, filters.posted_number("person"))
    if person is None:
        raise NotFound("There is no such person. Choose one from the list.")
    return person
