"""`cxworkflow people`: add a person and appoint them to a role."""

import argparse
from typing import Any

from cxworkflow.calendar import day_of
from cxworkflow.cli.surroundings import application
from cxworkflow.clock import now
from cxworkflow.db import unit_of_work
from cxworkflow.errors import NotNow
from cxworkflow.mail.compose import fault_of
from cxworkflow.models import Role
from cxworkflow.models.people import COMPONENT_ROLES
from cxworkflow.services import people, policies


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
    verb.set_defaults(run=add)


def add(given: argparse.Namespace) -> None:
    """Appoint somebody."""
    role = Role(given.role)
    if (role in COMPONENT_ROLES) != bool(given.component):
        raise NotNow("A Component role needs --component, and a role of the Department has none.")
    fault = fault_of(given.address)
    if fault:
        raise NotNow(fault)
    with application():
        at = now()
        with unit_of_work():
            component = policies.component_of(given.component) if given.component else None
            person = people.add(given.name, given.address, at=at)
            people.appoint(person, role, component, from_on=day_of(at), at=at)
    print(f"{given.name} is {role.title}{f' of {given.component}' if given.component else ''} from today.")
