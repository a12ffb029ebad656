"""How far a person's permissions reach, in the words that the policies of row-level security read.

What those let through follows from the one table: its predicates are named here, and what each means for a row stands
in the policies. Of a Component, they get its number; of those that it files for, the same with a word before it.
"""

from collections import defaultdict
from datetime import datetime

from sqlalchemy.orm.attributes import set_committed_value

from cxworkflow.calendar import day_of
from cxworkflow.models import Appointment, Person, Role
from cxworkflow.permissions import TABLE, Permission
from cxworkflow.permissions.predicates import Predicate, of_the_component, of_who_files_for_it
from cxworkflow.scope import SETTINGS, Scope

DECLARED = {name: Permission[name.upper()] for name in SETTINGS if name.upper() in Permission.__members__}


# Of each role, the declared permissions that it may have, each with what that depends on.
_RULES = {
    role: [
        (name, predicate) for name, permission in DECLARED.items() for of, predicate in TABLE[permission] if of is role
    ]
    for role in Role
}


COVERS = "covers:"  # before the number of a Component that files for others


def _word(predicate: Predicate, held: Appointment) -> str:
    """What the policies read of a role that is held: for Components, their numbers."""
    if predicate is of_who_files_for_it:
        return f"{COVERS}{held.component_id}"
    return str(held.component_id) if predicate is of_the_component else predicate.__name__


def departments_of(person: Person, *, at: datetime) -> list[str]:
    """The departments in which a person holds a role today, by name."""
    return sorted({held.department for held in person.appointments if held.in_force(day_of(at))})


def works_in(person: Person, chosen: str | None, *, at: datetime) -> str:
    """The department in which a person works: the chosen one, else the first with a role; else who keeps the account.

    Empty where there is none.
    """
    found = departments_of(person, at=at) or person.departments
    return chosen if chosen in found else next(iter(found), "")


def narrow(person: Person, department: str) -> None:
    """From here on, of this person's roles those of one department are known, as the database shows them."""
    set_committed_value(person, "appointments", [each for each in person.appointments if each.department == department])


def scope_of(person: Person, *, at: datetime, department: str | None = None, signing_in: bool = False) -> Scope:
    """What the database is told of a person at this moment, in this department, or (None) the one they would work in.

    `signing_in`: on a page where people sign in, too.
    """
    words = defaultdict[str, set[str]](set)
    on, here = day_of(at), works_in(person, None, at=at) if department is None else department
    for held in person.appointments if person.deactivated_at is None else ():
        if held.department == here and held.in_force(on):
            for name, predicate in _RULES[held.role]:
                words[name].add(_word(predicate, held))
    reaches = {name: ",".join(sorted(found)) for name, found in words.items()}
    told = {"person": str(person.id), "department": here, "signing_in": "yes" if signing_in else ""}
    return Scope(settings={**told, **reaches})
