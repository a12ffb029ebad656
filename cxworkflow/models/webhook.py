"""Other programs that are told of events: their addresses, what is owed to each, and every attempt to deliver it."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxworkflow.db import Base
from cxworkflow.models.columns import Id, PersonId, by_value, written_in
from cxworkflow.models.event import Event
from cxworkflow.models.people import Component, Person


class DeliveryState(StrEnum):
    """Where a delivery stands. `withheld`: not for the eyes of who registered the address, or no longer asked for."""

    OWED = "owed"
    SENDING = "sending"
    DELIVERED = "delivered"
    FAILED = "failed"
    WITHHELD = "withheld"


class Webhook(Base):
    """An address that is told of events of some kinds, of one Component or of all, as far as `by` may see them.

    The secret with which deliveries are signed is stored nowhere: it follows from `nonce` and the secret key, of which
    `key_mark` says which one it was.
    """

    __tablename__ = "webhook"
    __table_args__ = (CheckConstraint("cardinality(kinds) > 0", name="asks_for_something"),)

    id: Mapped[Id]
    url: Mapped[str]
    kinds: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    component_id: Mapped[int | None] = mapped_column(ForeignKey("component.id"))
    nonce: Mapped[UUID] = mapped_column(server_default=text("gen_random_uuid()"))
    key_mark: Mapped[str]
    registered_at: Mapped[datetime]
    by_id: Mapped[PersonId]
    ended_at: Mapped[datetime | None]
    department: Mapped[str | None] = written_in(read=True)
    by: Mapped[Person] = relationship()
    component: Mapped[Component | None] = relationship()


class Delivery(Base):
    """One event owed to one address, in the transaction of the event. `claim` fences late senders off.

    `token` names it for good: an attempt that is repeated says the same. `lease_until` and `next_try_at` are real time.
    """

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        UniqueConstraint("webhook_id", "event_id"),
        CheckConstraint("(state = 'sending') = (lease_until is not null)", name="sending_has_a_lease"),
        CheckConstraint("(state = 'delivered') = (delivered_at is not null)", name="delivered_has_a_time"),
        CheckConstraint("(state in ('failed', 'withheld')) = (closed_reason is not null)", name="not_sent_says_why"),
        Index("ix_webhook_delivery_open", "next_try_at", "id", postgresql_where=text("open")),
        Index("ix_webhook_delivery_event_id", "event_id"),
    )

    id: Mapped[Id]
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhook.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    token: Mapped[UUID] = mapped_column(server_default=text("gen_random_uuid()"))
    owed_at: Mapped[datetime]
    state: Mapped[DeliveryState] = mapped_column(by_value(DeliveryState, "state_known"), server_default="owed")
    open: Mapped[bool] = mapped_column(
        Computed("state::text = 'owed'::text or state::text = 'sending'::text", persisted=True)
    )
    attempt: Mapped[int] = mapped_column(server_default=text("0"))
    next_try_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    claim: Mapped[UUID | None]
    lease_until: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    closed_reason: Mapped[str | None]
    webhook: Mapped[Webhook] = relationship()
    event: Mapped[Event] = relationship()
    attempts: Mapped[list["DeliveryAttempt"]] = relationship(order_by="DeliveryAttempt.id")


class DeliveryAttempt(Base):
    """One try at delivering (`status` is what was answered; None if nothing was), or what a person did (`by_id`)."""

    __tablename__ = "webhook_attempt"

    id: Mapped[Id]
    delivery_id: Mapped[int] = mapped_column(ForeignKey("webhook_delivery.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    tried_at: Mapped[datetime]
    status: Mapped[int | None]
    answer: Mapped[str]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
