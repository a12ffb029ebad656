"""Roles given, ended and handed over; people deactivated and reactivated; who acts for the CIO."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cxworkflow.db import unit_of_work
from cxworkflow.errors import Fault, InvalidInput, WorkflowError
from cxworkflow.mail.compose import fault_of
from cxworkflow.models import Appointment, Component, Person, Role
from cxworkflow.permissions import Permission
from cxworkflow.queries import people as queries
from cxworkflow.services import appointments, identities, policies, sign_ins
from cxworkflow.web import current, filters
from cxworkflow.web.errors import refused
from cxworkflow.web.guard import needs
from cxworkflow.web.people import shown
from cxworkflow.wording import long_date

pages = Blueprint("appointments", __name__)


@pages.post("/people/<int:person_id>/roles")
@needs(Permission.APPOINT)
def appoint(person_id: int) -> ResponseReturnValue:
    """Give a role from a day on."""

    def verb(person: Person) -> str:
        appointments.can_be_given_a_role(person)
        role, from_on = _role(), filters.posted_day("from")
        until_on = filters.posted_day("until") if any(filters.boxes("until")) else None
        acting = request.form.get("acting") == "yes"
        given = appointments.appoint(
            person, role, _component(), from_on=from_on, until_on=until_on, acting=acting, by=current.person(), at=at
        )
        return f"{person.name} is {given.title} from {long_date(from_on)}, and is told by e-mail."

    at = current.now()
    return _act(person_id, verb)


@pages.post("/people/<int:person_id>/roles/<int:appointment_id>/end")
@needs(Permission.APPOINT)
def end(person_id: int, appointment_id: int) -> ResponseReturnValue:
    """End a role on a day."""

    def verb(person: Person) -> str:
        held, on = queries.appointment(person, appointment_id), filters.posted_day("on")
        appointments.end(held, on=on, by=current.person(), at=current.now())
        return f"{held.title}: {long_date(on)} is the first day without {person.name}. {_left(held)}".strip()

    return _act(person_id, verb, appointment_id)


@pages.post("/people/<int:person_id>/roles/<int:appointment_id>/handover")
@needs(Permission.APPOINT)
def hand_over(person_id: int, appointment_id: int) -> ResponseReturnValue:
    """End a role and give it to somebody else from the same day on."""

    def verb(person: Person) -> str:
        held, to, on = queries.appointment(person, appointment_id), _person("to"), filters.posted_day("on")
        appointments.hand_over(held, to, on=on, by=current.person(), at=current.now())
        return f"{to.name} takes over from {person.name} as {held.title} on {long_date(on)}. Both are told by e-mail."

    return _act(person_id, verb, appointment_id)


@pages.post("/people/<int:person_id>/address")
@needs(Permission.APPOINT)
def readdress(person_id: int) -> ResponseReturnValue:
    """Give a person another e-mail address."""

    def verb(person: Person) -> str:
        address = request.form.get("email", "").strip()
        if fault := fault_of(address):
            raise InvalidInput(None, [Fault("email", fault)])
        appointments.readdress(person, address, by=current.person(), at=current.now())
        return f"E-mails to {person.name} go to {person.email} now. What failed can be tried again on its own page."

    return _act(person_id, verb)


@pages.post("/people/<int:person_id>/deactivation")
@needs(Permission.APPOINT)
def deactivate(person_id: int) -> ResponseReturnValue:
    """Let a person in no more."""

    def verb(person: Person) -> str:
        appointments.deactivate(person, reason=request.form.get("reason", ""), by=current.person(), at=current.now())
        return f"{person.name} is deactivated and signed out everywhere. What they did stays on record."

    return _act(person_id, verb)


@pages.post("/people/<int:person_id>/reactivation")
@needs(Permission.APPOINT)
def reactivate(person_id: int) -> ResponseReturnValue:
    """Let a person in again."""

    def verb(person: Person) -> str:
        appointments.reactivate(person, by=current.person(), at=current.now())
        return f"{person.name} can sign in again."

    return _act(person_id, verb)


@pages.post("/people/<int:person_id>/signed-out")
@needs(Permission.END_SIGN_INS)
def sign_out(person_id: int) -> ResponseReturnValue:
    """Sign a person out everywhere."""

    def verb(person: Person) -> str:
        ended = sign_ins.end_all(person, by=current.person(), at=current.now())
        return f"{person.name} is signed out everywhere: {ended} sign-in{'s' * (ended != 1)} ended."

    return _act(person_id, verb)


@pages.post("/people/<int:person_id>/unlinked")
@needs(Permission.APPOINT)
def unlink(person_id: int) -> ResponseReturnValue:
    """Forget as whom an identity provider knows a person."""

    def verb(person: Person) -> str:
        number = filters.posted_number("identity")
        issuer = identities.unlink(person, number, by=current.person(), at=current.now())
        return f"{issuer} is not linked to {person.name} any more."

    return _act(person_id, verb)


@pages.get("/people/acting")
@needs(Permission.NAME_ACTING)
def acting() -> ResponseReturnValue:
    """The form that names who acts for the CIO."""
    return render_template("people/acting.html", **_acting())


@pages.post("/people/acting")
@needs(Permission.NAME_ACTING)
def name_acting() -> ResponseReturnValue:
    """Name who acts for the CIO from one day until another."""
    try:
        with unit_of_work():
            person, from_on, until_on = _person("person"), filters.posted_day("from"), filters.posted_day("until")
            appointments.appoint(
                person,
                Role.CIO,
                None,
                from_on=from_on,
                until_on=until_on,
                acting=True,
                by=current.person(),
                at=current.now(),
            )
            done = f"{person.name} is Acting {Role.CIO.title} from {long_date(from_on)} until {long_date(until_on)}."
    except WorkflowError as refusal:
        return refused("people/acting.html", refusal, **_acting())
    flash(f"{done} They are told by e-mail.", "success")
    return redirect(url_for("people.index"), 303)


def _acting() -> dict[str, object]:
    active = [(str(each.id), each.name) for each in queries.everybody() if each.deactivated_at is None]
    return {"others": active, "typed": request.form, "boxes": filters.boxes}


def _act(person_id: int, verb: Callable[[Person], str], appointment_id: int | None = None) -> ResponseReturnValue:
    person = queries.one(person_id)
    held = queries.appointment(person, appointment_id) if appointment_id is not None else None
    try:
        with unit_of_work():
            done = verb(person)
    except WorkflowError as refusal:
        return refused("people/one.html", refusal, **shown(person, about=held))
    flash(done, "success")
    return redirect(url_for("people.one", person_id=person_id), 303)


def _left(ended: Appointment) -> str:
    """What to mind if a Component has no lead once this role has ended."""
    component, until_on = ended.component, ended.until_on
    if component is None or until_on is None or component not in queries.without_a_lead(on=until_on):
        return ""
    return f"From then on {component.code} has no lead: appoint somebody."


def _role() -> Role:
    try:
        return Role(request.form.get("role", ""))
    except ValueError:
        raise InvalidInput(None, [Fault("role", "Choose the role.")]) from None


def _component() -> Component | None:
    code = request.form.get("component", "")
    return policies.component_of(code) if code else None


def _person(name: str) -> Person:
    if not request.form.get(name):
        raise InvalidInput(None, [Fault(name, "Choose a person.")])
    return queries.one(filters.posted_number(name))
