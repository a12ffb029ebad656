"""Deliveries to other programs: claimed with a lease, counted before they are tried, tried again after a growing wait.

A sender that dies has perhaps delivered one that is delivered again, under the same number: at least once, never lost.
Leases and waits run on the database server's real time, so no clock of a worker or of the demo decides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import func, select, text
from sqlalchemy.orm import joinedload

from cxworkflow.db import session
from cxworkflow.models import Delivery, Event, Webhook
from cxworkflow.permissions import Permission, may
from cxworkflow.permissions.reach import scope_of
from cxworkflow.scope import within

BATCH = 8  # at once, each by a line of its own
LEASE = timedelta(minutes=2)  # longer than a name and an answer can take together
FIRST_WAIT = timedelta(seconds=15)  # doubled with each attempt, up to the next
LONGEST_WAIT = timedelta(hours=1)
MOST_ATTEMPTS = 32  # with these waits, a day of trying before a person is asked
KEPT = timedelta(days=90)

OUT_OF_SIGHT = "Who registered the address may not see this event."
NO_LONGER_KEPT = "Who registered the address may not keep such addresses any more. Somebody else can register it."


@dataclass(frozen=True)
class Outcome:
    """How an attempt ended: whether it arrived, the status that was answered if one was, and what was said."""

    arrived: bool
    status: int | None
    answer: str


@dataclass(frozen=True)
class Claim:
    """Deliveries that one sender holds for a while, all of them counted as attempted. `now`: Unix time in seconds."""

    token: UUID
    ids: tuple[int, ...]
    now: int


def claim() -> Claim | None:
    """Take some deliveries that are owed and may be tried now; None when there is nothing to take."""
    token = uuid4()
    ids, now = session().execute(_CLAIM, {"token": token, "lease": LEASE, "batch": BATCH}).one()
    return Claim(token, tuple(ids), int(now)) if ids else None


_CLAIM = text(
    """
    with claimed as (
        update webhook_delivery
           set state = 'sending', claim = :token, attempt = attempt + 1,
               lease_until = clock_timestamp() + cast(:lease as interval)
         where id = any(array(
               select id from webhook_delivery
                where open and state = 'owed' and next_try_at <= clock_timestamp()
                order by next_try_at, id limit :batch for update skip locked))
        returning id
    )
    select coalesce(array_agg(id order by id), '{}'), extract(epoch from clock_timestamp()) from claimed
    """
)


def claimed(held: Claim) -> Sequence[Delivery]:
    """The deliveries of a claim, with their addresses."""
    wanted = select(Delivery).where(Delivery.id.in_(held.ids)).order_by(Delivery.id)
    loaded = wanted.options(joinedload(Delivery.webhook).joinedload(Webhook.by))
    return session().scalars(loaded.execution_options(populate_existing=True)).all()


def told(delivery: Delivery, *, at: datetime) -> Event | str:
    """The event, as who registered the address may see it now, or why it is withheld: the database decides on it."""
    person = delivery.webhook.by
    with within(scope_of(person, at=at, department=delivery.webhook.department)):
        if not may(person, Permission.KEEP_WEBHOOKS, at=at):
            return NO_LONGER_KEPT
        seen = select(Event).where(Event.id == delivery.event_id).options(joinedload(Event.component))
        return session().scalar(seen.execution_options(populate_existing=True)) or OUT_OF_SIGHT


def withhold(delivery: Delivery, reason: str, held: Claim) -> None:
    """Close a delivery that is not to be made."""
    session().execute(_WITHHOLD, {"id": delivery.id, "token": held.token, "reason": reason})


_WITHHOLD = text(
    "update webhook_delivery set state = 'withheld', closed_reason = :reason, lease_until = null, claim = null "
    "where id = :id and claim = :token and state = 'sending'"
)


def settle(outcomes: Mapping[int, Outcome], held: Claim, *, at: datetime) -> None:
    """Record how attempts ended: delivered, tried again after a growing wait, or left to a person."""
    for delivery_id, outcome in outcomes.items():
        values = {
            "id": delivery_id,
            "token": held.token,
            "arrived": outcome.arrived,
            "status": outcome.status,
            "answer": outcome.answer,
            "at": at,
            "most": MOST_ATTEMPTS,
            "first": FIRST_WAIT,
            "longest": LONGEST_WAIT,
        }
        session().execute(_SETTLE, values)


_SETTLE = text(
    """
    with settled as (
        update webhook_delivery set
            state = case when :arrived then 'delivered' when attempt >= :most then 'failed' else 'owed' end,
            delivered_at = case when :arrived then cast(:at as timestamptz) end,
            closed_reason = case when not :arrived and attempt >= :most then cast(:answer as text) end,
            next_try_at = clock_timestamp()
                        + least(cast(:longest as interval), cast(:first as interval) * (2 ^ least(attempt - 1, 20))),
            claim = null, lease_until = null
         where id = :id and claim = :token and state = 'sending'
        returning id, attempt
    )
    insert into webhook_attempt (delivery_id, number, tried_at, status, answer)
    select id, attempt, cast(:at as timestamptz), :status, :answer from settled
    """
)


def reclaim() -> None:
    """Take back what dead senders held."""
    session().execute(
        text(
            "update webhook_delivery set state = 'owed', claim = null, lease_until = null "
            "where open and state = 'sending' and lease_until < clock_timestamp()"
        )
    )


def remove_old() -> int:
    """Remove deliveries that ended long ago, with their attempts; returns how many."""
    gone = text(
        "delete from webhook_delivery where not open and owed_at < clock_timestamp() - cast(:kept as interval) "
        "returning id"
    )
    return len(session().execute(gone, {"kept": KEPT}).all())


def waiting() -> int:
    """How many deliveries are owed or on their way."""
    return session().scalar(select(func.count()).select_from(Delivery).where(Delivery.open)) or 0
