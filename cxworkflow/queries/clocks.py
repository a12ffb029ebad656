"""Clocks for the list and for a clock's own page, as far as a person may know of them."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, case, func, select, true
from sqlalchemy.orm import selectinload

from cxworkflow.calendar import ClockState, day_of
from cxworkflow.db import session
from cxworkflow.errors import NotFound
from cxworkflow.models import Clock, ClockChange, Component, ExtensionRequest, Notice, Person, PolicyEdition
from cxworkflow.permissions import Permission, may
from cxworkflow.queries.names import with_person
from cxworkflow.queries.paging import Order, both_ways
from cxworkflow.scope import present


@dataclass(frozen=True)
class Wanted:
    """What a list of clocks is narrowed down to; None: everything."""

    kind: str | None = None
    state: ClockState | None = None
    component: str | None = None


STOPPED = Clock.stopped_on.is_not(None)
ORDERS = {
    "due": Order("Due first", (STOPPED, Clock.due_on, Component.code, Clock.id)),
    "-due": Order("Due last", (STOPPED, Clock.due_on.desc(), Component.code, Clock.id)),
    **both_ways(
        "component", "By Component, A to Z", "By Component, Z to A", Component.code, STOPPED, Clock.due_on, Clock.id
    ),
    **both_ways("kind", "By kind", "By kind, backwards", Clock.kind, STOPPED, Clock.due_on, Clock.id),
    "-started": Order("Started last", (Clock.started_on.desc(), Clock.id)),
}


_EDITIONS = select(PolicyEdition).order_by(
    PolicyEdition.signed_on.desc(), PolicyEdition.code.desc(), PolicyEdition.id.desc()
)


def editions() -> list[PolicyEdition]:
    """The editions in force, of one policy the latest first. They serve every clock and strategy of the request.

    Several parts of a page ask for them: while its transaction lasts, in the same scope, they are read once.
    """
    now = (session()().get_transaction(), present())
    known, found = session().info.get("editions", (None, []))
    if now[0] is None or known != now:
        found = list(session().scalars(_EDITIONS))
        session().info["editions"] = ((session()().get_transaction(), present()), found)
    return list(found)


def latest_editions() -> list[PolicyEdition]:
    """Of each policy the latest edition: under it a strategy is begun."""
    found: dict[str, PolicyEdition] = {}
    for edition in editions():
        found.setdefault(edition.code, edition)
    return list(found.values())


def sees_every_clock(person: Person, *, at: datetime) -> bool:
    """Whether the person may know of the clocks of all Components."""
    return may(person, Permission.SEE_ALL, at=at) or may(person, Permission.SEE_OPERATIONS, at=at)


# Where a statement is written once and asked of many: `own_components` of the person.
OWN: BindParameter[list[int]] = bindparam("own", expanding=True)


def own_components(person: Person, *, at: datetime) -> list[int]:
    """The Components for which the person holds a role on this day."""
    return [
        held.component_id for held in person.appointments if held.component_id is not None and held.in_force(day_of(at))
    ]


def sees_strategy_of(person: Person, component_id: int | None, *, at: datetime) -> bool:
    """Whether the person may know of the strategy that a clock or notice of this Component is about."""
    return may(person, Permission.SEE_ALL, at=at) or component_id in own_components(person, at=at)


def in_sight(person: Person, *, at: datetime) -> ColumnElement[bool]:
    """The clocks a person may know of: all of them, or those of the person's own Components."""
    if sees_every_clock(person, at=at):
        return true()
    return Clock.component_id.in_(own_components(person, at=at))


def in_state(state: ClockState, on: date) -> ColumnElement[bool]:
    """`Run.state` as the database sees it."""
    open_and_counting = and_(Clock.stopped_on.is_(None), Clock.paused_on.is_(None))
    return {
        ClockState.RUNNING: and_(open_and_counting, Clock.due_on >= on),
        ClockState.OVERDUE: and_(open_and_counting, Clock.due_on < on),
        ClockState.PAUSED: and_(Clock.stopped_on.is_(None), Clock.paused_on.is_not(None)),
        ClockState.MET: and_(Clock.stopped_on <= Clock.due_on, ~Clock.lifted),
        ClockState.LATE: and_(Clock.stopped_on > Clock.due_on, ~Clock.lifted),
        ClockState.LIFTED: Clock.lifted.is_(True),
    }[state]


def find(person: Person, wanted: Wanted, *, at: datetime) -> Select[tuple[Clock]]:
    """The clocks that are wanted, to be read in one of the `ORDERS`."""
    found = select(Clock).outerjoin(Component, Component.id == Clock.component_id).where(in_sight(person, at=at))
    # Commitments have a list of their own; here their clocks come only if they are asked for.
    found = found.where(Clock.commitment_id.is_(None) if wanted.kind is None else Clock.kind == wanted.kind)
    if wanted.state is not None:
        found = found.where(in_state(wanted.state, day_of(at)))
    if wanted.component is not None:
        found = found.where(Component.code == wanted.component)
    return found


def one(person: Person, clock_id: int, *, at: datetime) -> Clock:
    """A clock with its history; raises NotFound also where the person may not know of it."""
    wanted = select(Clock).where(Clock.id == clock_id, in_sight(person, at=at))
    clock = session().scalar(
        wanted.options(selectinload(Clock.changes).joinedload(ClockChange.by).lazyload(Person.appointments))
    )
    if clock is None:
        raise NotFound("There is no such clock, or you may not know of it.")
    return clock


def reminders(clock: Clock) -> list[Notice]:
    """Every reminder ever owed about this clock, in the order in which they fired."""
    wanted = select(Notice).where(Notice.clock_id == clock.id, Notice.kind == "deadline")
    return list(session().scalars(wanted.options(with_person(Notice.person)).order_by(Notice.owed_on, Notice.id)))


def requests(clock: Clock) -> list[ExtensionRequest]:
    """The extensions asked for, the latest first."""
    wanted = select(ExtensionRequest).where(ExtensionRequest.clock_id == clock.id)
    people = with_person(ExtensionRequest.by), with_person(ExtensionRequest.decided_by)
    return list(session().scalars(wanted.options(*people).order_by(ExtensionRequest.id.desc())))


def tally(edition: PolicyEdition, on: date) -> dict[ClockState, int]:
    """How many of an edition's clocks stand in each state on a day: one statement."""
    state = case(*((in_state(each, on), each.value) for each in ClockState))
    of_it = (Clock.edition_id == edition.id, Clock.commitment_id.is_(None))
    counted = select(state, func.count()).where(*of_it).group_by(state)
    found = {ClockState(value): count for value, count in session().execute(counted)}
    return {each: found.get(each, 0) for each in ClockState}
