"""The days on which offices closed by order, and what became of the clocks."""

from dataclasses import dataclass

from sqlalchemy import func, select

from cxworkflow.db import session
from cxworkflow.models import Clock, ClockChange, OfficeClosure, Person, PolicyEdition


@dataclass(frozen=True)
class Announced:
    """A day, who announced it, and how many clocks it has moved."""

    closure: OfficeClosure
    by: str
    moved: int


def announced(department: str) -> list[Announced]:
    """Every day announced, the latest first."""
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
    rows = session().execute(wanted.where(OfficeClosure.department == department).order_by(OfficeClosure.day.desc()))
    return [Announced(*row) for row in rows]
