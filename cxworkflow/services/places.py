"""Where Components belong and what they are called, over time: what a department's file may not leave out of it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise

from sqlalchemy import delete

from cxworkflow.db import session
from cxworkflow.errors import Fault
from cxworkflow.models import Component, FormerPlace
from cxworkflow.policies.organizations import ListedComponent, Organization
from cxworkflow.policies.wording import quoted

Place = tuple[str | None, date]  # a Component's code, or None for the department itself; the day it was left


def left(noun: Component | ListedComponent) -> list[Place]:
    """The places that a Component has left, the first one first."""
    places = noun.former_places if isinstance(noun, Component) else noun.formerly_part_of
    return [(each.part_of, each.until_on) for each in places]


def forgotten(organization: Organization, known: Mapping[str, Component], *, on: date) -> Iterator[Fault]:
    """What the register knows and the file leaves out: a Component that is moved or renamed keeps its past."""
    for listed in organization.components:
        component = known.get(listed.code)
        if component is not None:
            yield from _forgotten_places(component, listed, on)
            yield from _forgotten_names(component, listed, on)


def _forgotten_places(component: Component, listed: ListedComponent, on: date) -> Iterator[Fault]:
    had = {place for place, _ in left(component)} | {component.part_of}
    said = {place for place, _ in left(listed)} | {listed.part_of}
    for place in sorted(had - said, key=str):
        was, named = "no other Component", ""
        if place is not None:
            was, named = quoted(place), f'part_of = "{place}", '
        yield Fault(
            f"components[{listed.code}].part_of",
            f"The register says that it was a part of {was}, and the file no longer does. Say until when, such as: "
            f"formerly_part_of = [{{ {named}until_on = {on.isoformat()} }}], the first day on which it was not.",
        )


def _forgotten_names(component: Component, listed: ListedComponent, on: date) -> Iterator[Fault]:
    had = [*(each["name"] for each in component.formerly), component.name]
    said = {listed.name, *(each.name for each in listed.formerly)}
    for name in dict.fromkeys(each for each in had if each not in said):
        yield Fault(
            f"components[{listed.code}].name",
            f"The register says that it was called {quoted(name)}, and the file no longer does. Say until when, such "
            f'as: formerly = [{{ name = "{name}", until_on = {on.isoformat()} }}], the first day of another name. '
            "What it filed bears the name of its day, one that was misspelt, too.",
        )


def keep(department: str, moved: Sequence[tuple[Component, ListedComponent]]) -> None:
    """Take over the former places of Components, in the stead of those known before."""
    ids = [component.id for component, _ in moved]
    session().execute(delete(FormerPlace).where(FormerPlace.component_id.in_(ids)))
    for component, listed in moved:
        starts = [None, *(until_on for _, until_on in left(listed))]
        for (from_on, until_on), (place, _) in zip(pairwise(starts), left(listed), strict=True):
            dates = {"from_on": from_on, "until_on": until_on}
            session().add(FormerPlace(department=department, component_id=component.id, part_of=place, **dates))
        session().expire(component, ["former_places"])
    session().flush()
