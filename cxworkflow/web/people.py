"""The people and the roles they hold; the administrator adds somebody here."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cxworkflow.db import unit_of_work
from cxworkflow.errors import Fault, InvalidInput, WorkflowError
from cxworkflow.mail.compose import fault_of
from cxworkflow.models import Appointment, Person, Role
from cxworkflow.models.people import COMPONENT_ROLES
from cxworkflow.permissions import Permission
from cxworkflow.queries import people as queries
from cxworkflow.queries import retention
from cxworkflow.services import appointments
from cxworkflow.web import current, filters
from cxworkflow.web.errors import refused
from cxworkflow.web.guard import needs

pages = Blueprint("people", __name__)


@pages.get("/people")
@needs(Permission.SEE_PEOPLE)
def index() -> ResponseReturnValue:
    """Everybody, with the roles held now, before and later; the Components that nobody leads."""
    vacant = queries.without_a_lead(on=current.today())
    return render_template("people/index.html", people=queries.everybody(), vacant=vacant)


@pages.get("/people/new")
@needs(Permission.APPOINT)
def new() -> ResponseReturnValue:
    """The form that adds a person."""
    return render_template("people/new.html", typed={})


@pages.post("/people/new")
@needs(Permission.APPOINT)
def add() -> ResponseReturnValue:
    """Add a person, then go on to their first role."""
    name, address = request.form.get("name", ""), request.form.get("email", "").strip()
    try:
        if fault := fault_of(address):
            raise InvalidInput(None, [Fault("email", fault)])
        with unit_of_work():
            person = appointments.invite(name, address, by=current.person(), at=current.now())
            person_id = person.id
    except WorkflowError as refusal:
        return refused("people/new.html", refusal, typed=request.form)
    flash(f"{name.strip()} is added. Give a role now: only then can anything be done here.", "success")
    return redirect(url_for("people.one", person_id=person_id, _anchor="appointing"), 303)


@pages.get("/people/<int:person_id>")
@needs(Permission.SEE_PEOPLE)
def one(person_id: int) -> ResponseReturnValue:
    """A person with every role; forms for the administrator."""
    return render_template("people/one.html", **shown(queries.one(person_id)))


def shown(person: Person, *, about: Appointment | None = None) -> dict[str, Any]:
    """What a person's page shows; `about` is the role whose form was refused."""
    others = [each for each in queries.everybody() if each is not person and each.deactivated_at is None]
    return {
        "person": person,
        "about": about.id if about else None,
        "holds": retention.holds_on(person, on=current.today()),
        "roles": [(role.value, role.title) for role in Role],
        "components": [(each.code, f"{each.code}: {each.name}") for each in queries.components(on=current.today())],
        "others": [(str(each.id), each.name) for each in others],
        "of_components": COMPONENT_ROLES,
        "typed": request.form,
        "boxes": filters.boxes,
    }
