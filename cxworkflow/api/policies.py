"""Policies in force, as their files say, and the register of Components."""

from datetime import date
from typing import Any

from pydantic import Field
from sqlalchemy import select

from cxworkflow.api.asked import Asked
from cxworkflow.api.endpoint import Endpoint, Page, Paged, Shape
from cxworkflow.api.paging import page
from cxworkflow.calendar import day_of
from cxworkflow.errors import NotFound
from cxworkflow.models import Area, Component, PolicyEdition
from cxworkflow.queries.clocks import editions
from cxworkflow.queries.components import with_places
from cxworkflow.services import policies


class PolicyRow(Shape):
    """A policy in a list."""

    id: str
    title: str
    short_title: str
    signed_on: date
    sha256: str

    @classmethod
    def of(cls, edition: PolicyEdition) -> "PolicyRow":
        """This policy."""
        return cls(**_told(edition))


class PolicyTold(PolicyRow):
    """A policy as it stands in its file."""

    content: dict[str, Any] = Field(description="Clauses, clocks, ladders, sections with their fields, and words.")


class FormerName(Shape):
    """A name that a Component had."""

    name: str
    until_on: date = Field(description="The first day on which it was called otherwise.")


class FormerPlace(Shape):
    """Where a Component belonged."""

    part_of: str | None = Field(description="The code of that Component; none: it was a part of no other.")
    from_on: date | None = Field(description="The first day; none: from the beginning.")
    until_on: date = Field(description="The first day on which it belonged elsewhere.")


class ComponentTold(Shape):
    """A Component in the register."""

    code: str
    name: str
    department: str
    kind: str
    hisp: bool = Field(description="Whether it is a High Impact Service Provider.")
    files: str = Field(description="self, covered (by another, which files for it), or invited")
    covered_by: str | None = Field(description="The code of the Component that files for it.")
    from_on: date
    until_on: date | None
    in_force: bool
    part_of: str | None = Field(description="The code of the Component that it belongs to today.")
    formerly: list[FormerName] = Field(description="The names that it had, the oldest first.")
    formerly_part_of: list[FormerPlace] = Field(
        description="The places that it has left, or is to leave on a day that is known, the first one first."
    )
    continues: list[str] = Field(description="The codes of those that were merged into it, or that it had before.")


def index(asked: Asked) -> Page[PolicyRow]:
    """The policies in force."""
    assert isinstance(asked.query, Paged)
    rows, further = page(select(PolicyEdition), PolicyEdition.id, asked.query)
    return Page[PolicyRow](items=[PolicyRow.of(each) for each in rows], next=further)


def one(asked: Asked, policy: str) -> PolicyTold:  # noqa: ARG001  # everybody reads the same
    """A policy, with all that it asks."""
    edition = next((each for each in editions() if each.code == policy), None)
    if edition is None:
        raise NotFound("There is no such policy here.")
    return PolicyTold(**_told(edition), content=edition.policy.model_dump(mode="json"))


def components(asked: Asked) -> Page[ComponentTold]:
    """The register of Components."""
    assert isinstance(asked.query, Paged)
    rows, further = page(with_places(select(Component)), Component.id, asked.query)
    return Page[ComponentTold](items=[_component(each, day_of(asked.at)) for each in rows], next=further)


def component(asked: Asked, component: str) -> ComponentTold:
    """A Component."""
    return _component(policies.component_of(component), day_of(asked.at))


def _component(found: Component, on: date) -> ComponentTold:
    names = ("code", "name", "department", "kind", "hisp", "files", "covered_by", "from_on", "until_on")
    places = [
        FormerPlace(part_of=each.part_of, from_on=each.from_on, until_on=each.until_on) for each in found.former_places
    ]
    return ComponentTold(
        **{name: getattr(found, name) for name in names},
        in_force=found.in_force(on),
        part_of=found.part_of_on(on),
        formerly=[FormerName.model_validate(each) for each in found.formerly],
        formerly_part_of=places,
        continues=found.continues,
    )


def _told(edition: PolicyEdition) -> dict[str, Any]:
    return {
        "id": edition.code,
        "title": edition.title,
        "short_title": edition.policy.short_title,
        "signed_on": edition.signed_on,
        "sha256": edition.sha256,
    }


ENDPOINTS = (
    Endpoint("GET", "/policies", Area.POLICIES, "List policies", index, Page[PolicyRow], asks=Paged),
    Endpoint("GET", "/policies/<policy>", Area.POLICIES, "Read a policy", one, PolicyTold),
    Endpoint(
        "GET",
        "/components",
        Area.POLICIES,
        "List Components",
        components,
        Page[ComponentTold],
        asks=Paged,
        listed="Components",
    ),
    Endpoint("GET", "/components/<component>", Area.POLICIES, "Read a Component", component, ComponentTold),
)
