"""Who can be picked at the demo's sign-in."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from cxworkflow.db import session
from cxworkflow.models import Appointment, Person, Role

Group = tuple[Role, list[Appointment]]


def people_by_role(*, on: date) -> list[Group]:
    """The appointments in force on a day, role by role, each by Component and name: one statement and its people."""
    wanted = select(Appointment).join(Appointment.person).where(Person.deactivated_at.is_(None))
    held = [
        appointment
        for appointment in session().scalars(wanted.options(joinedload(Appointment.person)))
        if appointment.in_force(on)
    ]
    held.sort(key=lambda each: (each.component.code if each.component else "", each.person.name))
    return [(role, of_role) for role in Role if (of_role := [each for each in held if each.role is role])]
