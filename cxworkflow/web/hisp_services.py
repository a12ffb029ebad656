"""The register of services: a list for whoever may know of them, kept by each HISP's lead."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cxworkflow.db import unit_of_work
from cxworkflow.errors import Fault, InvalidInput, WorkflowError
from cxworkflow.models import Component, Service
from cxworkflow.permissions import Permission, require
from cxworkflow.policies.collection import our_collection
from cxworkflow.queries import hisps as queries
from cxworkflow.services import hisp_services
from cxworkflow.services.hisp_services import Facts
from cxworkflow.web import current, filters
from cxworkflow.web.errors import refused
from cxworkflow.web.guard import signed_in
from cxworkflow.web.hisps import of_code, of_hisps, said
from cxworkflow.web.lists import Choice, Column, Listing, iso

pages = Blueprint("hisp_services", __name__, url_prefix="/hisps")


def _channels(service: Service) -> str:
    return ", ".join(our_collection().channel(each) for each in service.channels)


COLUMNS = (
    Column("Component", lambda row: row.component.code, "component"),
    Column("Service", lambda row: row.name, "name"),
    Column("Channels", _channels),
    Column("OMB control number", lambda row: row.omb_control_number),
    Column("Offered from", lambda row: iso(row.from_on), "from"),
    Column("Until", lambda row: iso(row.until_on)),
)


@pages.get("/services")
@signed_in
def index() -> ResponseReturnValue:
    """Every service that this person may know of."""
    listing = Listing(
        "services",
        COLUMNS,
        queries.SERVICE_ORDERS,
        [of_hisps(), Choice("state", "Offered", [("offered", "Today"), ("ended", "Not today")])],
    )
    person, at = current.person(), current.now()
    found = queries.services(person, component=listing["component"], state=listing["state"], at=at)
    hisps = queries.of_person(person, at=at)
    return listing.answer("hisps/services.html", found, hisps=hisps, channels_of=_channels, **said())


@pages.get("/<code>/services/new")
@signed_in
def new(code: str) -> ResponseReturnValue:
    """The form that adds a service."""
    component = _kept(of_code(code))
    return render_template("hisps/service.html", **_shown(component, None))


@pages.post("/<code>/services/new")
@signed_in
def add(code: str) -> ResponseReturnValue:
    """Add a service."""
    component = _kept(of_code(code))
    try:
        facts = _facts()
        with unit_of_work():
            service = hisp_services.add(component, facts, by=current.person(), at=current.now())
    except WorkflowError as refusal:
        return refused("hisps/service.html", refusal, **_shown(component, None))
    flash(f"“{service.name}” is in the register.", "success")
    return redirect(url_for("hisp_services.index", component=component.code), 303)


@pages.get("/services/<int:service_id>")
@signed_in
def one(service_id: int) -> ResponseReturnValue:
    """What the register says of a service; the lead changes it here."""
    service = queries.service(current.person(), service_id, at=current.now())
    return render_template("hisps/service.html", **_shown(service.component, service))


@pages.post("/services/<int:service_id>")
@signed_in
def change(service_id: int) -> ResponseReturnValue:
    """Change what the register says."""
    service = queries.service(current.person(), service_id, at=current.now())
    _kept(service.component)
    try:
        facts, base = _facts(), filters.posted_number("base_revision")
        with unit_of_work():
            hisp_services.change(service, facts, base_revision=base, by=current.person(), at=current.now())
    except WorkflowError as refusal:
        return refused("hisps/service.html", refusal, **_shown(service.component, service))
    flash(f"The register says so of “{service.name}” from now on.", "success")
    return redirect(url_for("hisp_services.index", component=service.component.code), 303)


def _kept(component: Component) -> Component:
    """The Component, if this person keeps its register: so it is said before anything typed is read."""
    require(current.person(), Permission.KEEP_SERVICES, component, at=current.now())
    return component


def _facts() -> Facts:
    """What was typed; every date that is none is told, with the others."""
    faults: list[Fault] = []
    days: dict[str, date | None] = {}
    for name, needed in (("from", True), ("until", False)):
        try:
            days[name] = filters.posted_day(name) if needed or any(filters.boxes(name)) else None
        except InvalidInput as refusal:
            faults += refusal.faults
    if faults:
        raise InvalidInput(None, faults)
    from_on = days["from"]
    assert from_on is not None
    form = request.form
    channels = tuple(form.getlist("channels"))
    return Facts(form.get("name", ""), channels, form.get("omb_control_number", ""), from_on, days["until"])


def _shown(component: Component, service: Service | None) -> dict[str, Any]:
    typed = request.form if request.method == "POST" else None
    return {
        "component": component,
        "service": service,
        "typed": {
            "name": typed.get("name", "") if typed is not None else service.name if service else "",
            "omb_control_number": typed.get("omb_control_number", "")
            if typed is not None
            else service.omb_control_number
            if service
            else "",
            "channels": typed.getlist("channels") if typed is not None else service.channels if service else [],
        },
        "boxes": {
            "from": filters.boxes("from") if typed is not None else _boxes(service.from_on if service else None),
            "until": filters.boxes("until") if typed is not None else _boxes(service.until_on if service else None),
        },
        **said(),
    }


def _boxes(on: date | None) -> tuple[str, str, str]:
    return (str(on.year), str(on.month), str(on.day)) if on else ("", "", "")
