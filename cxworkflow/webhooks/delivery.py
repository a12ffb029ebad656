"""Making the deliveries that are owed: claimed, signed, sent side by side, settled."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import rfc8785
import structlog

from cxworkflow.db import session
from cxworkflow.models import Delivery, Event
from cxworkflow.outside import Resolve, resolved
from cxworkflow.services import delivering, webhooks
from cxworkflow.services.delivering import Claim, Outcome
from cxworkflow.services.record import moment_text
from cxworkflow.webhooks.request import post

log = structlog.get_logger()

A_WHILE = 30  # seconds after which a worker begins no more of them: others wait for it, too
UNSIGNED = (
    "Nothing was sent. Its secret came from a secret key that is no longer set. Give the address another secret on its "
    "page, and tell it to those who keep the other program."
)


@dataclass(frozen=True)
class Sender:
    """What sending needs to know: the secret keys, the present one first, and whether this machine may be asked."""

    keys: Sequence[str]
    loopback: bool
    resolve: Resolve = resolved


def deliver(sender: Sender, *, now: Callable[[], datetime], stop: Callable[[], bool] = lambda: False) -> int:
    """Make every delivery that is owed and may be tried now, for a while; returns how many arrived.

    Commits as it goes: what is tried counts as tried before it is.
    """
    began, arrived = time.monotonic(), 0
    delivering.reclaim()
    session().commit()
    with ThreadPoolExecutor(delivering.BATCH) as lines:
        while not stop() and time.monotonic() - began < A_WHILE:
            claim = delivering.claim()
            session().commit()
            if claim is None:
                break
            outcomes = _made(sender, claim, lines, at=now())
            delivering.settle(outcomes, claim, at=now())
            session().commit()
            arrived += sum(each.arrived for each in outcomes.values())
    return arrived


def _made(sender: Sender, claim: Claim, lines: ThreadPoolExecutor, *, at: datetime) -> dict[int, Outcome]:
    outcomes, under_way = {}, {}
    for delivery in delivering.claimed(claim):
        event = delivering.told(delivery, at=at)
        secret = webhooks.secret_of(delivery.webhook, sender.keys)
        if isinstance(event, str):
            delivering.withhold(delivery, event, claim)
        elif delivery.webhook.ended_at is not None:
            delivering.withhold(delivery, webhooks.ENDED, claim)
        elif secret is None:
            outcomes[delivery.id] = Outcome(False, None, UNSIGNED)
        else:
            body = body_of(event)
            headers = _headers(delivery, event, claim.now, webhooks.signature(secret, claim.now, body))
            send = partial(post, delivery.webhook.url, body, headers, loopback=sender.loopback, resolve=sender.resolve)
            under_way[delivery.id] = lines.submit(send)
    session().commit()  # nothing is held open while others take their time
    outcomes |= {delivery_id: made.result() for delivery_id, made in under_way.items()}
    for delivery_id, outcome in outcomes.items():
        if not outcome.arrived:
            log.warning("not delivered", delivery=delivery_id, status=outcome.status)
    return outcomes


def body_of(event: Event) -> bytes:
    """What is said of an event, as canonical JSON (RFC 8785): numbers, codes and moments, but no names and no texts."""
    told: dict[str, Any] = {
        "event": event.id,
        "line": event.seq,
        "kind": event.verb,
        "at": moment_text(event.at),
        "by": event.by_id,
        "as": event.by_role or None,
        "component": event.component.code if event.component else None,
        "strategy": event.strategy_id,
        "clock": event.clock_id,
        "version": event.version_id,
    }
    return rfc8785.dumps({name: value for name, value in told.items() if value is not None})


def _headers(delivery: Delivery, event: Event, timestamp: int, signature: str) -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        "User-Agent": "cxworkflow",
        "CXWorkflow-Delivery": str(delivery.token),
        "CXWorkflow-Kind": event.verb,
        "CXWorkflow-Timestamp": str(timestamp),
        "CXWorkflow-Signature": f"v1={signature}",
    }
