"""A Component: its people for everybody, and what lies behind it for those who may know."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

from cxworkflow.calendar import day_of
from cxworkflow.db import rows, session
from cxworkflow.errors import NotFound
from cxworkflow.models import (
    Appointment,
    Clock,
    Component,
    Deliverable,
    Event,
    FormerPlace,
    Person,
    PolicyEdition,
    Strategy,
)
from cxworkflow.models.event import WATCHED
from cxworkflow.permissions import Permission, may
from cxworkflow.policies import DeliverableRule
from cxworkflow.queries.clocks import latest_editions, own_components, sees_every_clock

LATEST = 60  # events on a Component's page; several can make one line


@dataclass(frozen=True)
class Asked:
    """Something that a policy asks the Component to deliver beside its paper, and what was said when it was."""

    edition: PolicyEdition
    rule: DeliverableRule
    done: Deliverable | None


@dataclass(frozen=True)
class Profile:
    """A Component's page. Where the person may not know more, only the Component and its people.

    `on` is the day as of which it is told what the Component was called, where it belonged and what was a part of it.
    """

    component: Component
    on: date
    people: Sequence[Appointment]
    is_open: bool
    to_begin: Sequence[PolicyEdition]
    strategies: Sequence[Strategy]
    clocks: Sequence[Clock]
    events: Sequence[Event]
    asked: Sequence["Asked"] = ()
    parts: Sequence[Component] = ()
    former_parts: Sequence[tuple[Component, date]] = ()  # each with the first day on which it was elsewhere
    continued_by: Component | None = None

    @property
    def filed(self) -> list[Strategy]:
        """The strategies of which a version was submitted: a new one can start from them."""
        return [strategy for strategy in self.strategies if strategy.current_version_id is not None]


def codes(person: Person, *, at: datetime, most: int) -> Sequence[str]:
    """The codes of the Components that the person may know more of, as many as asked for, in their order."""
    wanted = select(Component.code).order_by(Component.code).limit(most)
    if not sees_every_clock(person, at=at):
        wanted = wanted.where(Component.id.in_(own_components(person, at=at)))
    return session().scalars(wanted).all()


def code_like(typed: str) -> str | None:
    """The code that was typed, if a Component has it, in whatever letters."""
    return session().scalar(select(Component.code).where(func.upper(Component.code) == typed.upper()).limit(1))


def coded(code: str | None) -> Component | None:
    """The Component with this code, if there is one."""
    return session().scalar(select(Component).where(Component.code == code)) if code else None


def profile(person: Person, code: str, *, as_of: date | None = None, at: datetime) -> Profile:
    """The page of one Component, with its name and place as of a day, or of today; raises NotFound."""
    component = session().scalar(select(Component).where(Component.code == code))
    if component is None:
        raise NotFound(f"There is no Component “{code}”.")
    on = day_of(at)
    held = select(Appointment).where(Appointment.component_id == component.id)
    people = [each for each in session().scalars(held.options(joinedload(Appointment.person))) if each.in_force(on)]
    people.sort(key=lambda each: (list(type(each.role)).index(each.role), each.person.name))
    if not sees(person, component, at=at):
        return Profile(component, as_of or on, people, False, (), (), (), ())
    in_force = [
        each for each in latest_editions() if each.policy.department == component.department and each.policy.sections
    ]
    strategies = (
        session().scalars(select(Strategy).where(Strategy.component_id == component.id).order_by(Strategy.id)).all()
    )
    begun = {strategy.edition.code for strategy in strategies}
    leads = component.files != "covered" and may(person, Permission.ASSIGN_SECTION, component, at=at)
    clocks = select(Clock).where(Clock.component_id == component.id)
    events = select(Event).where(Event.component_id == component.id, Event.verb.not_in(WATCHED))
    return Profile(
        component,
        as_of or on,
        people,
        True,
        [edition for edition in in_force if leads and edition.code not in begun],
        strategies,
        session().scalars(clocks.order_by(Clock.stopped_on.is_not(None), Clock.due_on, Clock.id)).all(),
        session().scalars(events.order_by(Event.at.desc(), Event.id.desc()).limit(LATEST)).all()
        if may(person, Permission.SEE_DRAFT, component, at=at)
        else (),
        _asked(component),
        *_kin(component, as_of or on),
    )


def _kin(
    component: Component, on: date
) -> tuple[Sequence[Component], Sequence[tuple[Component, date]], Component | None]:
    """What is a part of a Component on a day, what was one before, and the one that it was merged into."""
    theirs = select(Component).where(Component.department == component.department).order_by(Component.code)
    here = select(FormerPlace.component_id).where(
        FormerPlace.department == component.department,
        FormerPlace.part_of == component.code,
        FormerPlace.until_on > on,
        or_(FormerPlace.from_on.is_(None), FormerPlace.from_on <= on),
    )
    moved_later = select(FormerPlace.component_id).where(
        FormerPlace.department == component.department, FormerPlace.until_on > on
    )
    is_here = (Component.part_of == component.code) & Component.id.not_in(moved_later)
    there = Component.from_on <= on, or_(Component.until_on.is_(None), Component.until_on > on)
    parts = session().scalars(theirs.where(is_here | Component.id.in_(here), *there)).all()
    gone = theirs.add_columns(FormerPlace.until_on).join(FormerPlace, FormerPlace.component_id == Component.id)
    gone = gone.where(FormerPlace.part_of == component.code, FormerPlace.until_on <= on)
    former = [(part, until_on) for part, until_on in session().execute(gone).tuples()]
    later = session().scalars(theirs.where(Component.continues.contains([component.code]))).first()
    return parts, former, later


def with_places(found: Select[Any]) -> Select[Any]:
    """The same rows of Components, with the places that each has left."""
    return found.options(selectinload(Component.former_places))


def _next_kind(after: ColumnElement[bool]) -> Select[tuple[str]]:
    return select(func.min(Component.kind)).where(Component.department == bindparam("department"), after)


# From one kind to the next by the index: few kinds, and any number of Components.
_FIRST = _next_kind(true()).cte("kinds", recursive=True)
_ALL = _FIRST.union_all(
    select(_next_kind(Component.kind > _FIRST.c[0]).scalar_subquery()).where(_FIRST.c[0].is_not(None))
)
_KINDS = select(_ALL.c[0]).where(_ALL.c[0].is_not(None))


def kinds(department: str) -> Sequence[str]:
    """The kinds of Components that a department has, each once, in order."""
    return [kind for (kind,) in rows(_KINDS, department=department)]


def _asked(component: Component) -> list[Asked]:
    if component.files == "covered":
        return []
    handed_in = session().scalars(select(Deliverable).where(Deliverable.component_id == component.id))
    done = {(each.edition.code, each.what): each for each in handed_in}
    return [
        Asked(edition, rule, done.get((edition.code, rule.id)))
        for edition in latest_editions()
        if edition.policy.department == component.department
        for rule in edition.policy.delivered_by("component")
    ]


def sees(person: Person, component: Component, *, at: datetime) -> bool:
    """Whether the person may know how this Component stands."""
    return may(person, Permission.SEE_DRAFT, component, at=at) or may(person, Permission.SEE_ALL, at=at)
