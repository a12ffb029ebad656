"""The predicates of the table of permissions, each a sentence about a person and what they ask to do."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import exists, or_, select

from cxworkflow.db import session
from cxworkflow.models import (
    AnswerRevision,
    Comment,
    Commitment,
    Component,
    Decision,
    Person,
    Recommendation,
    Recusal,
    Review,
    Role,
    RubricMark,
    Strategy,
    Version,
)
from cxworkflow.scope import present

Subject = Strategy | Component | Commitment | None


@dataclass(frozen=True)
class Case:
    """One question put to the table: may this person, in this role, on this day, do it to this?"""

    person: Person
    role: Role
    component: Component | None
    subject: Subject
    clause: str | None
    on: date

    @property
    def strategy(self) -> Strategy | None:
        """The strategy asked about, if it is one, or that of the commitment asked about."""
        about = self.subject.strategy if isinstance(self.subject, Commitment) else self.subject
        return about if isinstance(about, Strategy) else None

    @property
    def owner(self) -> Component | None:
        """The Component to which what is asked about belongs."""
        return self.subject.component if isinstance(self.subject, Strategy | Commitment) else self.subject


def working_in(subject: Subject) -> str | None:
    """The department whose roles count: that in which somebody works, else that of what is asked about; None: of all.

    What the database shows to who works in one department is of that one.
    """
    if here := present().department:
        return here
    owner = subject.component if isinstance(subject, Strategy | Commitment) else subject
    return owner.department if owner is not None else None


Predicate = Callable[[Case], bool]


class _Part(NamedTuple):
    """What part a person ever had in a paper: out of its review, an author or submitter, a reviewer of any version."""

    recused: bool
    wrote: bool
    reviewed: bool


_parts: ContextVar[dict[tuple[int, int], _Part] | None] = ContextVar("parts", default=None)


@contextmanager
def parts_read_once() -> Iterator[None]:
    """In the block, which writes nothing, the part that a person had in a paper is read once, however often asked."""
    token = _parts.set({})
    try:
        yield
    finally:
        _parts.reset(token)


def of_the_component(case: Case) -> bool:
    """The role is held for the very Component the subject belongs to."""
    return case.owner is not None and case.component is not None and case.owner.id == case.component.id


def of_who_files_for_it(case: Case) -> bool:
    """The role is held for the Component that files for the one the subject belongs to."""
    office, held = case.owner, case.component
    if office is None or held is None:
        return False
    return (office.department, office.covered_by) == (held.department, held.code)


def always(case: Case) -> bool:  # noqa: ARG001  # the predicates are called alike
    """The role alone decides."""
    return True


def once_submitted(case: Case) -> bool:
    """There is a frozen version to look at."""
    return case.strategy is not None and case.strategy.current_version_id is not None


def of_the_component_once_decided(case: Case) -> bool:
    """The CIO has decided on the version that the role's own Component put under review."""
    if case.strategy is None or not of_the_component(case):
        return False
    decided = exists().where(Decision.version_id == case.strategy.current_version_id)
    return bool(session().scalar(select(decided)))


def assigned_the_section(case: Case) -> bool:
    """The lead gave this section to this contributor."""
    given = case.strategy.assignments if case.strategy is not None else ()
    return of_the_component(case) and any(
        each.person_id == case.person.id and each.clause == case.clause for each in given
    )


def answers_for_the_commitment(case: Case) -> bool:
    """Of the Component, and the owner of the very commitment."""
    about = case.subject
    return of_the_component(case) and isinstance(about, Commitment) and about.owner_id == case.person.id


def still_in_its_review(case: Case) -> bool:
    """There is a version to review, and the person is not out of its review."""
    return case.strategy is not None and once_submitted(case) and not recused(case.person, case.strategy)


def not_their_own_paper(case: Case) -> bool:
    """Neither of the Component, nor an author, nor one who submitted it, nor out of its review."""
    return case.strategy is not None and free_of_conflict(case.person, case.strategy, on=case.on)


def assigned_to_review(case: Case) -> bool:
    """Named as a reviewer of the version under review without having declined, and free of a conflict."""
    version = case.strategy.current_version if case.strategy is not None else None
    return (
        version is not None
        and any(review.reviewer_id == case.person.id and review.declined_at is None for review in version.reviews)
        and not_their_own_paper(case)
    )


def neither_wrote_nor_reviewed(case: Case) -> bool:
    """Author, reviewer and approver are different people, over all versions of the paper."""
    return not_their_own_paper(case) and case.strategy is not None and not _part(case.person, case.strategy).reviewed


def recused(person: Person, strategy: Strategy) -> bool:
    """Whether a person is out of the review of a strategy, which is for good."""
    return _part(person, strategy).recused


def free_of_conflict(person: Person, strategy: Strategy, *, on: date) -> bool:
    """Whether a person is neither of the strategy's Component on this day, nor ever wrote or submitted any of it.

    Who is out of its review has a conflict, too.
    """
    if any(held.component_id == strategy.component_id and held.in_force(on) for held in person.appointments):
        return False
    part = _part(person, strategy)
    return not part.wrote and not part.recused


def holds(
    person: Person, *roles: Role, component: Component | None = None, department: str | None = None, on: date
) -> bool:
    """Whether a person is active and holds one of these roles on a day: for the Component, or for the department."""
    component_id = component.id if component is not None else None
    return person.deactivated_at is None and any(
        held.role in roles
        and held.component_id == component_id
        and department in (None, held.department)
        and held.in_force(on)
        for held in person.appointments
    )


def is_reviewer(person: Person, strategy: Strategy, *, on: date) -> bool:
    """Whether a person reviews, or leads those who do, in the strategy's department on a day."""
    here = strategy.component.department
    return holds(person, Role.REVIEWER, Role.DIRECTORATE_LEAD, department=here, on=on)


def _part(person: Person, strategy: Strategy) -> _Part:
    known, key = _parts.get(), (person.id, strategy.id)
    if known is not None and key in known:
        return known[key]
    of_it = Version.strategy_id == strategy.id
    recused = exists().where(Recusal.strategy_id == strategy.id, Recusal.person_id == person.id)
    wrote = or_(
        exists().where(AnswerRevision.strategy_id == strategy.id, AnswerRevision.by_id == person.id),
        exists().where(of_it, Version.by_id == person.id),
    )
    reviewed = or_(
        exists().where(
            Review.version_id == Version.id, of_it, Review.reviewer_id == person.id, Review.declined_at.is_(None)
        ),
        exists().where(RubricMark.strategy_id == strategy.id, RubricMark.by_id == person.id),
        exists().where(Recommendation.version_id == Version.id, of_it, Recommendation.by_id == person.id),
        exists().where(Comment.strategy_id == strategy.id, Comment.by_id == person.id),
    )
    part = _Part(*session().execute(select(recused, wrote, reviewed)).one())
    if known is not None:
        known[key] = part
    return part
