"""Addresses of other programs that are told of events: registered, given another secret, ended; deliveries replayed."""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from uuid import uuid4

from sqlalchemy import func, select, update

from cxworkflow.db import held, session
from cxworkflow.errors import Fault, InvalidInput, NotNow
from cxworkflow.models import Component, Delivery, DeliveryAttempt, DeliveryState, Person, Webhook
from cxworkflow.outside import Resolve, resolved, target
from cxworkflow.permissions import Permission, require
from cxworkflow.services import record
from cxworkflow.services.webhook_kinds import TITLES

ENDED = "The address was ended before this could be delivered."


def register(
    url: str,
    kinds: Sequence[str],
    *,
    component: Component | None = None,
    loopback: bool,
    key: str,
    by: Person,
    at: datetime,
    resolve: Resolve = resolved,
) -> Webhook:
    """Have this address told of events of these kinds from now on, of one Component or of all.

    `loopback` allows an address on this machine (in a demo); `key` is the secret key. Raises NotAllowed, InvalidInput.
    """
    role = require(by, Permission.KEEP_WEBHOOKS, at=at)
    if not kinds or not set(kinds) <= TITLES.keys():
        raise InvalidInput(None, [Fault("kinds", "Choose at least one of the kinds of events listed here.")])
    target(url, loopback=loopback, resolve=resolve)
    made = Webhook(
        url=url,
        kinds=sorted(set(kinds)),
        component_id=component.id if component else None,
        key_mark=mark_of(key),
        registered_at=at,
        by_id=by.id,
    )
    session().add(made)
    session().flush()
    details = {"webhook": made.id, "kinds": made.kinds}
    record.write("webhook-registered", by=by, as_role=role, at=at, component=component, details=details)
    return made


def renew(webhook: Webhook, *, key: str, by: Person, at: datetime) -> Webhook:
    """Give the address another secret, from the present secret key; the former one signs nothing any more."""
    role = require(by, Permission.KEEP_WEBHOOKS, at=at)
    webhook = _in_use(webhook)
    webhook.nonce, webhook.key_mark = uuid4(), mark_of(key)
    record.write("webhook-renewed", by=by, as_role=role, at=at, details={"webhook": webhook.id})
    return webhook


def end(webhook: Webhook, *, by: Person, at: datetime) -> None:
    """Tell the address nothing any more; what is still owed to it is closed."""
    role = require(by, Permission.KEEP_WEBHOOKS, at=at)
    webhook = _in_use(webhook)
    webhook.ended_at = at
    owed = update(Delivery).where(Delivery.webhook_id == webhook.id, Delivery.state == DeliveryState.OWED)
    session().execute(owed.values(state=DeliveryState.WITHHELD, closed_reason=ENDED))
    record.write("webhook-ended", by=by, as_role=role, at=at, details={"webhook": webhook.id})


def replay(delivery: Delivery, *, by: Person, at: datetime) -> None:
    """Owe a delivery once more that has failed, or has arrived and was lost there: under the same number."""
    role = require(by, Permission.KEEP_WEBHOOKS, at=at)
    delivery = held(delivery)
    if delivery.state not in (DeliveryState.FAILED, DeliveryState.DELIVERED) or delivery.webhook.ended_at is not None:
        raise NotNow("This delivery is still on its way, withheld, or of an address that was ended. Nothing was sent.")
    said = "Put back in the queue."
    session().add(
        DeliveryAttempt(delivery_id=delivery.id, number=delivery.attempt, tried_at=at, answer=said, by_id=by.id)
    )
    delivery.state, delivery.attempt = DeliveryState.OWED, 0
    delivery.delivered_at = delivery.closed_reason = delivery.claim = None
    delivery.next_try_at = func.clock_timestamp()
    session().info["owes"] = True  # rings the bell after the commit
    details = {"webhook": delivery.webhook_id, "delivery": delivery.id, "told": delivery.event_id}
    record.write("webhook-replayed", by=by, as_role=role, at=at, details=details)


def secret_of(webhook: Webhook, keys: Sequence[str]) -> str | None:
    """The secret with which its deliveries are signed; None once the key that it was made from is among none of these.

    It is made from the row and the secret key, so a copy of the database has none in it.
    """
    for key in keys:
        if hmac.compare_digest(mark_of(key), webhook.key_mark):
            said = f"webhook {webhook.id} {webhook.nonce}"
            return urlsafe_b64encode(hmac.digest(key.encode(), said.encode(), "sha256")).rstrip(b"=").decode()
    return None


def mark_of(key: str) -> str:
    """What tells one secret key from another, and nobody what it is."""
    return sha256(f"webhook {key}".encode()).hexdigest()[:12]


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """HMAC-SHA256 over `timestamp.body`, in hexadecimal digits; `timestamp` in whole seconds of Unix time."""
    return hmac.digest(secret.encode(), f"{timestamp}.".encode() + body, "sha256").hex()


def _in_use(webhook: Webhook) -> Webhook:
    webhook = held(webhook)
    if webhook.ended_at is not None:
        raise NotNow("This address has been ended already. Register it again if it is to be told of events.")
    return webhook


def without_secret(keys: Sequence[str]) -> int:
    """How many addresses in use need another secret, since the key that theirs was made from is none of these."""
    known = [mark_of(key) for key in keys]
    lost = select(func.count()).where(Webhook.ended_at.is_(None), Webhook.key_mark.not_in(known))
    return session().scalar(lost.select_from(Webhook)) or 0
