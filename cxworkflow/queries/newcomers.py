"""Whether somebody is new here."""

from sqlalchemy import exists, select

from cxworkflow.db import session
from cxworkflow.models import Event, Person
from cxworkflow.models.event import WATCHED

# What one does before one has done anything.
ONLY_LOOKED = (*WATCHED, "signed-in", "signed-out", "exported")


def is_new(person: Person) -> bool:
    """Whether a person has only looked around so far."""
    acted = exists().where(Event.by_id == person.id, Event.verb.not_in(ONLY_LOOKED))
    return not session().scalar(select(acted))
