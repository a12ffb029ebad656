"""A version under review with all that was said about it, and who may be asked to review it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload, lazyload, selectinload

from cxworkflow.calendar import day_of
from cxworkflow.db import session
from cxworkflow.errors import NotFound
from cxworkflow.models import (
    AnswerRevision,
    Appointment,
    Clock,
    Comment,
    Decision,
    DecisionLetter,
    Event,
    Kind,
    Person,
    Recommendation,
    Recusal,
    Review,
    Role,
    Strategy,
    Version,
)
from cxworkflow.permissions import Permission, may
from cxworkflow.queries.comments import in_the_open, threads
from cxworkflow.queries.names import with_person
from cxworkflow.queries.rubrics import Rubric, rubric
from cxworkflow.queries.strategies import known
from cxworkflow.services.comments import in_order

# The lines of the record that tell how a paper came along.
STEPS = ("submit", "withdraw", "assign", "recommend", "return", "approve")


@dataclass(frozen=True)
class Dossier:
    """A strategy's current version, and everything that was said and decided about it and those before it."""

    strategy: Strategy
    version: Version | None
    reviews: Sequence[Review]
    recusals: Sequence[Recusal]
    comments: Sequence[Comment]
    rubric: Rubric
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

    def is_out(self, person: Person) -> bool:
        """Whether a person is out of this review for good."""
        return any(each.person_id == person.id for each in self.recusals)

    @property
    def open_must_changes(self) -> list[Comment]:
        """The must-changes that nobody has confirmed as done, in the order of the policy's sections."""
        still_open = [each for each in self.comments if each.kind is Kind.MUST_CHANGE and each.settled_at is None]
        return in_order(still_open, self.strategy)

    def comments_on(self, clause: str) -> list[Comment]:
        """The comments on one section in any version, in the order in which they were made."""
        return [comment for comment in self.comments if comment.clause == clause]


def dossier(person: Person, strategy_id: int, *, at: datetime) -> Dossier:
    """The dossier of a strategy; raises NotFound also where the person may not know of it.

    Who is out of its review sees neither comments nor the recommendation; what the review team says among itself is
    not for the Component, nor is the recommendation before the decision.
    """
    wanted = select(Strategy).where(Strategy.id == strategy_id)
    strategy = session().scalar(
        wanted.options(
            joinedload(Strategy.edition),
            with_person(Strategy.current_version, Version.by),
            selectinload(Strategy.versions),
        )
    )
    if strategy is None or not may(person, Permission.SEE_SUBMITTED, strategy, at=at):
        raise NotFound("There is no such strategy, or you may not know of it.")
    version = strategy.current_version
    version_id = version.id if version else None
    reviews = select(Review).where(Review.version_id == version_id).options(with_person(Review.reviewer))
    advice = select(Recommendation).where(Recommendation.version_id == version_id)
    out = select(Recusal).where(Recusal.strategy_id == strategy.id).options(with_person(Recusal.person))
    advised = may(person, Permission.SEE_ADVICE, strategy, at=at)
    decided = select(Decision).where(Decision.strategy_id == strategy.id).options(with_person(Decision.by))
    done = select(Event).where(Event.strategy_id == strategy.id, Event.verb.in_(STEPS))
    done = done.where(in_the_open(person, strategy, at=at))
    return Dossier(
        strategy,
        version,
        session().scalars(reviews.order_by(Review.id)).all(),
        session().scalars(out.order_by(Recusal.id)).all(),
        threads(person, strategy, at=at),
        rubric(person, strategy, at=at),
        session().scalar(advice.options(with_person(Recommendation.by))) if advised else None,
        session().scalars(decided.order_by(Decision.id)).all(),
        session().scalars(done.order_by(Event.id)).all(),
        open_clock(strategy),
    )


def letter(person: Person, strategy_id: int, number: int, *, at: datetime) -> DecisionLetter:
    """The letter about the decision on a version; raises NotFound also where the person may not know of it."""
    strategy = known(person, strategy_id, at=at)
    wanted = select(DecisionLetter).join(DecisionLetter.decision).join(Decision.version)
    found = session().scalar(wanted.where(DecisionLetter.strategy_id == strategy.id, Version.number == number))
    if found is None:
        raise NotFound(f"There is no letter about version {number}.")
    return found


def decision_on(version: Version) -> Decision | None:
    """The decision on a version, if there is one."""
    wanted = select(Decision).where(Decision.version_id == version.id).options(joinedload(Decision.by))
    return session().scalar(wanted)


def decisions_on(strategy: Strategy) -> list[Decision]:
    """All decisions on a strategy's versions, the first one first."""
    wanted = select(Decision).where(Decision.strategy_id == strategy.id)
    return list(
        session().scalars(wanted.options(joinedload(Decision.by), joinedload(Decision.version)).order_by(Decision.id))
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
    """The Directorate's people who are not assigned yet and free of a conflict (the verb checks again), by name."""
    on, strategy = day_of(at), dossier.strategy
    in_force = (Appointment.from_on <= on) & (Appointment.until_on.is_(None) | (Appointment.until_on > on))
    roles = Appointment.role.in_((Role.REVIEWER, Role.DIRECTORATE_LEAD))
    own = Appointment.component_id == strategy.component_id
    wrote = select(AnswerRevision.by_id).where(AnswerRevision.strategy_id == strategy.id)
    submitted = select(Version.by_id).where(Version.strategy_id == strategy.id)
    wanted = select(Person).where(
        Person.deactivated_at.is_(None),
        Person.id.in_(select(Appointment.person_id).where(roles, in_force)),
        Person.id.not_in(select(Appointment.person_id).where(own, in_force)),
        Person.id.not_in(wrote),
        Person.id.not_in(submitted),
        Person.id.not_in([each.person_id for each in dossier.recusals]),
        Person.id.not_in([review.reviewer_id for review in dossier.reviews]),
    )
    return list(session().scalars(wanted.options(lazyload(Person.appointments)).order_by(Person.name)))
