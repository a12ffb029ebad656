"""Comments in a review: made on a section or a row, answered, turned into another kind, settled."""

from enum import StrEnum
from typing import TypeVar

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from cxworkflow.errors import Fault, InvalidInput
from cxworkflow.models import Audience, Comment, Kind, Strategy
from cxworkflow.queries import comments as queries
from cxworkflow.services import comments
from cxworkflow.web import current, filters
from cxworkflow.web.guard import signed_in
from cxworkflow.web.reading import field_id
from cxworkflow.web.reviews import act

pages = Blueprint("comments", __name__, url_prefix="/strategies/<int:strategy_id>/review/comments")

Named = TypeVar("Named", bound=StrEnum)
KINDS = {Kind.MUST_CHANGE: "a must-change", Kind.SUGGESTION: "a suggestion", Kind.COMMENT: "a plain comment"}


@pages.post("")
@signed_in
def comment(strategy_id: int) -> ResponseReturnValue:
    """Comment on a section or on one of its rows."""
    clause, at = request.form.get("clause", ""), current.now()

    def verb(strategy: Strategy) -> str:
        field, _, row = request.form.get("about", "").partition("/")
        made = comments.comment(
            strategy,
            clause,
            request.form.get("text", ""),
            kind=_chosen("kind", Kind, "Choose what kind of comment it is."),
            audience=_chosen("audience", Audience, "Choose who may read it."),
            row=(field, row) if field else None,
            version_number=filters.posted_number("version_number"),
            by=current.person(),
            at=at,
        )
        readers = strategy.component.code if made.audience is Audience.COMPONENT else "the review team"
        return f"Your comment on {clause} is saved, for {readers} to read."

    return act(strategy_id, "comment", verb, anchor=f"section-{field_id(clause)}")


@pages.post("/<int:comment_id>/answers")
@signed_in
def answer(strategy_id: int, comment_id: int) -> ResponseReturnValue:
    """Answer a comment."""

    def verb(strategy: Strategy) -> str:
        comments.answer(
            _one(strategy, comment_id), request.form.get("answer", ""), by=current.person(), at=current.now()
        )
        return "Your answer is saved."

    return act(strategy_id, "answer", verb, about=comment_id, anchor=f"comment-{comment_id}")


@pages.post("/<int:comment_id>/kind")
@signed_in
def turn(strategy_id: int, comment_id: int) -> ResponseReturnValue:
    """Make it a must-change, a suggestion or a plain comment."""

    def verb(strategy: Strategy) -> str:
        kind = _chosen("kind", Kind, "Choose what it is to become.")
        comments.turn(_one(strategy, comment_id), kind, by=current.person(), at=current.now())
        return f"The comment is {KINDS[kind]} now."

    return act(strategy_id, "settle", verb, about=comment_id, anchor=f"comment-{comment_id}")


@pages.post("/<int:comment_id>/settled")
@signed_in
def settle(strategy_id: int, comment_id: int) -> ResponseReturnValue:
    """Settle it, or open it again."""

    def verb(strategy: Strategy) -> str:
        remark, by, at = _one(strategy, comment_id), current.person(), current.now()
        if request.form.get("settled") == "no":
            comments.reopen(remark, by=by, at=at)
            return "The comment is open again."
        comments.settle(remark, version_number=filters.posted_number("version_number"), by=by, at=at)
        return "Confirmed as done." if remark.kind is Kind.MUST_CHANGE else "The comment is settled."

    return act(strategy_id, "settle", verb, about=comment_id, anchor=f"comment-{comment_id}")


def _one(strategy: Strategy, comment_id: int) -> Comment:
    return queries.one(current.person(), strategy, comment_id, at=current.now())


def _chosen(name: str, offered: type[Named], reason: str) -> Named:
    try:
        return offered(request.form.get(name, ""))
    except ValueError:
        raise InvalidInput(None, [Fault(name, reason)]) from None
