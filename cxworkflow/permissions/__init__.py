"""Who may do what: one table of sentence-like predicates. What the table does not allow is refused."""

from datetime import datetime

from cxworkflow.calendar import day_of
from cxworkflow.errors import NotAllowed
from cxworkflow.models import Person, Role, Strategy
from cxworkflow.permissions.permission import Permission
from cxworkflow.permissions.predicates import (
    Case,
    Predicate,
    Subject,
    always,
    answers_for_the_commitment,
    assigned_the_section,
    assigned_to_review,
    free_of_conflict,
    holds,
    is_reviewer,
    neither_wrote_nor_reviewed,
    not_their_own_paper,
    of_the_component,
    of_the_component_once_decided,
    of_who_files_for_it,
    once_submitted,
    parts_read_once,
    recused,
    still_in_its_review,
    working_in,
)

__all__ = [
    "TABLE",
    "Permission",
    "free_of_conflict",
    "holds",
    "is_reviewer",
    "may",
    "parts_read_once",
    "recused",
    "require",
    "role_for",
]


Rule = tuple[Role, Predicate]
OWN_LEADS: tuple[Rule, ...] = ((Role.LEAD, of_the_component), (Role.HQ_LEAD, of_the_component))
OWN_STAFF: tuple[Rule, ...] = (
    *OWN_LEADS,
    (Role.HQ_LEAD, of_who_files_for_it),
    (Role.EXECUTIVE, of_the_component),
    (Role.CONTRIBUTOR, of_the_component),
)
OVERSEERS: tuple[Rule, ...] = (
    (Role.DIRECTORATE_LEAD, always),
    (Role.CIO, always),
    (Role.AUDITOR, always),
)
# Never anybody of the Component, whatever else they are.
BESIDE_THE_COMPONENT: tuple[Rule, ...] = (
    (Role.DIRECTORATE_LEAD, not_their_own_paper),
    (Role.REVIEWER, not_their_own_paper),
    (Role.CIO, not_their_own_paper),
    (Role.AUDITOR, not_their_own_paper),
)
REVIEW_TEAM: tuple[Rule, ...] = (
    (Role.DIRECTORATE_LEAD, not_their_own_paper),
    (Role.REVIEWER, assigned_to_review),
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
    Permission.TAKE_OFF: ((Role.DIRECTORATE_LEAD, not_their_own_paper),),
    Permission.RECUSE: ((Role.DIRECTORATE_LEAD, still_in_its_review), (Role.REVIEWER, still_in_its_review)),
    Permission.SEE_COMMENTS: (
        *OWN_STAFF,
        (Role.DIRECTORATE_LEAD, still_in_its_review),
        (Role.CIO, still_in_its_review),
        (Role.REVIEWER, still_in_its_review),
        (Role.AUDITOR, always),
    ),
    Permission.SEE_TEAM: BESIDE_THE_COMPONENT,
    # Advice before a decision is for who decides; the Component reads it with the decision.
    Permission.SEE_ADVICE: (
        *BESIDE_THE_COMPONENT,
        (Role.LEAD, of_the_component_once_decided),
        (Role.HQ_LEAD, of_the_component_once_decided),
        (Role.EXECUTIVE, of_the_component_once_decided),
        (Role.CONTRIBUTOR, of_the_component_once_decided),
    ),
    Permission.COMMENT: REVIEW_TEAM,
    Permission.ANSWER: (*OWN_LEADS, *REVIEW_TEAM),
    Permission.SETTLE: REVIEW_TEAM,
    Permission.MARK: REVIEW_TEAM,
    Permission.DECLINE: (
        (Role.DIRECTORATE_LEAD, assigned_to_review),
        (Role.REVIEWER, assigned_to_review),
    ),
    Permission.RECOMMEND: REVIEW_TEAM,
    Permission.RETURN: (
        (Role.DIRECTORATE_LEAD, not_their_own_paper),
        (Role.CIO, neither_wrote_nor_reviewed),
    ),
    Permission.APPROVE: ((Role.CIO, neither_wrote_nor_reviewed),),
    Permission.REPORT_IMPLEMENTED: (*OWN_LEADS, (Role.EXECUTIVE, of_the_component)),
    Permission.WORK_ON: (
        *OWN_LEADS,
        (Role.EXECUTIVE, answers_for_the_commitment),
        (Role.CONTRIBUTOR, answers_for_the_commitment),
    ),
    # Who reviewed the paper may look whether it was kept; nobody of the Component may.
    Permission.CHECK: (*REVIEW_TEAM, (Role.CIO, not_their_own_paper)),
    Permission.STATE_CLOSE: (*OWN_LEADS, (Role.EXECUTIVE, of_the_component)),
    Permission.SIGN_CLOSE: ((Role.CIO, always),),
    Permission.DELIVER: ((Role.CIO, always), (Role.DIRECTORATE_LEAD, always)),
    Permission.HAND_IN: (*OWN_LEADS, (Role.EXECUTIVE, of_the_component)),
    Permission.COORDINATE: ((Role.DIRECTORATE_LEAD, always),),
    Permission.CONCUR: OWN_LEADS,
    Permission.SIGN: ((Role.CIO, always),),
    Permission.PUBLISH_GUIDANCE: ((Role.DIRECTORATE_LEAD, always),),
    Permission.OFFER_LESSON: OWN_LEADS,
    Permission.ACKNOWLEDGE: (*OWN_LEADS, (Role.EXECUTIVE, of_the_component)),
    Permission.STEER_ACTIONS: ((Role.DIRECTORATE_LEAD, always), (Role.CIO, always)),
    Permission.MOVE_EDITION: ((Role.DIRECTORATE_LEAD, always), (Role.CIO, always)),
    Permission.SET_CLOCK: ((Role.CIO, always),),
    Permission.ASK_EXTENSION: (*OWN_LEADS, (Role.EXECUTIVE, of_the_component)),
    Permission.CLOSE_OFFICES: (
        (Role.DIRECTORATE_LEAD, always),
        (Role.ADMINISTRATOR, always),
        (Role.CIO, always),
    ),
    Permission.SEE_ALL: (*OVERSEERS, (Role.REVIEWER, always)),
    Permission.SEE_RECORD: OVERSEERS,
    Permission.TAKE_OUT_STORY: ((Role.AUDITOR, always),),
    Permission.SEE_OPERATIONS: (*OVERSEERS, (Role.ADMINISTRATOR, always)),
    Permission.SEE_PEOPLE: (*OVERSEERS, (Role.ADMINISTRATOR, always)),
    Permission.SETTLE_NOTICES: ((Role.ADMINISTRATOR, always), (Role.CIO, always)),
    Permission.END_SIGN_INS: ((Role.ADMINISTRATOR, always),),
    Permission.APPOINT: ((Role.ADMINISTRATOR, always),),
    Permission.CONFIRM_ACCOUNTS: ((Role.ADMINISTRATOR, always),),
    Permission.TAKE_OUT_PERSON: ((Role.ADMINISTRATOR, always),),
    Permission.HOLD: ((Role.ADMINISTRATOR, always), (Role.AUDITOR, always)),
    Permission.PROPOSE_DISPOSAL: ((Role.ADMINISTRATOR, always),),
    Permission.CONFIRM_DISPOSAL: ((Role.CIO, always), (Role.ADMINISTRATOR, always)),
    Permission.NAME_ACTING: ((Role.CIO, always), (Role.ADMINISTRATOR, always)),
    Permission.SEE_PUBLICATIONS: OVERSEERS,
    Permission.PREPARE_PUBLICATION: ((Role.DIRECTORATE_LEAD, always),),
    # Never who prepared it: the verb and the database see to that.
    Permission.RELEASE_PUBLICATION: ((Role.DIRECTORATE_LEAD, always), (Role.CIO, always)),
    Permission.SEE_QUARTERS: (*OWN_STAFF, *OVERSEERS, (Role.REVIEWER, always)),
    Permission.KEEP_SERVICES: OWN_LEADS,
    Permission.REPORT_QUARTER: OWN_LEADS,
    Permission.CLEAR_QUARTER: ((Role.CIO, always),),
    # What another program is told ends where the sight of who registered it ends.
    Permission.KEEP_WEBHOOKS: ((Role.DIRECTORATE_LEAD, always), (Role.CIO, always), (Role.ADMINISTRATOR, always)),
}


def role_for(
    person: Person, permission: Permission, subject: Subject = None, *, at: datetime, clause: str | None = None
) -> Role | None:
    """The role in which this person may do it at this moment, or None."""
    on = day_of(at)
    if person.deactivated_at is not None:
        return None
    here = working_in(subject)
    held = [each for each in person.appointments if each.in_force(on) and here in (None, each.department)]
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
    on, here = day_of(at), working_in(subject)
    held = {each.role for each in person.appointments if each.in_force(on) and here in (None, each.department)}
    if roles & held and isinstance(subject, Strategy) and permission in _NO_CONFLICT:
        return (
            "Nobody reviews or decides on a paper they wrote, reviewed or submitted, or of their own Component, "
            "or from whose review they are recused, and reviewers act only on papers assigned to them. "
        )
    return ""


_NO_CONFLICT = frozenset(
    {
        Permission.COMMENT,
        Permission.SETTLE,
        Permission.MARK,
        Permission.TAKE_OFF,
        Permission.RECOMMEND,
        Permission.RETURN,
        Permission.APPROVE,
        Permission.ASSIGN_REVIEWER,
    }
)
