"""Who holds which role from when until when: given, ended, handed over; people deactivated, never deleted."""

from datetime import date, datetime

from sqlalchemy import ColumnElement, select, update

from cxworkflow.calendar import day_of
from cxworkflow.db import held, session
from cxworkflow.errors import Fault, InvalidInput, NotNow
from cxworkflow.models import Appointment, Component, Notice, Person, Role
from cxworkflow.models.notice import NoticeState
from cxworkflow.models.people import COMPONENT_ROLES
from cxworkflow.permissions import Permission, require
from cxworkflow.scope import SYSTEM, present, within
from cxworkflow.services import notices, people, record
from cxworkflow.services.words import said
from cxworkflow.wording import long_date


def invite(name: str, email: str, *, by: Person, at: datetime) -> Person:
    """Add a person, who is told with their first role. Raises InvalidInput where the address is taken.

    Who has an account in another department is the same person here.
    """
    role, here = require(by, Permission.APPOINT, at=at), present().department
    with within(SYSTEM):  # of the people of other departments nobody here knows
        known = session().scalar(select(Person).where(Person.email == email.strip().lower()))
        if known is not None and here and here not in known.departments:
            known.departments = [*known.departments, here]
            session().flush()
            record.write("person-added", by=by, as_role=role, at=at, details={"person": known.id})
            return known
    if known is not None:
        raise _taken()
    return people.add(name, email, by=by, as_role=role, at=at)


def readdress(person: Person, email: str, *, by: Person, at: datetime) -> None:
    """Give a person another address, to which what is not sent yet goes; their sign-ins end.

    Raises InvalidInput where the address is taken, by them or by somebody else; NotAllowed where another department
    keeps the account.
    """
    person = held(person)
    role, address = require(by, Permission.APPOINT, at=at), email.strip().lower()
    people.kept_here(person)
    with within(SYSTEM):
        taken = session().scalar(select(Person.id).where(Person.email == address))
    if taken is not None:
        raise _taken()
    person.email = address
    unsent = (Notice.person_id == person.id, Notice.open, Notice.state == NoticeState.OWED)
    with within(SYSTEM):
        session().execute(update(Notice).where(*unsent).values(to_address=address))
    record.write("address-changed", by=by, as_role=role, at=at, details={"person": person.id})


def _taken() -> InvalidInput:
    return _fault("email", "Somebody here has this address already. Open that person in the list of people.")


def appoint(
    person: Person,
    role: Role,
    component: Component | None,
    *,
    from_on: date,
    until_on: date | None = None,
    acting: bool = False,
    by: Person,
    at: datetime,
) -> Appointment:
    """Give a person a role from a day on, until (not on) another; who is acting needs both. The person is told.

    Raises InvalidInput, NotAllowed; NotNow for who is deactivated.
    """
    person = held(person)
    naming = acting and role is Role.CIO
    as_role = require(by, Permission.NAME_ACTING if naming else Permission.APPOINT, at=at)
    can_be_given_a_role(person)
    if (role in COMPONENT_ROLES) != (component is not None):
        needed = "Choose the Component." if component is None else "A role of the Department has no Component."
        raise _fault("component", f"{role.title}: {needed}")
    _not_past("from", from_on, at)
    if acting and until_on is None:
        raise _fault("until", "Give the day on which the acting role ends.")
    if until_on is not None and until_on <= from_on:
        raise _fault("until", f"The last day has to come after {long_date(from_on)}.")
    if any(
        each.role is role and each.component is component and each.in_force(from_on) for each in person.appointments
    ):
        raise _fault("role", f"{person.name} holds this role on {long_date(from_on)} already.")
    given = people.appoint(
        person, role, component, from_on=from_on, until_on=until_on, acting=acting, by=by, as_role=as_role, at=at
    )
    _tell("appointed", given, by=by, at=at)
    return given


def can_be_given_a_role(person: Person) -> None:
    """Raise NotNow for who is deactivated."""
    if person.deactivated_at is not None:
        raise NotNow(f"{person.name} is deactivated. Reactivate {person.name} before giving a role.")


def end(appointment: Appointment, *, on: date, by: Person, at: datetime) -> None:
    """End a role: the given day is the first without it, and the person is told. Their sign-ins end at once.

    Raises InvalidInput for a day that has passed or comes after the end that was set, NotAllowed, and NotNow where
    nobody would administer the system.
    """
    appointment = held(appointment)
    naming = appointment.acting and appointment.role is Role.CIO
    role = require(by, Permission.NAME_ACTING if naming else Permission.APPOINT, at=at)
    _not_past("on", on, at)
    if appointment.until_on is not None and on >= appointment.until_on:
        raise _fault("on", f"This role ends on {long_date(appointment.until_on)} already. Give an earlier day.")
    _keep_an_administrator(of=Appointment.id == appointment.id)
    appointment.until_on = max(on, appointment.from_on)
    session().flush()
    details = {
        "person": appointment.person_id,
        "role": appointment.role.value,
        "until_on": appointment.until_on.isoformat(),
    }
    record.write("role-ended", by=by, as_role=role, at=at, component=appointment.component, details=details)
    if appointment.person.deactivated_at is None:
        _tell("role-ended", appointment, by=by, at=at)


def hand_over(appointment: Appointment, to: Person, *, on: date, by: Person, at: datetime) -> Appointment:
    """End somebody's role and give it to somebody else from the same day on. Both are told."""
    if to is appointment.person:
        raise _fault("to", f"{to.name} holds this role. Choose the person who takes it over.")
    if on < appointment.from_on:
        raise _fault("on", f"This role begins on {long_date(appointment.from_on)}. Give that day or a later one.")
    following = appoint(
        to,
        appointment.role,
        appointment.component,
        from_on=on,
        until_on=appointment.until_on,
        acting=appointment.acting,
        by=by,
        at=at,
    )
    end(appointment, on=on, by=by, at=at)
    return following


def deactivate(person: Person, *, reason: str, by: Person, at: datetime) -> None:
    """Let a person in no more, and end their sign-ins; their roles wait. Raises NotAllowed, NotNow."""
    person = held(person)
    role = require(by, Permission.APPOINT, at=at)
    if person.deactivated_at is not None:
        raise NotNow(f"{person.name} is deactivated already.")
    people.kept_here(person)
    _keep_an_administrator(of=Appointment.person_id == person.id)
    reason = said(reason, "reason", needed="Say why: the reason becomes part of the record.")
    person.deactivated_at = at
    session().flush()
    record.write("deactivated", by=by, as_role=role, at=at, details={"person": person.id, "reason": reason})


def reactivate(person: Person, *, by: Person, at: datetime) -> None:
    """Let a person in again, in the roles that still count. Raises NotAllowed, NotNow."""
    person = held(person)
    role = require(by, Permission.APPOINT, at=at)
    if person.deactivated_at is None:
        raise NotNow(f"{person.name} is not deactivated.")
    people.kept_here(person)
    person.deactivated_at = None
    session().flush()
    record.write("reactivated", by=by, as_role=role, at=at, details={"person": person.id})


def _keep_an_administrator(*, of: ColumnElement[bool]) -> None:
    """Somebody else administers each department without end; two who end each other at once wait for one another."""
    administering = select(Appointment).where(Appointment.role == Role.ADMINISTRATOR)
    with within(SYSTEM):  # in other departments, too, whoever is deactivated here may be the only one
        if not (gone := session().scalars(administering.where(of)).all()):
            return
        locked = session().scalars(administering.order_by(Appointment.id).with_for_update(of=Appointment)).all()
        session().expire_all()
        left = {
            each.department
            for each in locked
            if each not in gone and each.until_on is None and each.person.deactivated_at is None
        }
        if not {each.department for each in gone} <= left:
            raise NotNow("Nobody would administer this system any more. Appoint another administrator first.")


def _tell(kind: str, given: Appointment, *, by: Person, at: datetime) -> None:
    facts = {
        "policy": "roles in CX Workflow",
        "name": given.person.name,
        "title": f"{given.title} of {given.component.code}" if given.component else given.title,
        "from_on": given.from_on.isoformat(),
        "until_on": given.until_on.isoformat() if given.until_on else None,
        "by": by.name,
    }
    key = f"{given.id}/{facts['until_on']}"
    notices.owe_to_person(kind, given.person, given.role, key=key, component=given.component, facts=facts, at=at)


def _not_past(key: str, on: date, at: datetime) -> None:
    if on < day_of(at):
        reason = f"{long_date(on)} has passed, and the record of that day stands."
        raise _fault(key, f"{reason} Give {long_date(day_of(at))} or a later day.")


def _fault(key: str, reason: str) -> InvalidInput:
    return InvalidInput(None, [Fault(key, reason)])
