"""The review of a version: who reviews it, what is said and rated, what the Directorate recommends."""

from datetime import datetime

from pydantic import Field

from cxworkflow.api.asked import Asked
from cxworkflow.api.decisions import DecisionTold
from cxworkflow.api.endpoint import Endpoint, Number, Sent, Shape, Text
from cxworkflow.api.sections import person_of
from cxworkflow.api.shapes import Reason, Somebody
from cxworkflow.db import session
from cxworkflow.errors import NotFound
from cxworkflow.lifecycle import Action, can
from cxworkflow.models import Area, Audience, Comment, Kind, Mark, Outcome, Recommendation, Reply
from cxworkflow.permissions import Permission, may
from cxworkflow.queries import reviews as queries
from cxworkflow.queries.strategies import known
from cxworkflow.services import recusals, reviews, rubrics


class Reviewer(Shape):
    """Somebody who was asked to review the version."""

    person: Somebody
    assigned_at: datetime
    declined_at: datetime | None


class AnswerTold(Shape):
    """An answer to a comment."""

    text: str
    by: Somebody
    made_at: datetime

    @classmethod
    def of(cls, reply: Reply) -> "AnswerTold":
        """This answer."""
        return cls(text=reply.text, by=Somebody.of(reply.by), made_at=reply.made_at)


class CommentTold(Shape):
    """A comment on a section of a version, or on a row of it, with its answers."""

    id: int
    version: int
    clause: str
    field: str | None
    row: str | None
    kind: Kind
    audience: Audience
    text: str
    by: Somebody
    made_at: datetime
    settled_at: datetime | None
    answers: list[AnswerTold]

    @classmethod
    def of(cls, remark: Comment) -> "CommentTold":
        """This comment."""
        return cls(
            id=remark.id,
            version=remark.version.number,
            clause=remark.clause,
            field=remark.field,
            row=remark.row_name,
            kind=remark.kind,
            audience=remark.audience,
            text=remark.text,
            by=Somebody.of(remark.by),
            made_at=remark.made_at,
            settled_at=remark.settled_at,
            answers=[AnswerTold.of(each) for each in remark.replies],
        )


class MarkTold(Shape):
    """How a reviewer rates a section."""

    clause: str
    mark: Mark
    reason: str
    by: Somebody


class Advice(Shape):
    """What the Directorate recommends to the CIO."""

    advice: Outcome
    text: str
    by: Somebody
    made_at: datetime

    @classmethod
    def or_none(cls, given: Recommendation | None) -> "Advice | None":
        """This recommendation, if there is one."""
        if given is None:
            return None
        return cls(advice=given.advice, text=given.text, by=Somebody.of(given.by), made_at=given.made_at)


class ReviewTold(Shape):
    """The version under review with what the person may know of what was said of it."""

    strategy_id: int
    version: int | None
    sha256: str | None
    reviewers: list[Reviewer]
    possible_reviewers: list[Somebody] = Field(description="For who may assign one now.")
    comments: list[CommentTold]
    open_must_changes: list[int] = Field(description="The comments, by number, that a return would list.")
    marks: list[MarkTold]
    recommendation: Advice | None
    decisions: list[DecisionTold]


class Assigned(Sent):
    """Who is to review the version."""

    person: Number


class Rated(Sent):
    """One's own mark of a section."""

    clause: str = Field(max_length=40)
    mark: Mark
    reason: Text = Field("", description="Needed where it does not fully meet its clause.")


class Marks(Sent):
    """One's own marks of sections of the version that was read."""

    version: Number
    marks: list[Rated] = Field(max_length=200)


class Recommended(Sent):
    """What one recommends about the version that was read."""

    version: Number
    advice: Outcome
    text: Text = ""


def one(asked: Asked, strategy_id: int) -> ReviewTold:
    """The review, as far as the person may know of it."""
    dossier = queries.dossier(asked.by, strategy_id, at=asked.at)
    strategy = dossier.strategy
    assigns = can(strategy.status, Action.ASSIGN) and may(asked.by, Permission.ASSIGN_REVIEWER, strategy, at=asked.at)
    possible = queries.possible_reviewers(dossier, at=asked.at) if assigns else []
    return ReviewTold(
        strategy_id=strategy.id,
        version=dossier.version.number if dossier.version else None,
        sha256=dossier.version.sha256 if dossier.version else None,
        reviewers=[
            Reviewer(person=Somebody.of(each.reviewer), assigned_at=each.assigned_at, declined_at=each.declined_at)
            for each in dossier.reviews
        ],
        possible_reviewers=[Somebody.of(each) for each in possible],
        comments=[CommentTold.of(each) for each in dossier.comments],
        open_must_changes=[each.id for each in dossier.open_must_changes],
        marks=[
            MarkTold(clause=each.clause, mark=each.mark, reason=each.reason, by=Somebody.of(each.by))
            for each in dossier.rubric.marks
        ],
        recommendation=Advice.or_none(dossier.recommendation),
        decisions=[DecisionTold.of(each) for each in dossier.decisions],
    )


def again(asked: Asked, strategy_id: int) -> ReviewTold:
    """The review as it stands after a verb."""
    session().flush()
    session().expire_all()
    return one(asked, strategy_id)


def assign(asked: Asked, strategy_id: int) -> ReviewTold:
    """Name a reviewer, who is told."""
    strategy = asked.strategy(strategy_id, Permission.ASSIGN_REVIEWER, Action.ASSIGN)
    reviews.assign(strategy, person_of(asked.body(Assigned).person), by=asked.by, at=asked.at)
    return again(asked, strategy_id)


def take_off(asked: Asked, strategy_id: int, person_id: int) -> ReviewTold:
    """Take a reviewer off for good, with a reason."""
    strategy = asked.strategy(strategy_id, Permission.TAKE_OFF)
    reviewer = person_of(person_id)
    recusals.take_off(strategy, reviewer, reason=asked.words(Reason).reason, by=asked.by, at=asked.at)
    return again(asked, strategy_id)


def decline(asked: Asked, strategy_id: int) -> ReviewTold:
    """Hand back one's own review, with a reason."""
    strategy = asked.strategy(strategy_id, Permission.DECLINE, Action.ASSIGN)
    reviews.decline(strategy, reason=asked.words(Reason).reason, by=asked.by, at=asked.at)
    return again(asked, strategy_id)


def recuse(asked: Asked, strategy_id: int) -> ReviewTold:
    """Step out of the review for good, with a reason."""
    strategy = asked.strategy(strategy_id, Permission.RECUSE)
    recusals.recuse(strategy, reason=asked.words(Reason).reason, by=asked.by, at=asked.at)
    return again(asked, strategy_id)


def mark(asked: Asked, strategy_id: int) -> ReviewTold:
    """Save one's own marks."""
    if not may(asked.by, Permission.SEE_TEAM, known(asked.by, strategy_id, at=asked.at), at=asked.at):
        raise NotFound
    strategy = asked.strategy(strategy_id, Permission.MARK, Action.MARK)
    given = asked.body(Marks)
    ratings = {each.clause: (each.mark, each.reason) for each in given.marks}
    rubrics.mark(strategy, ratings, version_number=given.version, by=asked.by, at=asked.at)
    return again(asked, strategy_id)


def recommend(asked: Asked, strategy_id: int) -> ReviewTold:
    """Advise the CIO."""
    strategy = asked.strategy(strategy_id, Permission.RECOMMEND, Action.RECOMMEND)
    given = asked.body(Recommended)
    reviews.recommend(strategy, given.advice, text=given.text, version_number=given.version, by=asked.by, at=asked.at)
    return again(asked, strategy_id)


_ONE = "/strategies/<int:strategy_id>/review"
ENDPOINTS = (
    Endpoint("GET", _ONE, Area.REVIEWS, "Read the review", one, ReviewTold),
    Endpoint("POST", f"{_ONE}/reviewers", Area.REVIEWS, "Assign a reviewer", assign, ReviewTold, Assigned),
    Endpoint(
        "POST",
        f"{_ONE}/reviewers/<int:person_id>/off",
        Area.REVIEWS,
        "Take a reviewer off",
        take_off,
        ReviewTold,
        Reason,
    ),
    Endpoint("POST", f"{_ONE}/declined", Area.REVIEWS, "Decline your review", decline, ReviewTold, Reason),
    Endpoint("POST", f"{_ONE}/recusal", Area.REVIEWS, "Step out of the review", recuse, ReviewTold, Reason),
    Endpoint("POST", f"{_ONE}/marks", Area.REVIEWS, "Rate sections", mark, ReviewTold, Marks),
    Endpoint("POST", f"{_ONE}/recommendation", Area.REVIEWS, "Recommend", recommend, ReviewTold, Recommended),
)
