"""How far a person's permissions reach, in the words that the policies of row-level security read.

What those let through follows from the one table: its predicates are named here, and what each means for a row stands
in the policies. Of a Component, they get its number.
"""

from datetime import datetime

from cxworkflow.calendar import day_of
from cxworkflow.models import Person
from cxworkflow.permissions import TABLE, Permission
from cxworkflow.permissions.predicates import of_the_component
from cxworkflow.scope import SETTINGS, Scope

DECLARED = {name: Permission[name.upper()] for name in SETTINGS if name.upper() in Permission.__members__}


def scope_of(person: Person, *, at: datetime, signing_in: bool = False) -> Scope:
    """What the database is told of a person at this moment; `signing_in`: on a page where people sign in, too."""
    reaches = {name: ",".join(sorted(_words(person, permission, at))) for name, permission in DECLARED.items()}
    return Scope(settings={"person": str(person.id), "signing_in": "yes" if signing_in else "", **reaches})


def _words(person: Person, permission: Permission, at: datetime) -> set[str]:
    if person.deactivated_at is not None:
        return set()
    on = day_of(at)
    return {
        str(held.component_id) if predicate is of_the_component else predicate.__name__
        for held in person.appointments
        if held.in_force(on)
        for role, predicate in TABLE[permission]
        if role is held.role
    }
