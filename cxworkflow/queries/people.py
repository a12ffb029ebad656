"""The people and the roles they hold."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import defer

from cxworkflow.db import session
from cxworkflow.errors import NotFound
from cxworkflow.models import AccountReview, Appointment, Component, Person, Role
from cxworkflow.queries.names import with_person


def everybody() -> Sequence[Person]:
    """All people with all their appointments, by name: two statements."""
    return session().scalars(select(Person).order_by(Person.name, Person.id)).all()


def one(person_id: int) -> Person:
    """A person; raises NotFound."""
    person = session().get(Person, person_id)
    if person is None:
        raise NotFound("There is no such person.")
    return person


def appointment(person: Person, appointment_id: int) -> Appointment:
    """One of a person's roles; raises NotFound."""
    for each in person.appointments:
        if each.id == appointment_id:
            return each
    raise NotFound(f"{person.name} holds no such role.")


def components(*, on: date) -> list[Component]:
    """The Components of a day, by code."""
    return [each for each in session().scalars(select(Component).order_by(Component.code)) if each.in_force(on)]


def without_a_lead(*, on: date) -> list[Component]:
    """The Components that file for themselves and have no lead on a day, by code: two statements."""
    led = (
        select(Appointment.component_id)
        .join(Appointment.person)
        .where(
            Appointment.role.in_((Role.LEAD, Role.HQ_LEAD)),
            Appointment.from_on <= on,
            Appointment.until_on.is_(None) | (Appointment.until_on > on),
            Person.deactivated_at.is_(None),
        )
    )
    known = set(session().scalars(led))
    return [each for each in components(on=on) if each.files == "self" and each.id not in known]


def account_reviews() -> Sequence[AccountReview]:
    """The confirmed reviews of accounts, the latest first."""
    wanted = select(AccountReview).options(defer(AccountReview.statement), with_person(AccountReview.by))
    return session().scalars(wanted.order_by(AccountReview.id.desc())).all()


def account_review(review_id: int) -> AccountReview:
    """One of them; raises NotFound."""
    review = session().get(AccountReview, review_id)
    if review is None:
        raise NotFound("There is no such account review.")
    return review
