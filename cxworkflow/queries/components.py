"""The Components: the register for everybody, and what lies behind each for those who may know."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from cxworkflow.calendar import day_of
from cxworkflow.db import session
from cxworkflow.errors import NotFound
from cxworkflow.models import Appointment, Clock, Component, Event, Person, PolicyEdition, Strategy
from cxworkflow.models.event import WATCHED
from cxworkflow.permissions import Permission, may
from cxworkflow.queries.clocks import editions

KINDS = ("operational", "support", "headquarters", "independent")
LATEST = 60  # events on a Component's page; several can make one line


@dataclass(frozen=True)
class Entry:
    """A Component in the register; its strategies and its next clock only where the person may know of them."""

    component: Component
    strategies: Sequence[Strategy]
    clock: Clock | None


@dataclass(frozen=True)
class Profile:
    """A Component's page. Where the person may not know more, only the Component and its people."""

    component: Component
    people: Sequence[Appointment]
    is_open: bool
    to_begin: Sequence[PolicyEdition]
    strategies: Sequence[Strategy]
    clocks: Sequence[Clock]
    events: Sequence[Event]


def register(person: Person, *, at: datetime) -> list[tuple[str, list[Entry]]]:
    """Kind by kind, the Components of this day: four statements."""
    on = day_of(at)
    editions()
    present = select(Component).where(Component.from_on <= on, Component.until_on.is_(None) | (Component.until_on > on))
    found = sorted(session().scalars(present), key=lambda each: (_place(each.kind), each.code))
    begun = session().scalars(select(Strategy).order_by(Strategy.id)).all()
    running = select(Clock).where(Clock.stopped_on.is_(None), Clock.component_id.is_not(None))
    clocks = session().scalars(running.order_by(Clock.due_on, Clock.id)).all()
    entries = [
        Entry(
            component,
            [each for each in begun if each.component_id == component.id],
            next((clock for clock in clocks if clock.component_id == component.id), None),
        )
        if sees(person, component, at=at)
        else Entry(component, (), None)
        for component in found
    ]
    return [(kind, list(group)) for kind, group in groupby(entries, key=lambda entry: entry.component.kind)]


def profile(person: Person, code: str, *, at: datetime) -> Profile:
    """The page of one Component; raises NotFound."""
    component = session().scalar(select(Component).where(Component.code == code))
    if component is None:
        raise NotFound(f"There is no Component “{code}”.")
    on = day_of(at)
    held = select(Appointment).where(Appointment.component_id == component.id)
    people = [each for each in session().scalars(held.options(joinedload(Appointment.person))) if each.in_force(on)]
    people.sort(key=lambda each: (list(type(each.role)).index(each.role), each.person.name))
    if not sees(person, component, at=at):
        return Profile(component, people, False, (), (), (), ())
    in_force = [each for each in editions() if each.policy.department == component.department and each.policy.sections]
    strategies = (
        session().scalars(select(Strategy).where(Strategy.component_id == component.id).order_by(Strategy.id)).all()
    )
    begun = {strategy.edition_id for strategy in strategies}
    leads = component.files != "ocio" and may(person, Permission.ASSIGN_SECTION, component, at=at)
    clocks = select(Clock).where(Clock.component_id == component.id)
    events = select(Event).where(Event.component_id == component.id, Event.verb.not_in(WATCHED))
    return Profile(
        component,
        people,
        True,
        [edition for edition in in_force if leads and edition.id not in begun],
        strategies,
        session().scalars(clocks.order_by(Clock.stopped_on.is_not(None), Clock.due_on, Clock.id)).all(),
        session().scalars(events.order_by(Event.at.desc(), Event.id.desc()).limit(LATEST)).all()
        if may(person, Permission.SEE_DRAFT, component, at=at)
        else (),
    )


def sees(person: Person, component: Component, *, at: datetime) -> bool:
    """Whether the person may know how this Component stands."""
    return may(person, Permission.SEE_DRAFT, component, at=at) or may(person, Permission.SEE_ALL, at=at)


def _place(kind: str) -> int:
    return KINDS.index(kind) if kind in KINDS else len(KINDS)
