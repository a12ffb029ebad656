"""Rounds of coordination: the list of them, what each Component answered, and the form for its own answer."""

from enum import StrEnum
from typing import Any, TypeVar

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cxworkflow.db import unit_of_work
from cxworkflow.errors import Fault, InvalidInput, NotAllowed, NotFound, WorkflowError
from cxworkflow.models import Component, Concurrence, Disposition, Position, Round
from cxworkflow.permissions import Permission, may, require
from cxworkflow.queries import coordination as queries
from cxworkflow.services import coordination
from cxworkflow.web import current
from cxworkflow.web.errors import refused
from cxworkflow.web.guard import signed_in
from cxworkflow.web.lists import Choice, Column, Listing, iso, of_component

pages = Blueprint("rounds", __name__)

POSITIONS = {
    Position.CONCUR: "Concur",
    Position.COMMENTS: "Concur with comments",
    Position.NON_CONCUR: "Non-concur",
}
DISPOSITIONS = {
    Disposition.ACCEPTED: "Accepted",
    Disposition.PARTLY: "Accepted in part",
    Disposition.DECLINED: "Declined",
}
NO_ANSWER = "No answer"
BOXES = 5  # for comments; a button adds as many again
Chosen = TypeVar("Chosen", bound=StrEnum)
Row = tuple[Round, Component, Concurrence | None]


def answer_words(given: Concurrence | None) -> str:
    """What a Component answered, as people read it."""
    return POSITIONS[given.position] if given else NO_ANSWER


COLUMNS = (
    Column("Paper", lambda row: str(_title(row[0]))),
    Column("Round", lambda row: str(row[0].number)),
    Column("Draft", lambda row: str(row[0].draft.number)),
    Column("Component", lambda row: str(row[1].code), sort="component"),
    Column("Answer by", lambda row: iso(row[0].until_on), sort="until"),
    Column("Answer", lambda row: answer_words(row[2])),
    Column("Late", lambda row: "yes" if row[2] and row[2].late else "", only_csv=True),
    Column("Round closed", lambda row: iso(row[0].closed_at.date() if row[0].closed_at else None), only_csv=True),
)


@pages.get("/coordination")
@signed_in
def index() -> ResponseReturnValue:
    """The drafts that were put to Components, and what each of them answered."""
    person, at = current.person(), current.now()
    answers = [*((each.value, label) for each, label in POSITIONS.items()), ("none", NO_ANSWER)]
    listing = Listing(
        "answers asked for",
        COLUMNS,
        queries.ORDERS,
        [
            Choice("state", "Rounds", [("open", "Open"), ("closed", "Closed")]),
            Choice("answer", "Answer", answers),
            of_component(person, at=at),
        ],
    )
    found = queries.find(person, at=at, **listing.values)
    return listing.answer("rounds/index.html", found, answer_words=answer_words, title_of=_title)


@pages.get("/rounds/<int:round_id>")
@signed_in
def one(round_id: int) -> ResponseReturnValue:
    """A round: who was asked, who answered what, what became of the comments."""
    return render_template("rounds/one.html", **_shown(round_id))


@pages.post("/rounds/<int:round_id>/answers")
@signed_in
def answer(round_id: int) -> ResponseReturnValue:
    """Answer for one's own Component."""
    shown = _shown(round_id)
    component = _answering(shown)
    if request.form.get("more"):
        return render_template("rounds/one.html", **{**shown, "boxes": shown["boxes"] + BOXES, "about": "answer"})
    try:
        coordination.refuse_closed(shown["asked"])
        with unit_of_work():
            given = coordination.answer(
                shown["asked"],
                component,
                _chosen("position", Position, "Choose whether your Component concurs."),
                reason=request.form.get("reason", ""),
                comments=[
                    (request.form.get(f"place-{number}", ""), request.form.get(f"comment-{number}", ""))
                    for number in range(shown["boxes"])
                ],
                by=current.person(),
                at=current.now(),
            )
            late = given.late
    except NotAllowed:
        raise
    except WorkflowError as refusal:
        return refused("rounds/one.html", refusal, **{**_shown(round_id), "about": "answer"})
    flash(f"The answer of {component.code} is given{', and recorded as late' if late else ''}.", "success")
    return redirect(url_for("rounds.one", round_id=round_id), 303)


@pages.post("/rounds/<int:round_id>/closing")
@signed_in
def close(round_id: int) -> ResponseReturnValue:
    """Close the round."""
    shown = _shown(round_id)
    require(current.person(), Permission.COORDINATE, at=current.now())
    try:
        with unit_of_work():
            silent = [each.code for each in coordination.close(shown["asked"], by=current.person(), at=current.now())]
    except NotAllowed:
        raise
    except WorkflowError as refusal:
        return refused("rounds/one.html", refusal, **_shown(round_id))
    told = f"No answer from {', '.join(silent)}" if silent else "All have answered"
    flash(f"The round is closed. {told}.", "success")
    return redirect(url_for("rounds.one", round_id=round_id), 303)


@pages.post("/rounds/<int:round_id>/comments/<int:remark_id>/disposition")
@signed_in
def dispose(round_id: int, remark_id: int) -> ResponseReturnValue:
    """Say what becomes of a comment."""
    shown = _shown(round_id)
    comment = queries.comment_of(shown["asked"], remark_id)
    require(current.person(), Permission.COORDINATE, at=current.now())
    try:
        with unit_of_work():
            coordination.dispose(
                comment,
                _chosen("disposition", Disposition, "Choose what becomes of the comment."),
                reason=request.form.get("reason", ""),
                by=current.person(),
                at=current.now(),
            )
    except NotAllowed:
        raise
    except WorkflowError as refusal:
        return refused("rounds/one.html", refusal, **{**_shown(round_id), "about": remark_id})
    flash("What becomes of the comment is recorded, for its Component to read.", "success")
    return redirect(url_for("rounds.one", round_id=round_id, _anchor=f"comment-{remark_id}"), 303)


def _title(asked: Round) -> str:
    return asked.edition.policy.deliverable(asked.what).title


def _answering(shown: dict[str, Any]) -> Component:
    """The Component for which the person answers here: the one that the form names, or the only one there is."""
    own: list[Component] = shown["own"]
    named = request.form.get("component", "")
    found = next((each for each in own if each.code == named), own[0] if len(own) == 1 else None)
    if found is None:
        first: Component | None = next((each for each, _ in shown["answers"]), None)
        if first is None:
            raise NotFound
        require(current.person(), Permission.CONCUR, None if own else first, at=current.now())
        raise InvalidInput(None, [Fault("component", "Choose for which Component you answer.")])
    return found


def _chosen(name: str, offered: type[Chosen], reason: str) -> Chosen:
    try:
        return offered(request.form.get(name, ""))
    except ValueError:
        raise InvalidInput(None, [Fault(name, reason)]) from None


def _shown(round_id: int) -> dict[str, Any]:
    person, at = current.person(), current.now()
    asked = queries.round_of(person, round_id, at=at)
    answers = queries.answers(asked, person, at=at)
    own = [each for each, _ in answers if may(person, Permission.CONCUR, each, at=at)]
    typed = [name for name in request.form if name.startswith("comment-")]
    return {
        "asked": asked,
        "title": _title(asked),
        "answers": answers,
        "own": own,
        "code_choices": [(each.code, f"{each.code}: {each.name}") for each in own],
        "positions": [(each.value, label) for each, label in POSITIONS.items()],
        "dispositions": [(each.value, label) for each, label in DISPOSITIONS.items()],
        "answer_words": answer_words,
        "boxes": max(BOXES, min(len(typed), coordination.MOST)),
        "about": None,
        "typed": request.form,
    }
