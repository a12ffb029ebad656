"""Where Components belong, over time: what a department's file says of it, and what it may not leave out."""

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
    """What the register knows of places and the file leaves out: a Component that is moved keeps its past."""
    for listed in organization.components:
        component = known.get(listed.code)
        if component is None:
            continue
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
