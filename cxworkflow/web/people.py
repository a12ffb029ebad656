"""The people and the roles they hold; the administrator adds somebody here."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cxworkflow.calendar import day_of
from cxworkflow.db import unit_of_work
from cxworkflow.errors import Fault, InvalidInput, WorkflowError
from cxworkflow.mail.compose import fault_of
from cxworkflow.models import Appointment, Person, Role
from cxworkflow.models.people import COMPONENT_ROLES
from cxworkflow.permissions import Permission
from cxworkflow.queries import people as queries
from cxworkflow.queries import retention
from cxworkflow.services import appointments, identities
from cxworkflow.web import current, filters
from cxworkflow.web.errors import refused
from cxworkflow.web.guard import needs
from cxworkflow.web.lists import Choice, Column, Listing, iso, of_component
from cxworkflow.web.words import in_words

pages = Blueprint("people", __name__)


def _roles(person: Person) -> str:
    held = [each for each in person.appointments if each.in_force(current.today())]
    said = [(in_words(each.title), each.component) for each in held]
    return "; ".join(f"{title}, {component.code}" if component else title for title, component in said)


def _other_times(person: Person) -> str:
    others = [each for each in person.appointments if not each.in_force(current.today())]
    return "; ".join(
        f"{in_words(each.title)}, {iso(each.from_on)} to {iso(each.until_on) or 'open'}" for each in others
    )


COLUMNS = (
    Column("Name", lambda person: person.name, "name"),
    Column("Roles now", _roles),
    Column("Other times", _other_times),
    Column("E-mail", lambda person: person.email, "email"),
    Column(
        "Deactivated", lambda person: iso(day_of(person.deactivated_at)) if person.deactivated_at else "", only_csv=True
    ),
)


@pages.get("/people")
@needs(Permission.SEE_PEOPLE)
def index() -> ResponseReturnValue:
    """Everybody, with the roles held now, before and later; the Components that nobody leads."""
    listing = Listing(
        "people",
        COLUMNS,
        queries.ORDERS,
        [
            Choice("role", "Role now", [(role.value, in_words(role.title)) for role in Role]),
            of_component(current.person(), at=current.now()),
            Choice("account", "Account", [("active", "Active"), ("deactivated", "Deactivated")]),
        ],
    )
    wanted = queries.Wanted(
        role=Role(listing["role"]) if listing["role"] else None,
        component=listing["component"],
        active=listing["account"] == "active" if listing["account"] else None,
    )
    return listing.answer(
        "people/index.html",
        queries.find(wanted, on=current.today()),
        vacant=queries.without_a_lead(on=current.today()),
    )


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
        "linked": identities.linked_to(person),
        "holds": retention.holds_on(person, on=current.today()),
        "roles": [(role.value, in_words(role.title)) for role in Role],
        "components": [(each.code, f"{each.code}: {each.name}") for each in queries.components(on=current.today())],
        "others": [(str(each.id), each.name) for each in others],
        "of_components": COMPONENT_ROLES,
        "typed": request.form,
        "boxes": filters.boxes,
    }
