"""E-mails owed: a row with a unique key in the same transaction as its cause, claimed and sent later."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxworkflow.db import Base
from cxworkflow.models.columns import Id, PersonId, by_value
from cxworkflow.models.people import Component, Person


class NoticeState(StrEnum):
    """Where a notice stands; sent, failed and superseded are final unless a person intervenes."""

    OWED = "owed"
    SENDING = "sending"
    SENT = "sent"
    IN_DOUBT = "in_doubt"
    FAILED = "failed"
    SUPERSEDED = "superseded"


class Notice(Base):
    """One e-mail to one person, its facts frozen when it was owed. `claim` fences late senders off.

    `lease_until`, `next_try_at` and `trying_since` are real time; the other moments are the clock's.
    """

    __tablename__ = "notice"
    __table_args__ = (
        CheckConstraint("(state = 'sent') = (sent_at is not null)", name="sent_has_a_time"),
        CheckConstraint("(state = 'sending') = (lease_until is not null)", name="sending_has_a_lease"),
        CheckConstraint(
            "state not in ('failed', 'superseded', 'in_doubt') or closed_reason is not null",
            name="not_sent_says_why",
        ),
        Index(
            "ix_notice_waiting",
            "next_try_at",
            postgresql_where=text("state in ('owed', 'in_doubt')"),
        ),
        Index("ix_notice_leased", "lease_until", postgresql_where=text("state = 'sending'")),
        Index("ix_notice_clock_id_due_on_rung", "clock_id", "due_on", "rung"),
        Index("ix_notice_person_id", "person_id"),
        Index("ix_notice_component_id", "component_id"),
    )

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    to_role: Mapped[str]
    to_address: Mapped[str]
    component_id: Mapped[int | None] = mapped_column(ForeignKey("component.id"))
    strategy_id: Mapped[int | None] = mapped_column(ForeignKey("strategy.id"))
    clock_id: Mapped[int | None] = mapped_column(ForeignKey("clock.id"))
    rung: Mapped[int | None]
    due_on: Mapped[date | None]
    owed_on: Mapped[date]
    owed_at: Mapped[datetime]
    facts: Mapped[dict[str, Any]]
    state: Mapped[NoticeState] = mapped_column(by_value(NoticeState, "state_known"), default=NoticeState.OWED)
    token: Mapped[UUID] = mapped_column(server_default=text("gen_random_uuid()"))
    claim: Mapped[UUID | None]
    attempt: Mapped[int] = mapped_column(default=0)
    trying_since: Mapped[datetime | None]
    next_try_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    lease_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    closed_reason: Mapped[str | None]
    person: Mapped[Person] = relationship()
    component: Mapped[Component | None] = relationship()
    attempts: Mapped[list["Attempt"]] = relationship(order_by="Attempt.id")

    @property
    def message_id(self) -> str:
        """The Message-ID of every attempt at this notice: the same for ever, so a repeat can be recognised."""
        return f"<{self.token}@notice.cxworkflow>"


class Attempt(Base):
    """One try at sending a notice, and what the mail server answered."""

    __tablename__ = "attempt"

    id: Mapped[Id]
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), index=True)
    number: Mapped[int]
    tried_at: Mapped[datetime]
    outcome: Mapped[str]
    answer: Mapped[str]
    by_id: Mapped[PersonId | None]
