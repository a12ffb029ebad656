"""Other programs that are told of events, and what became of each delivery to them."""

from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from cxworkflow.db import session
from cxworkflow.errors import NotFound
from cxworkflow.models import Component, Delivery, DeliveryState, Event, Webhook
from cxworkflow.queries.names import with_person
from cxworkflow.queries.paging import Order

ORDERS = {
    "-owed": Order("The latest first", (Delivery.id.desc(),)),
    "owed": Order("The oldest first", (Delivery.id,)),
}


@dataclass(frozen=True)
class Kept:
    """An address, and how many of its deliveries stand in each state."""

    webhook: Webhook
    tally: dict[DeliveryState, int]


def kept() -> list[Kept]:
    """Every address ever registered, those in use first."""
    counted: dict[int, dict[DeliveryState, int]] = {}
    by_state = select(Delivery.webhook_id, Delivery.state, func.count()).group_by(Delivery.webhook_id, Delivery.state)
    for webhook_id, state, number in session().execute(by_state):
        counted.setdefault(webhook_id, {})[state] = number
    wanted = select(Webhook).order_by(Webhook.ended_at.desc().nulls_first(), Webhook.id)
    loaded = wanted.options(with_person(Webhook.by), joinedload(Webhook.component))
    return [Kept(each, counted.get(each.id, {})) for each in session().scalars(loaded)]


def one(webhook_id: int) -> Webhook:
    """An address; raises NotFound."""
    wanted = select(Webhook).where(Webhook.id == webhook_id)
    found = session().scalar(wanted.options(with_person(Webhook.by), joinedload(Webhook.component)))
    if found is None:
        raise NotFound("There is no such address, or you may not know of it.")
    return found


def deliveries(webhook: Webhook, state: DeliveryState | None) -> Select[tuple[Delivery]]:
    """What was owed to an address, to be read in one of the `ORDERS`."""
    wanted = select(Delivery).where(Delivery.webhook_id == webhook.id)
    return wanted if state is None else wanted.where(Delivery.state == state)


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
