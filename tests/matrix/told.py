"""Other programs of the matrix that are told of events, and deliveries to them in each of their states."""

from typing import Any

from sqlalchemy import select

from cxworkflow.db import session
from cxworkflow.models import Delivery, DeliveryState, Event, Role, Webhook
from cxworkflow.services import webhooks
from tests.stage import Stage, eastern

URL, KINDS = "http://127.0.0.1:9/told", ["submit"]
DELIVERIES: dict[str, dict[str, Any]] = {
    "waiting": {"state": DeliveryState.OWED},
    "failed": {"state": DeliveryState.FAILED, "closed_reason": "No answer."},
    "delivered": {"state": DeliveryState.DELIVERED, "delivered_at": eastern("2023-12-19 15:00")},
}


def webhook(stage: Stage, *, ended: bool = False) -> Webhook:
    """One of the CIO's."""
    by, at = stage.person(Role.CIO), eastern("2023-12-19 15:00")
    key = "for tests only, and long enough for one"
    made = webhooks.register(URL, KINDS, loopback=True, key=key, by=by, at=at)
    if ended:
        webhooks.end(made, by=by, at=at)
    return made


def deliveries(stage: Stage) -> dict[str, dict[str, Any]]:
    """A delivery in each state."""
    to, found = webhook(stage), {}
    events = session().scalars(select(Event.id).order_by(Event.id).limit(len(DELIVERIES)))
    for (state, told), event_id in zip(DELIVERIES.items(), events, strict=True):
        row = Delivery(webhook_id=to.id, event_id=event_id, owed_at=eastern("2023-12-19 15:00"), **told)
        session().add(row)
        session().flush()
        found[state] = {"delivery_id": row.id}
    return found
