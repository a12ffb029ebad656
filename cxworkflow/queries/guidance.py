"""The guidance library as one person may know of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select, true
from sqlalchemy.orm import joinedload

from cxworkflow.db import session
from cxworkflow.errors import NotFound
from cxworkflow.models import Acknowledgement, Component, Guidance, GuidanceAudience, Person
from cxworkflow.permissions import Permission, may
from cxworkflow.queries.clocks import OWN, own_components
from cxworkflow.queries.names import with_person
from cxworkflow.queries.paging import both_ways

ORDERS = both_ways(
    "published", "The first published first", "The last published first", Guidance.published_at, Guidance.id
)
ORDERS = {"-published": ORDERS["-published"], "published": ORDERS["published"]} | both_ways(
    "title", "By title", "By title, from Z to A", Guidance.title, Guidance.number
)
IN_FORCE = and_(Guidance.published_at.is_not(None), Guidance.withdrawn_at.is_(None), Guidance.superseded_at.is_(None))
STATES: dict[str, ColumnElement[bool]] = {
    "published": IN_FORCE,
    "draft": and_(Guidance.published_at.is_(None), Guidance.component_id.is_(None)),
    "offered": and_(Guidance.published_at.is_(None), Guidance.component_id.is_not(None)),
    "superseded": and_(Guidance.superseded_at.is_not(None), Guidance.withdrawn_at.is_(None)),
    "withdrawn": Guidance.withdrawn_at.is_not(None),
}


@dataclass(frozen=True)
class Told:
    """A Component to which a piece was published, and whether it has acknowledged it."""

    component: Component
    acknowledged: Acknowledgement | None


def in_sight(person: Person, *, at: datetime) -> ColumnElement[bool]:
    """The pieces of which a person may know: published to all or to their Component, or offered by it."""
    if may(person, Permission.SEE_ALL, at=at):
        return true()
    own = own_components(person, at=at)
    told = Guidance.id.in_(select(GuidanceAudience.guidance_id).where(GuidanceAudience.component_id.in_(own)))
    published = and_(Guidance.published_at.is_not(None), or_(Guidance.to_all, told))
    return or_(published, Guidance.component_id.in_(own))


def find(person: Person, *, at: datetime, **narrowed: Any) -> Select[Any]:
    """The pieces of which a person may know, narrowed down."""
    found = select(Guidance).where(in_sight(person, at=at)).options(joinedload(Guidance.component))
    if narrowed.get("kind"):
        found = found.where(Guidance.kind == narrowed["kind"])
    if narrowed.get("state"):
        found = found.where(STATES[narrowed["state"]])
    if narrowed.get("tag"):
        found = found.where(literal(narrowed["tag"]) == func.any(func.string_to_array(Guidance.tags, ", ")))
    return found


def tags(person: Person, *, at: datetime) -> list[str]:
    """The tags in use, of what a person may know of."""
    each = func.unnest(func.string_to_array(Guidance.tags, ", ")).label("tag")
    return sorted(session().scalars(select(each).where(in_sight(person, at=at)).distinct()))


def one(person: Person, guidance_id: int, *, at: datetime) -> Guidance:
    """A piece of which a person may know; raises NotFound."""
    wanted = select(Guidance).where(Guidance.id == guidance_id, in_sight(person, at=at))
    loaded = joinedload(Guidance.file), joinedload(Guidance.component), with_person(Guidance.by)
    found = session().scalar(wanted.options(*loaded))
    if found is None:
        raise NotFound
    return found


def versions(person: Person, piece: Guidance, *, at: datetime) -> Sequence[Guidance]:
    """The other versions of a piece, the latest first."""
    others = select(Guidance).where(Guidance.series == piece.series, Guidance.id != piece.id, in_sight(person, at=at))
    return session().scalars(others.order_by(Guidance.number.desc())).all()


def told(person: Person, piece: Guidance, *, at: datetime) -> list[Told]:
    """To whom a piece was published and who has acknowledged it, as far as a person may know."""
    own = true() if may(person, Permission.SEE_ALL, at=at) else Component.id.in_(own_components(person, at=at))
    rows = (
        select(Component, Acknowledgement)
        .join(GuidanceAudience, GuidanceAudience.component_id == Component.id)
        .outerjoin(
            Acknowledgement,
            and_(
                Acknowledgement.guidance_id == GuidanceAudience.guidance_id,
                Acknowledgement.component_id == Component.id,
            ),
        )
        .where(GuidanceAudience.guidance_id == piece.id, own)
        .options(with_person(Acknowledgement.by))
    )
    return [Told(component, said) for component, said in session().execute(rows.order_by(Component.code))]


_SAID = select(Acknowledgement.id).where(
    Acknowledgement.guidance_id == Guidance.id, Acknowledgement.component_id == Component.id
)
# What Components of one's own have not acknowledged; takes `own`.
WAITING = (
    select(Guidance, Component)
    .join(GuidanceAudience, GuidanceAudience.guidance_id == Guidance.id)
    .join(Component, Component.id == GuidanceAudience.component_id)
    .where(IN_FORCE, Guidance.acknowledge_by.is_not(None), Component.id.in_(OWN), ~_SAID.exists())
)


def waiting(person: Person, *, at: datetime) -> list[tuple[Guidance, Component]]:
    """What waits to be acknowledged by a Component for which a person may do so, the soonest due first."""
    in_order = WAITING.order_by(Guidance.acknowledge_by, Guidance.id)
    found = session().execute(in_order, {"own": own_components(person, at=at)})
    return [(piece, each) for piece, each in found if may(person, Permission.ACKNOWLEDGE, each, at=at)]


def tallies(pieces: Sequence[Guidance]) -> Mapping[int, tuple[int, int]]:
    """Of each piece, to how many Components it was published and how many have acknowledged it."""
    of_them = [each.id for each in pieces]
    asked = select(GuidanceAudience.guidance_id, func.count()).where(GuidanceAudience.guidance_id.in_(of_them))
    came = select(Acknowledgement.guidance_id, func.count()).where(Acknowledgement.guidance_id.in_(of_them))
    told = dict(session().execute(asked.group_by(GuidanceAudience.guidance_id)).tuples().all())
    said = dict(session().execute(came.group_by(Acknowledgement.guidance_id)).tuples().all())
    return {each: (told.get(each, 0), said.get(each, 0)) for each in of_them}
