"""How far a person's permissions reach, in the words that the policies of row-level security read.

What those let through follows from the one table: its predicates are named here, and what each means for a row stands
in the policies. Of a Component, they get its number.
"""

from collections import defaultdict
from datetime import datetime

from cxworkflow.calendar import day_of
from cxworkflow.models import Person, Role
from cxworkflow.permissions import TABLE, Permission
from cxworkflow.permissions.predicates import of_the_component
from cxworkflow.scope import SETTINGS, Scope

DECLARED = {name: Permission[name.upper()] for name in SETTINGS if name.upper() in Permission.__members__}


# Of each role, the declared permissions that it may have, each with what that depends on.
_RULES = {
    role: [
        (name, predicate) for name, permission in DECLARED.items() for of, predicate in TABLE[permission] if of is role
    ]
    for role in Role
}


def scope_of(person: Person, *, at: datetime, signing_in: bool = False) -> Scope:
    """What the database is told of a person at this moment; `signing_in`: on a page where people sign in, too."""
    words = defaultdict[str, set[str]](set)
    on = day_of(at)
    for held in person.appointments if person.deactivated_at is None else ():
        if held.in_force(on):
            for name, predicate in _RULES[held.role]:
                words[name].add(str(held.component_id) if predicate is of_the_component else predicate.__name__)
    reaches = {name: ",".join(sorted(found)) for name, found in words.items()}
    return Scope(settings={"person": str(person.id), "signing_in": "yes" if signing_in else "", **reaches})
