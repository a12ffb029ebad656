"""Other programs that are told of events, and what became of each delivery to them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from cxworkflow.db import session
from cxworkflow.errors import NotFound
from cxworkflow.models import Component, Delivery, DeliveryState, Event, Webhook
from cxworkflow.queries.names import with_person
from cxworkflow.queries.paging import Order, both_ways

ORDERS = {
    "-owed": Order("The latest first", (Delivery.id.desc(),)),
    "owed": Order("The oldest first", (Delivery.id,)),
}


WAITING = (DeliveryState.OWED, DeliveryState.SENDING)
ALL = "all"  # what an address is of that is told of every Component and of the Department
ADDRESS_ORDERS = {
    "in-use": Order("In use first", (Webhook.ended_at.desc().nulls_first(), Webhook.id)),
    **both_ways("url", "By address, A to Z", "By address, Z to A", Webhook.url, Webhook.id),
    **both_ways("registered", "The oldest first", "The latest first", Webhook.registered_at, Webhook.id),
}


def kept(*, in_use: bool | None = None, component: str | None = None) -> Select[Any]:
    """Every address ever registered, or those that are wanted: Webhook, deliveries made, waiting and failed."""
    counted = (
        select(
            Delivery.webhook_id,
            func.count().filter(Delivery.state == DeliveryState.DELIVERED).label("delivered"),
            func.count().filter(Delivery.state.in_(WAITING)).label("waiting"),
            func.count().filter(Delivery.state == DeliveryState.FAILED).label("failed"),
        )
        .group_by(Delivery.webhook_id)
        .subquery()
    )
    numbers = (func.coalesce(each, 0) for each in (counted.c.delivered, counted.c.waiting, counted.c.failed))
    found = (
        select(Webhook, *numbers)
        .outerjoin(counted, counted.c.webhook_id == Webhook.id)
        .outerjoin(Webhook.component)
        .options(with_person(Webhook.by), contains_eager(Webhook.component))
    )
    if in_use is not None:
        found = found.where(Webhook.ended_at.is_(None) if in_use else Webhook.ended_at.is_not(None))
    if component is not None:
        found = found.where(Webhook.component_id.is_(None) if component == ALL else Component.code == component)
    return found


def any_kept() -> bool:
    """Whether an address was ever registered."""
    return session().scalar(select(select(Webhook.id).exists())) or False


def one(webhook_id: int) -> Webhook:
    """An address; raises NotFound."""
    wanted = select(Webhook).where(Webhook.id == webhook_id)
    found = session().scalar(wanted.options(with_person(Webhook.by), joinedload(Webhook.component)))
    if found is None:
        raise NotFound("There is no such address, or you may not know of it.")
    return found


def deliveries(webhook: Webhook, states: Sequence[DeliveryState]) -> Select[tuple[Delivery]]:
    """What was owed to an address and stands so, to be read in one of the `ORDERS`."""
    return select(Delivery).where(Delivery.webhook_id == webhook.id, Delivery.state.in_(states))


def delivery(delivery_id: int) -> Delivery:
    """A delivery with every attempt at it; raises NotFound. Its event is read apart, by who may see it."""
    wanted = select(Delivery).join(Delivery.webhook).where(Delivery.id == delivery_id)
    loaded = wanted.options(contains_eager(Delivery.webhook), selectinload(Delivery.attempts))
    found = session().scalar(loaded)
    if found is None:
        raise NotFound("There is no such delivery, or you may not know of it.")
    return found


def event_of(found: Delivery) -> Event | None:
    """The event that a delivery tells of, if whoever asks may see it."""
    return session().scalar(select(Event).where(Event.id == found.event_id).options(joinedload(Event.component)))


def components() -> list[Component]:
    """The Components among which one can choose."""
    return list(session().scalars(select(Component).order_by(Component.code)))
