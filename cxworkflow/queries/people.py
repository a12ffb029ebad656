"""The people and the roles they hold."""

from collections.abc import Sequence

from sqlalchemy import select

from cxworkflow.db import session
from cxworkflow.models import Person


def everybody() -> Sequence[Person]:
    """All people with all their appointments, by name: two statements."""
    return session().scalars(select(Person).order_by(Person.name, Person.id)).all()
