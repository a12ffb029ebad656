"""People and the roles they are appointed to."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from cxworkflow.db import session
from cxworkflow.errors import Fault, InvalidInput, NotFound
from cxworkflow.models import Appointment, Component, Person, Role
from cxworkflow.services import record
from cxworkflow.services.words import said

LONGEST_NAME = 200  # characters


def add(name: str, email: str, *, by: Person | None = None, as_role: Role | None = None, at: datetime) -> Person:
    """The person with this address, added if new; `by` None is the command line."""
    address = email.strip().lower()
    person = session().scalar(select(Person).where(Person.email == address))
    if person is None:
        known_as = said(name, "name", needed="Give the person's name.", longest=LONGEST_NAME)
        person = Person(name=known_as, email=address)
        session().add(person)
        session().flush()
        record.write("person-added", by=by, as_role=as_role, at=at, details={"person": person.id})
    return person


def appoint(
    person: Person,
    role: Role,
    component: Component | None,
    *,
    from_on: date,
    until_on: date | None = None,
    acting: bool = False,
    by: Person | None = None,
    as_role: Role | None = None,
    at: datetime,
) -> Appointment:
    """Give a person a role, for a Component or (None) for the Department; `by` None is the command line.

    Raises InvalidInput where it would join administration with another role: the administrator sees no strategy.
    """
    if any(
        (each.role is Role.ADMINISTRATOR) != (role is Role.ADMINISTRATOR) and _overlap(each, from_on, until_on)
        for each in person.appointments
    ):
        reason = f"{person.name} would administer this system and hold another role at the same time."
        raise InvalidInput(None, [Fault("role", f"{reason} Choose somebody else, or end the other role first.")])
    appointment = Appointment(
        person=person, role=role, component=component, from_on=from_on, until_on=until_on, acting=acting
    )
    session().add(appointment)
    session().flush()
    details: dict[str, Any] = {"person": person.id, "role": role.value, "from_on": from_on.isoformat()}
    if until_on is not None:
        details |= {"until_on": until_on.isoformat(), "acting": acting}
    record.write("appointed", by=by, as_role=as_role, at=at, component=component, details=details)
    return appointment


def _overlap(one: Appointment, from_on: date, until_on: date | None) -> bool:
    return (until_on is None or one.from_on < until_on) and (one.until_on is None or from_on < one.until_on)


def holder(role: Role, component: Component | None, *, on: date) -> Person:
    """The first person who holds a role on a day; raises NotFound. The lead of OCIO's filing is the HQ lead."""
    roles = (Role.LEAD, Role.HQ_LEAD) if role is Role.LEAD else (role,)
    held = (
        select(Appointment)
        .where(Appointment.role.in_(roles), Appointment.component_id == (component.id if component else None))
        .order_by(Appointment.id)
    )
    for appointment in session().scalars(held):
        if appointment.in_force(on) and appointment.person.deactivated_at is None:
            return appointment.person
    of_what = f" of {component.code}" if component else ""
    raise NotFound(f"There is no {role.title}{of_what} on {on:%B} {on.day}, {on.year}.")


def person_of(email: str) -> Person:
    """The person with this address; raises NotFound."""
    person = session().scalar(select(Person).where(Person.email == email.strip().lower()))
    if person is None:
        raise NotFound(f"Nobody here has the address {email}.")
    return person
