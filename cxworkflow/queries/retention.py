"""What is past its time, which holds are in force, and what was proposed for disposal, disposed of, or withdrawn."""

from collections.abc import Sequence
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    TableValuedAlias,
    case,
    cast,
    column,
    func,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.orm import defer, joinedload

from cxworkflow.db import Base, session
from cxworkflow.errors import NotFound
from cxworkflow.models import Disposal, LegalHold, Person, Strategy
from cxworkflow.policies.records import KindOfRecord
from cxworkflow.queries.names import with_person
from cxworkflow.queries.paging import Order, both_ways

Row = TypeVar("Row", bound=Base)

ABOUT: ColumnElement[str] = column("about")
PARTS: ColumnElement[int] = column("parts")
SINCE: ColumnElement[date] = column("since")
HELD: ColumnElement[bool] = column("held")
DUE_ORDERS = {
    **both_ways("since", "The oldest first", "The latest first", SINCE, column("id")),
    **both_ways("about", "By what it is, A to Z", "By what it is, Z to A", ABOUT, SINCE),
    **both_ways("parts", "The smallest first", "The largest first", PARTS, SINCE, column("id")),
}
HOLD_ORDERS = {
    "-placed": Order("Placed last first", (LegalHold.id.desc(),)),
    "placed": Order("Placed first first", (LegalHold.id,)),
    **both_ways("from", "By first day", "By first day, the latest on top", LegalHold.from_on, LegalHold.id),
}
DISPOSAL_ORDERS = {
    "-proposed": Order("Proposed last first", (Disposal.id.desc(),)),
    "proposed": Order("Proposed first first", (Disposal.id,)),
    **both_ways("kind", "By kind", "By kind, backwards", Disposal.kind, Disposal.id),
}
ITEM_ORDERS = both_ways("about", "By what it was, A to Z", "By what it was, Z to A", ABOUT, PARTS)
STATES: dict[str, ColumnElement[bool]] = {
    "open": Disposal.done_at.is_(None) & Disposal.withdrawn_at.is_(None),
    "done": Disposal.done_at.is_not(None),
    "withdrawn": Disposal.withdrawn_at.is_not(None),
}


def due(kind: KindOfRecord, held: bool | None = None, *, on: date) -> Select[Any]:
    """What of a kind is past its time on a day: what it is, how many entries it has, since when, and if it is held."""
    found = func.due_for_disposal(kind.id, kind.ended_before(on), on).table_valued(
        "id", "about", "parts", "since", "held"
    )
    rows = select(found.c.about, found.c.parts, found.c.since, found.c.held)
    return rows if held is None else rows.where(found.c.held if held else not_(found.c.held))


def counted(kinds: Sequence[KindOfRecord], *, on: date) -> list[tuple[KindOfRecord, int, int]]:
    """Of each kind, how much is past its time, and how much of that is held."""
    counts = select(func.count(), func.count().filter(HELD))
    return [(kind, *session().execute(counts.select_from(due(kind, on=on).subquery())).one()) for kind in kinds]


def holds(*, over: bool | None, on: date) -> Select[tuple[LegalHold]]:
    """Holds in force on a day or later, or those that are over; None: all."""
    ended = or_(LegalHold.lifted_at.is_not(None), case((LegalHold.until_on <= on, True), else_=False))
    found = select(LegalHold).options(
        joinedload(LegalHold.edition), joinedload(LegalHold.component), with_person(LegalHold.person),
        with_person(LegalHold.by),
    )  # fmt: skip
    return found if over is None else found.where(ended if over else not_(ended))


def holds_on(subject: Strategy | Person, *, on: date) -> list[LegalHold]:
    """The holds in force on a strategy, or on a person's data by name."""
    if isinstance(subject, Person):
        of_it = LegalHold.person_id == subject.id
    else:
        whole = LegalHold.component_id.is_(None) | (LegalHold.component_id == subject.component_id)
        of_it = (LegalHold.edition_id == subject.edition_id) & whole
    return [hold for hold in session().scalars(select(LegalHold).where(of_it)) if hold.in_force(on)]


def disposals(kind: str | None = None, state: str | None = None) -> Select[Any]:
    """Proposals, without their items: rows of Disposal, how many items it has, and how many entries they are."""
    item = _item()
    entries = select(func.sum(cast(item.c.value.op("->>")("parts"), BigInteger))).select_from(item).scalar_subquery()
    found = select(Disposal, func.jsonb_array_length(Disposal.items).label("count"), entries.label("entries")).options(
        defer(Disposal.items), with_person(Disposal.by), with_person(Disposal.confirmed_by)
    )
    if kind is not None:
        found = found.where(Disposal.kind == kind)
    return found.where(STATES[state]) if state is not None else found


def items(disposal: Disposal) -> Select[Any]:
    """What a proposal lists: rows of what it was, and how many entries."""
    item = _item()
    about = item.c.value.op("->>")("about").label("about")
    parts = cast(item.c.value.op("->>")("parts"), BigInteger).label("parts")
    return select(about, parts).select_from(Disposal).join(item, true()).where(Disposal.id == disposal.id)


def _item() -> TableValuedAlias:
    return func.jsonb_array_elements(Disposal.items).table_valued("value", name="item")


def one(kind: type[Row], row_id: int) -> Row:
    """The hold or proposal of this number; raises NotFound."""
    found = session().get(kind, row_id)
    if found is None:
        raise NotFound("There is no such entry.")
    return found
