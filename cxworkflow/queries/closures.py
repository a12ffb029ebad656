"""The days on which offices closed by order, and what became of the clocks."""

from typing import Any

from sqlalchemy import Select, func, select

from cxworkflow.db import session
from cxworkflow.models import Clock, ClockChange, OfficeClosure, Person, PolicyEdition
from cxworkflow.queries.paging import both_ways

ORDERS = {
    **dict(reversed(both_ways("day", "The earliest day first", "The latest day first", OfficeClosure.day).items())),
    **both_ways("by", "By who announced it, A to Z", "By who announced it, Z to A", Person.name, OfficeClosure.day),
}


def announced(department: str, by: str | None) -> Select[Any]:
    """Every day announced by anybody or by one person: the day, who announced it, how many clocks it has moved."""
    moved = (
        select(func.count())
        .select_from(ClockChange)
        .join(Clock, Clock.id == ClockChange.clock_id)
        .join(PolicyEdition, PolicyEdition.id == Clock.edition_id)
        .where(
            ClockChange.closed == OfficeClosure.day,
            PolicyEdition.content["department"].astext == OfficeClosure.department,
        )
        .scalar_subquery()
    )
    wanted = select(OfficeClosure, Person.name, moved).join(Person, Person.id == OfficeClosure.by_id)
    return wanted.where(OfficeClosure.department == department, *([Person.name == by] if by else []))


def announcers(department: str) -> list[str]:
    """Who announced a day, by name."""
    of_it = select(OfficeClosure.by_id).where(OfficeClosure.department == department)
    return list(session().scalars(select(Person.name).where(Person.id.in_(of_it)).order_by(Person.name).distinct()))
