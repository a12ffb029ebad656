"""Whether somebody is new here."""

from sqlalchemy import bindparam, exists, select

from cxworkflow.db import session
from cxworkflow.models import Event, Person
from cxworkflow.models.event import WATCHED

# What one does before one has done anything.
ONLY_LOOKED = (*WATCHED, "signed-in", "signed-out", "exported")
_ACTED = select(exists().where(Event.by_id == bindparam("person"), Event.verb.not_in(ONLY_LOOKED)))


def is_new(person: Person) -> bool:
    """Whether a person has only looked around so far."""
    return not session().scalar(_ACTED, {"person": person.id})
