"""Comments in a review: made on a section or on one of its rows, answered, turned into another kind, settled."""

from pydantic import Field

from cxworkflow.api.asked import Asked
from cxworkflow.api.endpoint import Endpoint, Number, Sent, Text
from cxworkflow.api.reviews import ReviewTold, again
from cxworkflow.lifecycle import Action
from cxworkflow.models import Area, Audience, Comment, Kind
from cxworkflow.permissions import Permission
from cxworkflow.queries import comments as queries
from cxworkflow.queries.strategies import known
from cxworkflow.services import comments


class Row(Sent):
    """A row that a comment is about: its field, and the name it has in the version."""

    field: str = Field(max_length=100)
    row: str = Field(max_length=100)


class Remark(Sent):
    """A comment on the version that was read."""

    version: Number
    clause: str = Field(max_length=40)
    text: Text
    kind: Kind = Kind.COMMENT
    audience: Audience = Audience.COMPONENT
    about: Row | None = None


class Answered(Sent):
    """An answer to a comment."""

    text: Text


class Turned(Sent):
    """What a comment becomes."""

    kind: Kind


class Settled(Sent):
    """Whether a comment is settled, in the version that was read."""

    settled: bool
    version: Number


def comment(asked: Asked, strategy_id: int) -> ReviewTold:
    """Comment on a section or on one of its rows."""
    strategy = asked.strategy(strategy_id, Permission.COMMENT, Action.COMMENT)
    given = asked.body(Remark)
    comments.comment(
        strategy,
        given.clause,
        given.text,
        kind=given.kind,
        audience=given.audience,
        row=(given.about.field, given.about.row) if given.about else None,
        version_number=given.version,
        by=asked.by,
        at=asked.at,
    )
    return again(asked, strategy_id)


def answer(asked: Asked, strategy_id: int, comment_id: int) -> ReviewTold:
    """Answer a comment."""
    remark = _one(asked, strategy_id, comment_id, Permission.ANSWER, Action.ANSWER)
    comments.answer(remark, asked.words(Answered).text, by=asked.by, at=asked.at)
    return again(asked, strategy_id)


def turn(asked: Asked, strategy_id: int, comment_id: int) -> ReviewTold:
    """Make it a must-change, a suggestion or a plain comment."""
    remark = _one(asked, strategy_id, comment_id, Permission.SETTLE, Action.COMMENT)
    comments.turn(remark, asked.body(Turned).kind, by=asked.by, at=asked.at)
    return again(asked, strategy_id)


def settle(asked: Asked, strategy_id: int, comment_id: int) -> ReviewTold:
    """Settle it, or open it again."""
    remark = _one(asked, strategy_id, comment_id, Permission.SETTLE, Action.COMMENT)
    given = asked.body(Settled)
    if given.settled:
        comments.settle(remark, version_number=given.version, by=asked.by, at=asked.at)
    else:
        comments.reopen(remark, by=asked.by, at=asked.at)
    return again(asked, strategy_id)


def _one(asked: Asked, strategy_id: int, comment_id: int, permission: Permission, action: Action) -> Comment:
    strategy = known(asked.by, strategy_id, at=asked.at)
    remark = queries.one(asked.by, strategy, comment_id, at=asked.at)
    asked.strategy(strategy_id, permission, action)
    return remark


_ALL = "/strategies/<int:strategy_id>/review/comments"
_ONE = f"{_ALL}/<int:comment_id>"
ENDPOINTS = (
    Endpoint("POST", _ALL, Area.REVIEWS, "Comment", comment, ReviewTold, Remark),
    Endpoint("POST", f"{_ONE}/answers", Area.REVIEWS, "Answer a comment", answer, ReviewTold, Answered),
    Endpoint("POST", f"{_ONE}/kind", Area.REVIEWS, "Change a comment’s kind", turn, ReviewTold, Turned),
    Endpoint(
        "POST", f"{_ONE}/settled", Area.REVIEWS, "Settle a comment, or open it again", settle, ReviewTold, Settled
    ),
)
