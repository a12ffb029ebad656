"""Rounds of coordination: the answers of Components to drafts of the Directorate, what becomes of comments."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field

from cxworkflow.api.asked import Asked
from cxworkflow.api.endpoint import Endpoint, Page, Paged, Sent, Shape, Text, Word
from cxworkflow.api.paging import page
from cxworkflow.api.shapes import Somebody
from cxworkflow.db import session
from cxworkflow.errors import Fault, InvalidInput, NotFound
from cxworkflow.models import Area, Component, Concurrence, Disposition, Position, Round
from cxworkflow.permissions import Permission, may, require
from cxworkflow.queries import coordination as queries
from cxworkflow.services import coordination


class RoundRow(Shape):
    """A round in a list: a draft of a paper, put to Components until a day."""

    id: int
    policy: str
    what: str
    title: str
    number: int
    draft: int = Field(description="The number of the draft.")
    opened_at: datetime
    until_on: date
    closed_at: datetime | None
    by: Somebody

    @classmethod
    def of(cls, asked: Round) -> "RoundRow":
        """This round."""
        return cls(**_told(asked))


class CommentTold(Shape):
    """A comment of a Component, and what becomes of it."""

    id: int
    place: str
    text: str
    disposition: Disposition | None
    reason: str


class AnswerTold(Shape):
    """A Component that was asked, and the answer of it that counts."""

    component: str
    position: Position | None = Field(description="Null: no answer yet.")
    reason: str
    answered_at: datetime | None
    late: bool
    by: Somebody | None
    comments: list[CommentTold]


class RoundTold(RoundRow):
    """A round with its draft, and the answers of which the person may know."""

    note: str
    text: str
    text_sha256: str
    answers: list[AnswerTold]


class WantedRounds(Paged):
    """Rounds, all or some."""

    state: Literal["open", "closed"] | None = None


class Remark(Sent):
    """A comment: where in the draft, and what is said of it."""

    text: str = Field(max_length=5_000)
    place: str = Field("", max_length=200)


class Answered(Sent):
    """The answer of a Component."""

    position: Position
    component: Word | None = Field(None, description="Its code; needed by who answers for several.")
    reason: Text = ""
    comments: list[Remark] = Field([], max_length=coordination.MOST)


class Disposed(Sent):
    """What becomes of a comment."""

    disposition: Disposition
    reason: Text = ""


def index(asked: Asked) -> Page[RoundRow]:
    """The rounds that the person may know of."""
    narrowed = asked.query
    assert isinstance(narrowed, WantedRounds)
    rows, further = page(queries.rounds(asked.by, state=narrowed.state, at=asked.at), Round.id, narrowed)
    return Page[RoundRow](items=[RoundRow.of(each) for each in rows], next=further)


def one(asked: Asked, round_id: int) -> RoundTold:
    """A round: who was asked, who answered what, what became of the comments."""
    found = queries.round_of(asked.by, round_id, at=asked.at)
    answers = [_answer(component, given) for component, given in queries.answers(found, asked.by, at=asked.at)]
    draft = found.draft
    return RoundTold(**_told(found), note=found.note, text=draft.text, text_sha256=draft.sha256, answers=answers)


def answer(asked: Asked, round_id: int) -> RoundTold:
    """Answer for one’s own Component; answered again while the round is open, the last answer counts."""
    found = queries.round_of(asked.by, round_id, at=asked.at)
    in_sight = [each for each, _ in queries.answers(found, asked.by, at=asked.at)]
    own = [each for each in in_sight if may(asked.by, Permission.CONCUR, each, at=asked.at)]
    if not own:
        if not in_sight:
            raise NotFound
        require(asked.by, Permission.CONCUR, in_sight[0], at=asked.at)
    coordination.refuse_closed(found)
    given = asked.body(Answered)
    component = next((each for each in own if len(own) == 1 or each.code == given.component), None)
    if component is None or given.component not in (None, component.code):
        raise InvalidInput(None, [Fault("component", "Say for which of your Components you answer.")])
    remarks = [(each.place, each.text) for each in given.comments]
    coordination.answer(
        found, component, given.position, reason=given.reason, comments=remarks, by=asked.by, at=asked.at
    )
    return again(asked, round_id)


def close(asked: Asked, round_id: int) -> RoundTold:
    """Close the round."""
    coordination.close(queries.round_of(asked.by, round_id, at=asked.at), by=asked.by, at=asked.at)
    return again(asked, round_id)


def dispose(asked: Asked, round_id: int, remark_id: int) -> RoundTold:
    """Say what becomes of a comment."""
    comment = queries.comment_of(queries.round_of(asked.by, round_id, at=asked.at), remark_id)
    require(asked.by, Permission.COORDINATE, at=asked.at)
    given = asked.body(Disposed)
    coordination.dispose(comment, given.disposition, reason=given.reason, by=asked.by, at=asked.at)
    return again(asked, round_id)


def again(asked: Asked, round_id: int) -> RoundTold:
    """The round as it stands after a verb."""
    session().flush()
    session().expire_all()
    return one(asked, round_id)


def _told(asked: Round) -> dict[str, Any]:
    names = ("id", "what", "number", "opened_at", "until_on", "closed_at")
    told = {name: getattr(asked, name) for name in names}
    rule = asked.edition.policy.deliverable(asked.what)
    named = {"policy": asked.edition.code, "title": rule.title, "draft": asked.draft.number}
    return {**told, **named, "by": Somebody.of(asked.by)}


def _answer(component: Component, given: Concurrence | None) -> AnswerTold:
    comments = [
        CommentTold(
            id=each.id, place=each.place, text=each.text, disposition=each.disposition, reason=each.disposed_reason
        )
        for each in (given.comments if given else ())
    ]
    return AnswerTold(
        component=component.code,
        position=given.position if given else None,
        reason=given.reason if given else "",
        answered_at=given.answered_at if given else None,
        late=given.late if given else False,
        by=Somebody.of(given.by) if given else None,
        comments=comments,
    )


_ONE = "/rounds/<int:round_id>"
_AREA = Area.COORDINATION
ENDPOINTS = (
    Endpoint(
        "GET",
        "/rounds",
        _AREA,
        "List rounds",
        index,
        Page[RoundRow],
        asks=WantedRounds,
        listed="rounds of coordination",
    ),
    Endpoint("GET", _ONE, _AREA, "Read a round", one, RoundTold),
    Endpoint("POST", f"{_ONE}/answers", _AREA, "Answer", answer, RoundTold, Answered),
    Endpoint("POST", f"{_ONE}/closing", _AREA, "Close it", close, RoundTold),
    Endpoint(
        "POST",
        f"{_ONE}/comments/<int:remark_id>/disposition",
        _AREA,
        "Say what becomes of a comment",
        dispose,
        RoundTold,
        Disposed,
    ),
)
