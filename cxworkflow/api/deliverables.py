"""What is delivered beside a paper, by the Directorate itself or by each Component, and what clock waits for it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pydantic import Field

from cxworkflow.api.asked import Asked
from cxworkflow.api.endpoint import Endpoint, Sent, Shape, Text
from cxworkflow.api.shapes import Somebody
from cxworkflow.models import Area, Deliverable, PolicyEdition
from cxworkflow.permissions import Permission, require
from cxworkflow.policies import DeliverableRule
from cxworkflow.queries import components, directorate
from cxworkflow.services import deliverables, policies


class DeliverableTold(Shape):
    """Something to be delivered, and what was said when it was."""

    policy: str
    what: str
    title: str
    clause: str
    stops: str | None = Field(description="The kind of clock that stops once all it waits for are delivered.")
    delivered_at: datetime | None
    by: Somebody | None
    statement: str

    @classmethod
    def of(cls, edition: PolicyEdition, rule: DeliverableRule, done: Deliverable | None) -> "DeliverableTold":
        """What the policy asks here, and whether it is done."""
        asked: dict[str, Any] = {name: getattr(rule, name) for name in ("title", "clause", "stops")}
        return cls(
            **asked,
            policy=edition.code,
            what=rule.id,
            delivered_at=done.delivered_at if done else None,
            by=Somebody.of(done.by) if done else None,
            statement=done.statement if done else "",
        )


class Deliverables(Shape):
    """All that is asked for, in the order of the policies."""

    items: list[DeliverableTold]


class HandedIn(Sent):
    """What was delivered, and to whom."""

    statement: Text


def of_directorate(asked: Asked, policy: str) -> Deliverables:
    """What a policy asks the Directorate itself to deliver."""
    require(asked.by, Permission.SEE_ALL, at=asked.at)
    edition = policies.edition_of(policy)
    return _all((edition, each.rule, each.done) for each in directorate.deliveries(edition))


def deliver(asked: Asked, policy: str, what: str) -> DeliverableTold:
    """Record one of the Directorate's own deliverables as done; the last one stops its clock."""
    edition = policies.edition_of(policy)
    done = deliverables.deliver(edition, what, by=asked.by, at=asked.at)
    return DeliverableTold.of(edition, edition.policy.deliverable(what), done)


def of_component(asked: Asked, component: str) -> Deliverables:
    """What policies ask a Component to deliver; nothing of it to who may not know how the Component stands."""
    profile = components.profile(asked.by, component, at=asked.at)
    return _all((each.edition, each.rule, each.done) for each in profile.asked)


def hand_in(asked: Asked, component: str, policy: str, what: str) -> DeliverableTold:
    """Record what the Component delivered beside its paper, in its own words; the clock that waits for it stops."""
    handing_in, edition = policies.component_of(component), policies.edition_of(policy)
    told = asked.words(HandedIn).statement
    done = deliverables.hand_in(edition, what, handing_in, statement=told, by=asked.by, at=asked.at)
    return DeliverableTold.of(edition, edition.policy.deliverable(what), done)


def _all(found: Iterable[tuple[PolicyEdition, DeliverableRule, Deliverable | None]]) -> Deliverables:
    return Deliverables(items=[DeliverableTold.of(*each) for each in found])


_OF_POLICY, _OF_COMPONENT = "/policies/<policy>/deliverables", "/components/<component>/deliverables"
_ONE = f"{_OF_COMPONENT}/<policy>/<what>"
_AREA = Area.POLICIES
ENDPOINTS = (
    Endpoint("GET", _OF_POLICY, _AREA, "List what the Directorate delivers", of_directorate, Deliverables),
    Endpoint("POST", f"{_OF_POLICY}/<what>", _AREA, "Record a deliverable as done", deliver, DeliverableTold),
    Endpoint("GET", _OF_COMPONENT, _AREA, "List what a Component delivers", of_component, Deliverables),
    Endpoint("POST", _ONE, _AREA, "Record what a Component delivered", hand_in, DeliverableTold, HandedIn),
)
