"""The first administrator: appointed by a command, since nobody can do it on the pages yet."""

from datetime import datetime

from sqlalchemy import select, text

from cxworkflow.calendar import day_of
from cxworkflow.db import session
from cxworkflow.errors import NotNow
from cxworkflow.models import Appointment, Person, Role
from cxworkflow.services import people, policies

LOCK = 7606  # an advisory lock's number: any, as long as it stays the same


def appoint_first(name: str, email: str, *, department: str | None = None, at: datetime) -> Person:
    """Appoint somebody administrator of a department (None: the only one).

    Raises NotNow once it has one, today or from a later day on; NotFound where several departments could be meant.
    """
    department = policies.sole_department() if department is None else department
    session().execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    held = select(Appointment).join(Appointment.person).where(Appointment.department == department)
    for each in session().scalars(held.where(Appointment.role == Role.ADMINISTRATOR, Person.deactivated_at.is_(None))):
        if each.until_on is None or each.until_on > day_of(at):
            raise NotNow("There is an administrator already, who appoints others on the page “People”.")
    person = people.add(name, email, at=at)
    if person.deactivated_at is not None:
        raise NotNow(f"{person.email} belongs to an account that is deactivated. Give another address.")
    people.appoint(person, Role.ADMINISTRATOR, None, department=department, from_on=day_of(at), at=at)
    return person
