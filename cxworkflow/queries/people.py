"""The people and the roles they hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, func, select
from sqlalchemy.orm import defer

from cxworkflow.db import session
from cxworkflow.errors import NotFound
from cxworkflow.models import AccountReview, Appointment, Component, Person, Role
from cxworkflow.queries.names import with_person
from cxworkflow.queries.paging import both_ways


@dataclass(frozen=True)
class Wanted:
    """What a list of people is narrowed down to; None: everybody. `role` and `component` are held on the day."""

    role: Role | None = None
    component: str | None = None
    active: bool | None = None


ORDERS = {
    **both_ways("name", "By name, A to Z", "By name, Z to A", func.lower(Person.name), Person.id),
    **both_ways("email", "By e-mail, A to Z", "By e-mail, Z to A", Person.email, Person.id),
}


def find(wanted: Wanted, *, on: date) -> Select[tuple[Person]]:
    """The people who are wanted, to be read in one of the `ORDERS`."""
    found = select(Person)
    held = select(Appointment.person_id).where(
        Appointment.from_on <= on, Appointment.until_on.is_(None) | (Appointment.until_on > on)
    )
    if wanted.role is not None:
        found = found.where(Person.id.in_(held.where(Appointment.role == wanted.role)))
    if wanted.component is not None:
        of_it = held.join(Component, Component.id == Appointment.component_id).where(Component.code == wanted.component)
        found = found.where(Person.id.in_(of_it))
    if wanted.active is not None:
        found = found.where(Person.deactivated_at.is_(None) if wanted.active else Person.deactivated_at.is_not(None))
    return found


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


def components(*, on: date, most: int | None = None) -> list[Component]:
    """The Components of a day, by code; all, or as many as asked for."""
    present = (Component.from_on <= on, Component.until_on.is_(None) | (Component.until_on > on))
    return list(session().scalars(select(Component).where(*present).order_by(Component.code).limit(most)))


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
