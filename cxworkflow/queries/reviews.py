"""A version under review with all that was said about it, and who may be asked to review it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from cxworkflow.calendar import day_of
from cxworkflow.db import session
from cxworkflow.errors import NotFound
from cxworkflow.models import (
    Appointment,
    Clock,
    Comment,
    Decision,
    Event,
    Person,
    Recommendation,
    Review,
    Role,
    Strategy,
    Version,
)
from cxworkflow.permissions import Permission, may


@dataclass(frozen=True)
class Dossier:
    """A strategy's current version, and everything that was said and decided about it and those before it."""

    strategy: Strategy
    version: Version | None
    reviews: Sequence[Review]
    comments: Sequence[Comment]
    recommendation: Recommendation | None
    decisions: Sequence[Decision]
    events: Sequence[Event]
    clock: Clock | None

    @property
    def decision(self) -> Decision | None:
        """The decision on the current version."""
        return next((each for each in self.decisions if self.version and each.version_id == self.version.id), None)

    @property
    def earlier(self) -> list[Decision]:
        """The decisions on earlier versions, in their order."""
        return [each for each in self.decisions if each is not self.decision]

    def comments_on(self, clause: str) -> list[Comment]:
        """The comments on one section in any version, in the order in which they were made."""
        return [comment for comment in self.comments if comment.clause == clause]


def dossier(person: Person, strategy_id: int, *, at: datetime) -> Dossier:
    """The dossier of a strategy; raises NotFound also where the person may not know of it."""
    wanted = select(Strategy).where(Strategy.id == strategy_id)
    strategy = session().scalar(
        wanted.options(
            joinedload(Strategy.edition),
            joinedload(Strategy.current_version).joinedload(Version.by),
            selectinload(Strategy.versions),
        )
    )
    if strategy is None or not may(person, Permission.SEE_SUBMITTED, strategy, at=at):
        raise NotFound("There is no such strategy, or you may not know of it.")
    version = strategy.current_version
    version_id = version.id if version else None
    reviews = select(Review).where(Review.version_id == version_id).options(joinedload(Review.reviewer))
    versions = select(Version.id).where(Version.strategy_id == strategy.id)
    comments = select(Comment).where(Comment.version_id.in_(versions)).options(joinedload(Comment.by))
    advice = select(Recommendation).where(Recommendation.version_id == version_id)
    decided = select(Decision).where(Decision.strategy_id == strategy.id).options(joinedload(Decision.by))
    done = select(Event).where(Event.strategy_id == strategy.id, Event.version_id.is_not(None), Event.verb != "comment")
    return Dossier(
        strategy,
        version,
        session().scalars(reviews.order_by(Review.id)).all(),
        session().scalars(comments.order_by(Comment.id)).all(),
        session().scalar(advice.options(joinedload(Recommendation.by))),
        session().scalars(decided.order_by(Decision.id)).all(),
        session().scalars(done.order_by(Event.id)).all(),
        open_clock(strategy),
    )


def open_clock(strategy: Strategy) -> Clock | None:
    """The clock that runs for this strategy's Component now, the one due first."""
    wanted = select(Clock).where(
        Clock.edition_id == strategy.edition_id,
        Clock.component_id == strategy.component_id,
        Clock.stopped_on.is_(None),
    )
    return session().scalar(wanted.order_by(Clock.due_on, Clock.id).limit(1))


def possible_reviewers(dossier: Dossier, *, at: datetime) -> list[Person]:
    """The Directorate's people who are neither of the Component nor assigned already, by name."""
    on = day_of(at)
    in_force = (Appointment.from_on <= on) & (Appointment.until_on.is_(None) | (Appointment.until_on > on))
    reviewing = select(Appointment.person_id).where(
        Appointment.role.in_((Role.REVIEWER, Role.DIRECTORATE_LEAD)), in_force
    )
    of_the_component = select(Appointment.person_id).where(Appointment.component_id == dossier.strategy.component_id)
    wanted = select(Person).where(
        Person.deactivated_at.is_(None),
        Person.id.in_(reviewing),
        Person.id.not_in(of_the_component),
        Person.id.not_in([review.reviewer_id for review in dossier.reviews]),
    )
    return list(session().scalars(wanted.order_by(Person.name)))
