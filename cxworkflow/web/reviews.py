"""The Directorate's review: the version section by section, reviewers, recommendation or return."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cxworkflow import db
from cxworkflow.db import unit_of_work
from cxworkflow.errors import Fault, InvalidInput, NotFound, WorkflowError
from cxworkflow.lifecycle import Action, after, can
from cxworkflow.models import Outcome, Person, Role, Strategy
from cxworkflow.permissions import Permission, may, parts_read_once
from cxworkflow.queries import comments, people, strategies
from cxworkflow.queries import reviews as queries
from cxworkflow.services import recusals, reviews
from cxworkflow.web import current, filters
from cxworkflow.web.errors import refused
from cxworkflow.web.guard import signed_in
from cxworkflow.web.steps import asked_of

pages = Blueprint("reviews", __name__)

GATES: dict[str, tuple[Permission, Action | None]] = {
    "assign": (Permission.ASSIGN_REVIEWER, Action.ASSIGN),
    "comment": (Permission.COMMENT, Action.COMMENT),
    "answer": (Permission.ANSWER, Action.ANSWER),
    "settle": (Permission.SETTLE, Action.COMMENT),
    "mark": (Permission.MARK, Action.MARK),
    "decline": (Permission.DECLINE, Action.ASSIGN),
    "recommend": (Permission.RECOMMEND, Action.RECOMMEND),
    "return": (Permission.RETURN, Action.RETURN),
    "approve": (Permission.APPROVE, Action.APPROVE),
    "recuse": (Permission.RECUSE, None),
    "take_off": (Permission.TAKE_OFF, None),
}


@pages.get("/strategies/<int:strategy_id>/review")
@signed_in
def review(strategy_id: int) -> ResponseReturnValue:
    """The version under review, for everybody who may see it; forms for those who may act."""
    return render_template("reviews/review.html", **shown(strategy_id))


@pages.post("/strategies/<int:strategy_id>/review/reviewers")
@signed_in
def assign(strategy_id: int) -> ResponseReturnValue:
    """Name a reviewer."""
    at = current.now()

    def verb(strategy: Strategy) -> str:
        reviewer = _chosen()
        reviews.assign(strategy, reviewer, by=current.person(), at=at)
        return f"{reviewer.name} reviews this version now, and is told by e-mail."

    return act(strategy_id, "assign", verb, anchor="reviewers")


@pages.post("/strategies/<int:strategy_id>/review/recommendation")
@signed_in
def recommend(strategy_id: int) -> ResponseReturnValue:
    """Advise the CIO."""
    text, at = request.form.get("recommendation", ""), current.now()

    def verb(strategy: Strategy) -> str:
        read, advice = filters.posted_number("version_number"), _advice()
        reviews.recommend(strategy, advice, text=text, version_number=read, by=current.person(), at=at)
        return "Your recommendation is with the Chief Information Officer, who is told by e-mail."

    return act(strategy_id, "recommend", verb)


@pages.post("/strategies/<int:strategy_id>/review/return")
@signed_in
def send_back(strategy_id: int) -> ResponseReturnValue:
    """Return the version to the Component."""
    reason, at = request.form.get("reason", ""), current.now()

    def verb(strategy: Strategy) -> str:
        read = filters.posted_number("version_number")
        reviews.send_back(
            strategy,
            reason=reason,
            version_number=read,
            sha256=request.form.get("sha256", ""),
            listed=filters.posted_numbers("listed"),
            by=current.person(),
            at=at,
        )
        return f"Returned to {strategy.component.name}, which is told by e-mail."

    return act(strategy_id, "return", verb)


@pages.post("/strategies/<int:strategy_id>/review/declined")
@signed_in
def decline(strategy_id: int) -> ResponseReturnValue:
    """Hand back one's own review of this version."""
    return _leave(strategy_id, "decline", reviews.decline, "declining", "You have declined this review.")


@pages.post("/strategies/<int:strategy_id>/review/recusal")
@signed_in
def recuse(strategy_id: int) -> ResponseReturnValue:
    """Step out of this review for good."""
    return _leave(strategy_id, "recuse", recusals.recuse, "why", "You are out of this review.")


def _leave(
    strategy_id: int, step: str, leave: Callable[..., object], reason_box: str, done: str
) -> ResponseReturnValue:
    """Leave a review by a verb that takes the reason in this box."""
    reason, at = request.form.get(reason_box, ""), current.now()

    def verb(strategy: Strategy) -> str:
        leave(strategy, reason=reason, by=current.person(), at=at)
        return f"{done} The CX Directorate lead is told by e-mail."

    return act(strategy_id, step, verb, anchor="reviewers")


@pages.post("/strategies/<int:strategy_id>/review/reviewers/<int:person_id>/off")
@signed_in
def take_off(strategy_id: int, person_id: int) -> ResponseReturnValue:
    """Take a reviewer off this review for good."""
    reason, at = request.form.get("why", ""), current.now()

    def verb(strategy: Strategy) -> str:
        reviewer = people.one(person_id)
        recusals.take_off(strategy, reviewer, reason=reason, by=current.person(), at=at)
        return f"{reviewer.name} is off this review, and is told by e-mail."

    return act(strategy_id, "take_off", verb, anchor="reviewers")


@parts_read_once()
def shown(strategy_id: int) -> dict[str, Any]:
    """What the pages of review and decision show: the dossier, and what this person may do with it now."""
    person, at = current.person(), current.now()
    dossier = queries.dossier(person, strategy_id, at=at)
    strategy = dossier.strategy
    policy = dossier.version.policy if dossier.version else strategy.edition.policy
    going_on = strategy.status not in recusals.OVER
    allowed = {
        what: (can(strategy.status, action) if action else going_on) and may(person, permission, strategy, at=at)
        for what, (permission, action) in GATES.items()
    }
    return {
        "dossier": dossier,
        "strategy": strategy,
        "version": dossier.version,
        "policy": policy,
        "sections": policy.sections_for(hisp=strategy.component.hisp),
        "allowed": allowed,
        "of_the_team": may(person, Permission.SEE_TEAM, strategy, at=at),
        "possible_reviewers": _choices(queries.possible_reviewers(dossier, at=at)) if allowed["assign"] else [],
        "is_reviewer": any(
            held.role is Role.REVIEWER and held.in_force(current.today()) for held in person.appointments
        ),
        "typed": request.form,
    }


def act(
    strategy_id: int, step: str, verb: Callable[[Strategy], str], *, about: int | None = None, anchor: str = ""
) -> ResponseReturnValue:
    """Do what the verb does, then show the page again; a refusal leaves what was typed in its box.

    Raises NotAllowed for who may not at all, NotFound where it is `about` a comment that they may not know of.
    """
    if about is not None:
        strategy = strategies.known(current.person(), strategy_id, at=current.now())
        comments.one(current.person(), strategy, about, at=current.now())
    permission, action = GATES[step]
    strategy = asked_of(strategy_id, permission)
    try:
        if action is not None:
            after(strategy.status, action)
        with unit_of_work():
            done = verb(strategy)
    except WorkflowError as refusal:
        return refused("reviews/review.html", refusal, **shown(strategy_id))
    flash(done, "success")
    page = "changes.one" if request.form.get("back") == "changes" else "reviews.review"
    return redirect(url_for(page, strategy_id=strategy_id, _anchor=anchor or None), 303)


def _choices(people: list[Person]) -> list[tuple[str, str]]:
    return [(str(person.id), person.name) for person in people]


def _chosen() -> Person:
    chosen = request.form.get("reviewer", "")
    if not chosen:
        raise InvalidInput(None, [Fault("reviewer", "Choose who is to review this version.")])
    person = (
        db.session().get(Person, int(chosen)) if chosen.isascii() and chosen.isdigit() and len(chosen) < 10 else None
    )
    if person is None:
        raise NotFound("There is no such person.")
    return person


def _advice() -> Outcome:
    try:
        return Outcome(request.form.get("advice", ""))
    except ValueError:
        reason = "Choose what you recommend: to approve this version, or to return it."
        raise InvalidInput(None, [Fault("advice", reason)]) from None
