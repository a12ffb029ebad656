"""Which holds are in force, and what was proposed for disposal, disposed of, or withdrawn."""

from collections.abc import Sequence
from datetime import date
from typing import TypeVar

from sqlalchemy import select

from cxworkflow.db import Base, session
from cxworkflow.errors import NotFound
from cxworkflow.models import Disposal, LegalHold, Person, Strategy

Row = TypeVar("Row", bound=Base)


def holds(*, on: date) -> tuple[list[LegalHold], list[LegalHold]]:
    """The holds in force on a day or later, and those that are over; the latest first."""
    found = session().scalars(select(LegalHold).order_by(LegalHold.id.desc())).all()
    waiting = [hold for hold in found if hold.lifted_at is None and (hold.until_on is None or hold.until_on > on)]
    return waiting, [hold for hold in found if hold not in waiting]


def holds_on(subject: Strategy | Person, *, on: date) -> list[LegalHold]:
    """The holds in force on a strategy, or on a person's data by name."""
    if isinstance(subject, Person):
        of_it = LegalHold.person_id == subject.id
    else:
        whole = LegalHold.component_id.is_(None) | (LegalHold.component_id == subject.component_id)
        of_it = (LegalHold.edition_id == subject.edition_id) & whole
    return [hold for hold in session().scalars(select(LegalHold).where(of_it)) if hold.in_force(on)]


def disposals() -> Sequence[Disposal]:
    """Every proposal, the latest first."""
    return session().scalars(select(Disposal).order_by(Disposal.id.desc())).all()


def one(kind: type[Row], row_id: int) -> Row:
    """The hold or proposal of this number; raises NotFound."""
    found = session().get(kind, row_id)
    if found is None:
        raise NotFound("There is no such entry.")
    return found
