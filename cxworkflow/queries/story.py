"""Everything that is known of one strategy: what an auditor takes out."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, selectinload

from cxworkflow.db import session
from cxworkflow.models import (
    Attachment,
    AttachmentContent,
    Clock,
    Comment,
    Decision,
    DecisionLetter,
    Event,
    ImplementationReport,
    Notice,
    Person,
    PolicyEdition,
    Recommendation,
    Reply,
    RubricMark,
    Strategy,
    Version,
)


@dataclass(frozen=True)
class Story:
    """A strategy with all that was submitted, said, decided, sent and done, each list in the order in which it was."""

    strategy: Strategy
    versions: Sequence[Version]
    attachments: Sequence[Attachment]
    comments: Sequence[Comment]
    recommendations: Sequence[Recommendation]
    marks: Sequence[RubricMark]
    decisions: Sequence[Decision]
    letters: Sequence[DecisionLetter]
    reports: Sequence[ImplementationReport]
    notices: Sequence[Notice]
    events: Sequence[Event]

    @cached_property
    def people(self) -> dict[int, str]:
        """The names of all whom the story names by a number."""
        named = {event.by_id for event in self.events} | {notice.person_id for notice in self.notices}
        for event in self.events:
            named |= {value for key, value in event.details.items() if key in ("person", "whom")}
        ids = [each for each in named if isinstance(each, int)]
        return dict(session().execute(select(Person.id, Person.name).where(Person.id.in_(ids))).tuples().all())


_PARTS = (
    Version,
    Attachment,
    Comment,
    Recommendation,
    RubricMark,
    Decision,
    DecisionLetter,
    ImplementationReport,
    Notice,
)


def story(strategy: Strategy) -> Story:
    """The story of a strategy; `events` are the lines of the record on it and on the clocks of its paper."""
    of_policy = select(PolicyEdition.id).where(PolicyEdition.code == strategy.edition.code)
    clocks = select(Clock.id).where(Clock.edition_id.in_(of_policy), Clock.component_id == strategy.component_id)
    of_it: dict[type[Any], Any] = {model: select(model).order_by(model.id) for model in _PARTS}
    versions = select(Version.id).where(Version.strategy_id == strategy.id)

    def found(model: type[Any], condition: Any, *options: Any) -> Sequence[Any]:
        return session().scalars(of_it[model].where(condition).options(*options)).unique().all()

    return Story(
        strategy,
        found(Version, Version.strategy_id == strategy.id, joinedload(Version.by)),
        found(Attachment, Attachment.strategy_id == strategy.id, joinedload(Attachment.by)),
        found(
            Comment,
            Comment.strategy_id == strategy.id,
            joinedload(Comment.by),
            joinedload(Comment.version),
            selectinload(Comment.replies).joinedload(Reply.by),
        ),
        found(Recommendation, Recommendation.version_id.in_(versions), joinedload(Recommendation.by)),
        found(RubricMark, RubricMark.strategy_id == strategy.id, joinedload(RubricMark.by)),
        found(Decision, Decision.strategy_id == strategy.id, joinedload(Decision.by), joinedload(Decision.version)),
        found(DecisionLetter, DecisionLetter.strategy_id == strategy.id),
        found(ImplementationReport, ImplementationReport.strategy_id == strategy.id),
        found(
            Notice,
            or_(Notice.strategy_id == strategy.id, Notice.clock_id.in_(clocks)),
            joinedload(Notice.person),
        ),
        session()
        .scalars(
            select(Event).where(or_(Event.strategy_id == strategy.id, Event.clock_id.in_(clocks))).order_by(Event.seq)
        )
        .all(),
    )


def content_of(attachment: Attachment) -> bytes:
    """The bytes of a file."""
    return session().get_one(AttachmentContent, (attachment.component_id, attachment.sha256)).content
