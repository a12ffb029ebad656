"""Who may do what: one table of sentence-like predicates. What the table does not allow is refused."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import exists, or_, select

from cxworkflow.calendar import day_of
from cxworkflow.db import session
from cxworkflow.errors import NotAllowed
from cxworkflow.models import (
    AnswerRevision,
    Comment,
    Component,
    Person,
    Recommendation,
    Review,
    Role,
    Strategy,
    Version,
)


class Permission(StrEnum):
    """What can be allowed; the value reads on in "You may not …"."""

    SEE_DRAFT = "see this draft"
    SEE_SUBMITTED = "see this strategy"
    DRAFT = "draft this strategy"
    EDIT = "write this section"
    ASSIGN_SECTION = "assign sections"
    SUBMIT = "certify and submit this strategy"
    WITHDRAW = "withdraw this strategy"
    ASSIGN_REVIEWER = "assign reviewers"
    COMMENT = "comment on this strategy"
    RECOMMEND = "recommend this strategy"
    RETURN = "return this strategy"
    APPROVE = "approve this strategy"
    REPORT_IMPLEMENTED = "report this strategy as implemented"
    DELIVER = "record the Directorate's deliverables"
    SET_CLOCK = "extend, pause or resume clocks"
    ASK_EXTENSION = "ask for more time"
    CLOSE_OFFICES = "note days on which offices close"
    SEE_ALL = "see every Component"
    SEE_RECORD = "read the record"
    SEE_OPERATIONS = "see how the system runs"
    SEE_PEOPLE = "see the people and their roles"
    SETTLE_NOTICES = "settle e-mails that did not arrive"
    END_SIGN_INS = "sign other people out"


Subject = Strategy | Component | None


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
        """The strategy asked about, if it is one."""
        return self.subject if isinstance(self.subject, Strategy) else None

    @property
    def owner(self) -> Component | None:
        """The Component to which what is asked about belongs."""
        return self.subject.component if isinstance(self.subject, Strategy) else self.subject


Predicate = Callable[[Case], bool]


def of_the_component(case: Case) -> bool:
    """The role is held for the very Component the subject belongs to."""
    return case.owner is not None and case.component is not None and case.owner.id == case.component.id


def for_a_headquarters_office(case: Case) -> bool:
    """The OCIO Headquarters lead also looks after the offices that OCIO covers (IV.b note 1)."""
    return case.owner is not None and case.owner.files == "ocio"


def always(case: Case) -> bool:  # noqa: ARG001  # the predicates are called alike
    """The role alone decides."""
    return True


def once_submitted(case: Case) -> bool:
    """There is a frozen version to look at."""
    return case.strategy is not None and case.strategy.current_version_id is not None


def assigned_the_section(case: Case) -> bool:
    """The lead gave this section to this contributor."""
    given = case.strategy.assignments if case.strategy is not None else ()
    return of_the_component(case) and any(
        each.person_id == case.person.id and each.clause == case.clause for each in given
    )


def not_their_own_paper(case: Case) -> bool:
    """Neither of the Component, nor an author, nor one who submitted it."""
    return case.strategy is not None and free_of_conflict(case.person, case.strategy, on=case.on)


def assigned_to_review(case: Case) -> bool:
    """Named as a reviewer of the version under review, and free of a conflict."""
    version = case.strategy.current_version if case.strategy is not None else None
    return (
        version is not None
        and any(review.reviewer_id == case.person.id for review in version.reviews)
        and not_their_own_paper(case)
    )


def neither_wrote_nor_reviewed(case: Case) -> bool:
    """Author, reviewer and approver are different people, over all versions of the paper."""
    strategy, person = case.strategy, case.person
    if strategy is None or not not_their_own_paper(case):
        return False
    of_it = Version.strategy_id == strategy.id
    reviewed = or_(
        exists().where(Review.version_id == Version.id, of_it, Review.reviewer_id == person.id),
        exists().where(Recommendation.version_id == Version.id, of_it, Recommendation.by_id == person.id),
        exists().where(Comment.version_id == Version.id, of_it, Comment.by_id == person.id),
    )
    return not session().scalar(select(reviewed))


def free_of_conflict(person: Person, strategy: Strategy, *, on: date) -> bool:
    """Whether a person is on this day neither of the strategy's Component nor ever wrote or submitted any of it."""
    if any(held.component_id == strategy.component_id and held.in_force(on) for held in person.appointments):
        return False
    wrote = or_(
        exists().where(AnswerRevision.strategy_id == strategy.id, AnswerRevision.by_id == person.id),
        exists().where(Version.strategy_id == strategy.id, Version.by_id == person.id),
    )
    return not session().scalar(select(wrote))


def holds(person: Person, *roles: Role, component: Component | None = None, on: date) -> bool:
    """Whether a person is active and holds one of these roles on a day, for the Component or the Department."""
    component_id = component.id if component is not None else None
    return person.deactivated_at is None and any(
        held.role in roles and held.component_id == component_id and held.in_force(on) for held in person.appointments
    )


Rule = tuple[Role, Predicate]
OWN_LEADS: tuple[Rule, ...] = ((Role.LEAD, of_the_component), (Role.HQ_LEAD, of_the_component))
OWN_STAFF: tuple[Rule, ...] = (
    *OWN_LEADS,
    (Role.HQ_LEAD, for_a_headquarters_office),
    (Role.EXECUTIVE, of_the_component),
    (Role.CONTRIBUTOR, of_the_component),
)
OVERSEERS: tuple[Rule, ...] = (
    (Role.DIRECTORATE_LEAD, always),
    (Role.CIO, always),
    (Role.AUDITOR, always),
)

TABLE: dict[Permission, tuple[Rule, ...]] = {
    Permission.SEE_DRAFT: (*OWN_STAFF, *OVERSEERS),
    Permission.SEE_SUBMITTED: (*OWN_STAFF, *OVERSEERS, (Role.REVIEWER, once_submitted)),
    Permission.DRAFT: OWN_LEADS,
    Permission.EDIT: (*OWN_LEADS, (Role.CONTRIBUTOR, assigned_the_section)),
    Permission.ASSIGN_SECTION: OWN_LEADS,
    Permission.SUBMIT: (*OWN_LEADS, (Role.EXECUTIVE, of_the_component)),
    Permission.WITHDRAW: (*OWN_LEADS, (Role.EXECUTIVE, of_the_component)),
    Permission.ASSIGN_REVIEWER: ((Role.DIRECTORATE_LEAD, not_their_own_paper),),
    Permission.COMMENT: (
        (Role.DIRECTORATE_LEAD, not_their_own_paper),
        (Role.REVIEWER, assigned_to_review),
    ),
    Permission.RECOMMEND: (
        (Role.DIRECTORATE_LEAD, not_their_own_paper),
        (Role.REVIEWER, assigned_to_review),
    ),
    Permission.RETURN: (
        (Role.DIRECTORATE_LEAD, not_their_own_paper),
        (Role.CIO, neither_wrote_nor_reviewed),
    ),
    Permission.APPROVE: ((Role.CIO, neither_wrote_nor_reviewed),),
    Permission.REPORT_IMPLEMENTED: (*OWN_LEADS, (Role.EXECUTIVE, of_the_component)),
    Permission.DELIVER: ((Role.CIO, always), (Role.DIRECTORATE_LEAD, always)),
    Permission.SET_CLOCK: ((Role.CIO, always),),
    Permission.ASK_EXTENSION: (*OWN_LEADS, (Role.EXECUTIVE, of_the_component)),
    Permission.CLOSE_OFFICES: (
        (Role.DIRECTORATE_LEAD, always),
        (Role.ADMINISTRATOR, always),
        (Role.CIO, always),
    ),
    Permission.SEE_ALL: (*OVERSEERS, (Role.REVIEWER, always)),
    Permission.SEE_RECORD: OVERSEERS,
    Permission.SEE_OPERATIONS: (*OVERSEERS, (Role.ADMINISTRATOR, always)),
    Permission.SEE_PEOPLE: (*OVERSEERS, (Role.ADMINISTRATOR, always)),
    Permission.SETTLE_NOTICES: ((Role.ADMINISTRATOR, always), (Role.CIO, always)),
    Permission.END_SIGN_INS: ((Role.ADMINISTRATOR, always),),
}


def role_for(
    person: Person, permission: Permission, subject: Subject = None, *, at: datetime, clause: str | None = None
) -> Role | None:
    """The role in which this person may do it at this moment, or None."""
    on = day_of(at)
    if person.deactivated_at is not None:
        return None
    held = [appointment for appointment in person.appointments if appointment.in_force(on)]
    for role, predicate in TABLE[permission]:
        for appointment in held:
            if appointment.role is role and predicate(Case(person, role, appointment.component, subject, clause, on)):
                return role
    return None


def may(
    person: Person, permission: Permission, subject: Subject = None, *, at: datetime, clause: str | None = None
) -> bool:
    """Whether the table allows it."""
    return role_for(person, permission, subject, at=at, clause=clause) is not None


def require(
    person: Person, permission: Permission, subject: Subject = None, *, at: datetime, clause: str | None = None
) -> Role:
    """The role in which it is allowed; raises NotAllowed otherwise. The first of the three gates."""
    role = role_for(person, permission, subject, at=at, clause=clause)
    if role is None:
        raise NotAllowed(f"You may not {permission.value}. {_why(person, permission, subject, at)}Nothing was changed.")
    return role


def _why(person: Person, permission: Permission, subject: Subject, at: datetime) -> str:
    roles = {role for role, _ in TABLE[permission]}
    held = {given.role for given in person.appointments if given.in_force(day_of(at))}
    if roles & held and isinstance(subject, Strategy) and permission in _NO_CONFLICT:
        return (
            "Nobody reviews or decides on a paper they wrote, reviewed or submitted, or of their own Component, "
            "and reviewers act only on papers assigned to them. "
        )
    return ""


_NO_CONFLICT = frozenset(
    {Permission.COMMENT, Permission.RECOMMEND, Permission.RETURN, Permission.APPROVE, Permission.ASSIGN_REVIEWER}
)
