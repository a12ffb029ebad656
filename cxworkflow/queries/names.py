"""Loading the people whom a row names: their names are read, their appointments are not."""

from typing import Any

from sqlalchemy.orm import InstrumentedAttribute, joinedload
from sqlalchemy.orm.interfaces import ORMOption

from cxworkflow.models import Person


def with_person(*path: InstrumentedAttribute[Any]) -> ORMOption:
    """The option that loads a person along a path of relations in the same statement, and nothing more of them."""
    loading = joinedload(path[0])
    for step in path[1:]:
        loading = loading.joinedload(step)
    return loading.lazyload(Person.appointments)
