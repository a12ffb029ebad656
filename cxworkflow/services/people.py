"""People and the roles they are appointed to."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from cxworkflow.db import session
from cxworkflow.errors import Fault, InvalidInput, NotAllowed, NotFound
from cxworkflow.models import Appointment, Component, Person, Role
from cxworkflow.scope import present
from cxworkflow.services import policies, record
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
    department: str | None = None,
    from_on: date,
    until_on: date | None = None,
    acting: bool = False,
    by: Person | None = None,
    as_role: Role | None = None,
    at: datetime,
) -> Appointment:
    """Give a person a role, for a Component or (None) for a department; `by` None is the command line.

    `department` None: the one in which whoever appoints works, or the only one. Raises InvalidInput where it would join
    administration with another role in it: the administrator sees no strategy; NotFound where several could be meant.
    """
    here = component.department if component else department or present().department or policies.sole_department()
    if any(
        each.department == here
        and (each.role is Role.ADMINISTRATOR) != (role is Role.ADMINISTRATOR)
        and _overlap(each, from_on, until_on)
        for each in person.appointments
    ):
        reason = f"{person.name} would administer this system and hold another role at the same time."
        raise InvalidInput(None, [Fault("role", f"{reason} Choose somebody else, or end the other role first.")])
    appointment = Appointment(
        person=person,
        role=role,
        component=component,
        department=here,
        from_on=from_on,
        until_on=until_on,
        acting=acting,
    )
    session().add(appointment)
    session().flush()
    details: dict[str, Any] = {"person": person.id, "role": role.value, "from_on": from_on.isoformat()}
    if until_on is not None:
        details |= {"until_on": until_on.isoformat(), "acting": acting}
    record.write("appointed", by=by, as_role=as_role, at=at, component=component, details=details)
    return appointment


def kept_here(person: Person) -> None:
    """Raise NotAllowed where another department keeps the account: that one alone changes it, or shuts it."""
    here = present().department
    if here and person.departments and person.departments[0] != here:
        raise NotAllowed(
            f"Another department keeps the account of {person.name}. Ask its administrator; here you can end the roles "
            "that are held here. Nothing was changed."
        )


def _overlap(one: Appointment, from_on: date, until_on: date | None) -> bool:
    return (until_on is None or one.from_on < until_on) and (one.until_on is None or from_on < one.until_on)


def holder(role: Role, component: Component | None, *, department: str | None = None, on: date) -> Person:
    """The first person who holds a role on a day; raises NotFound. The lead of who files for others is the HQ lead.

    `department`: for a role of no Component; None where there is one.
    """
    roles = (Role.LEAD, Role.HQ_LEAD) if role is Role.LEAD else (role,)
    held = (
        select(Appointment)
        .where(Appointment.role.in_(roles), Appointment.component_id == (component.id if component else None))
        .order_by(Appointment.id)
    )
    for appointment in session().scalars(held):
        here = department in (None, appointment.department)
        if here and appointment.in_force(on) and appointment.person.deactivated_at is None:
            return appointment.person
    of_what = f" of {component.code}" if component else ""
    raise NotFound(f"There is no {role.title}{of_what} on {on:%B} {on.day}, {on.year}.")


def person_of(email: str) -> Person:
    """The person with this address; raises NotFound."""
    person = session().scalar(select(Person).where(Person.email == email.strip().lower()))
    if person is None:
        raise NotFound(f"Nobody here has the address {email}.")
    return person
