"""People and the roles they are appointed to."""

from datetime import date, datetime

from sqlalchemy import select

from cxworkflow.db import session
from cxworkflow.errors import NotFound
from cxworkflow.models import Appointment, Component, Person, Role
from cxworkflow.services import record
from cxworkflow.services.words import said

LONGEST_NAME = 200  # characters


def add(name: str, email: str, *, at: datetime) -> Person:
    """The person with this address, added if new."""
    address = email.strip().lower()
    person = session().scalar(select(Person).where(Person.email == address))
    if person is None:
        known_as = said(name, "name", needed="Give the person's name.", longest=LONGEST_NAME)
        person = Person(name=known_as, email=address)
        session().add(person)
        session().flush()
        record.write("person-added", by=None, as_role=None, at=at, details={"person": person.id})
    return person


def appoint(person: Person, role: Role, component: Component | None, *, from_on: date, at: datetime) -> Appointment:
    """Give a person a role, for a Component or (None) for the Department."""
    appointment = Appointment(person=person, role=role, component=component, from_on=from_on)
    session().add(appointment)
    session().flush()
    details = {"person": person.id, "role": role.value, "from_on": from_on.isoformat()}
    record.write("appointed", by=None, as_role=None, at=at, component=component, details=details)
    return appointment


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
