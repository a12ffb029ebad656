"""`cxworkflow people`: add a person and appoint them to a role; appoint the first administrator."""

import argparse
from typing import Any

from cxworkflow.calendar import day_of
from cxworkflow.cli.surroundings import application
from cxworkflow.clock import now
from cxworkflow.db import unit_of_work
from cxworkflow.errors import NotFound, NotNow
from cxworkflow.mail.compose import fault_of
from cxworkflow.models import Role
from cxworkflow.models.people import COMPONENT_ROLES
from cxworkflow.scope import system_of, within
from cxworkflow.services import people, policies
from cxworkflow.services.first_administrator import appoint_first


def add_to(commands: Any) -> None:
    """Add `people` to the command line."""
    made = commands.add_parser("people", help="add a person and appoint them to a role")
    verbs = made.add_subparsers(metavar="VERB", required=True)
    verb = verbs.add_parser("add", help="appoint a person, who is added if new")
    verb.add_argument("address", metavar="ADDRESS")
    verb.add_argument("--name", required=True)
    verb.add_argument(
        "--role", required=True, choices=[role.value for role in Role], metavar="ROLE", help=", ".join(Role)
    )
    verb.add_argument("--component", metavar="CODE", help="for the roles of a Component")
    verb.add_argument("--department", metavar="NAME", help="for the other roles, where there are several departments")
    verb.set_defaults(run=add)
    first = verbs.add_parser("first-administrator", help="appoint the administrator of a new system; once")
    first.add_argument("address", metavar="ADDRESS")
    first.add_argument("--name", required=True)
    first.add_argument("--department", metavar="NAME", help="of which department, where there are several")
    first.set_defaults(run=add_first_administrator)


def add(given: argparse.Namespace) -> None:
    """Appoint somebody."""
    role = Role(given.role)
    if (role in COMPONENT_ROLES) != bool(given.component):
        raise NotNow("A Component role needs --component, and a role of the Department has none.")
    _check(given.address)
    with application():
        at = now()
        component = policies.component_of(given.component) if given.component else None
        department = component.department if component else _department(given.department)
        with within(system_of(department)), unit_of_work():
            person = people.add(given.name, given.address, at=at)
            people.appoint(person, role, component, department=department, from_on=day_of(at), at=at)
    print(f"{given.name} is {role.title}{f' of {given.component}' if given.component else ''} from today.")


def add_first_administrator(given: argparse.Namespace) -> None:
    """Appoint the first administrator, who then appoints everybody else on the pages."""
    _check(given.address)
    with application() as app:
        at = now()
        department = _department(given.department)
        with within(system_of(department)), unit_of_work():
            person = appoint_first(given.name, given.address, department=department, at=at)
        where = app.extensions["settings"].base_url
    print(f"{person.name} ({person.email}) is the administrator, and signs in at {where}/sign-in.")


def _department(name: str | None) -> str:
    """The department that is meant; raises NotFound for one that is not there, or where several could be meant."""
    if name is None:
        return policies.sole_department()
    if name not in (known := policies.departments()):
        raise NotFound(f"There is no department “{name}” here. There are: {', '.join(known) or 'none'}.")
    return name


def _check(address: str) -> None:
    fault = fault_of(address)
    if fault:
        raise NotNow(fault)
