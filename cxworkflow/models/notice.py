"""E-mails owed: a row with a unique key in the same transaction as its cause, claimed and sent later."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, Computed, Index, and_, or_, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxworkflow.db import Base
from cxworkflow.models.columns import Id, PersonId, by_value, refers_to, written_in
from cxworkflow.models.people import Component, Person


class NoticeState(StrEnum):
    """Where a notice stands; sent, failed, superseded and joined are final unless a person intervenes.

    `waiting` is for its reader's daily digest, `joined` has gone out in one.
    """

    WAITING = "waiting"
    OWED = "owed"
    SENDING = "sending"
    SENT = "sent"
    IN_DOUBT = "in_doubt"
    FAILED = "failed"
    SUPERSEDED = "superseded"
    JOINED = "joined"


class Notice(Base):
    """One e-mail to one person, its facts frozen when it was owed. `claim` fences late senders off.

    `answer` is what the mail server said when it took the message. `lease_until`, `next_try_at` and `trying_since` are
    real time; the other moments are the clock's. `read_at` is when its reader has seen it in the inbox.
    """

    __tablename__ = "notice"
    __table_args__ = (
        CheckConstraint("(state = 'sent') = (sent_at is not null)", name="sent_has_a_time"),
        CheckConstraint("(state = 'sending') = (lease_until is not null)", name="sending_has_a_lease"),
        CheckConstraint(
            "state not in ('failed', 'superseded', 'joined', 'in_doubt') or closed_reason is not null",
            name="not_sent_says_why",
        ),
        CheckConstraint(
            "(kind = 'deadline') = (num_nulls(clock_id, due_on, rung) = 0)", name="reminder_says_of_which_rung"
        ),
        CheckConstraint("answer is null or state = 'sent'", name="answer_is_of_what_was_sent"),
        CheckConstraint("(kind = 'deadline') = (key is null)", name="any_other_has_a_key"),
        # A reminder is one of a kind by these four, whatever else by its key.
        Index("uq_notice_reminder", "clock_id", "due_on", "rung", "person_id", unique=True),
        Index("uq_notice_key", "key", unique=True, postgresql_where=text("key is not null")),
        # What a claim changes stands in no index, so that a claim costs one row and no index entries.
        Index("ix_notice_open", "next_try_at", "id", postgresql_where=text("open")),
        # Of what is open, only a doubt has its reason already.
        Index("ix_notice_in_doubt", "next_try_at", "id", postgresql_where=text("open and closed_reason is not null")),
        # What is open is found by an index above, whoever it is for.
        Index("ix_notice_person_id_read_at", "person_id", "read_at", postgresql_where=text("not open")),
        Index("ix_notice_waits", "person_id", postgresql_where=text("waits")),
    )

    id: Mapped[Id]
    key: Mapped[str | None]
    kind: Mapped[str]
    person_id: Mapped[int] = mapped_column(refers_to("person.id"))
    to_role: Mapped[str]
    to_address: Mapped[str]
    component_id: Mapped[int | None] = mapped_column(refers_to("component.id"))
    strategy_id: Mapped[int | None] = mapped_column(refers_to("strategy.id"))
    clock_id: Mapped[int | None] = mapped_column(refers_to("clock.id"))
    department: Mapped[str | None] = written_in()
    rung: Mapped[int | None]
    due_on: Mapped[date | None]
    owed_on: Mapped[date]
    owed_at: Mapped[datetime]
    facts: Mapped[dict[str, Any]]
    state: Mapped[NoticeState] = mapped_column(by_value(NoticeState, "state_known"), default=NoticeState.OWED)
    # Whether there is something left to do, in the words in which PostgreSQL gives it back.
    open: Mapped[bool] = mapped_column(
        Computed(
            "state::text = 'owed'::text or state::text = 'sending'::text or state::text = 'in_doubt'::text",
            persisted=True,
        )
    )
    waits: Mapped[bool] = mapped_column(Computed("state::text = 'waiting'::text", persisted=True))
    token: Mapped[UUID] = mapped_column(server_default=text("gen_random_uuid()"))
    claim: Mapped[UUID | None]
    attempt: Mapped[int] = mapped_column(default=0)
    trying_since: Mapped[datetime | None]
    next_try_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    lease_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    closed_reason: Mapped[str | None]
    answer: Mapped[str | None]
    read_at: Mapped[datetime | None]
    person: Mapped[Person] = relationship()
    component: Mapped[Component | None] = relationship()
    other_attempts: Mapped[list["Attempt"]] = relationship(order_by="Attempt.id")

    @classmethod
    def is_for(cls, person_id: ColumnElement[int] | int) -> ColumnElement[bool]:
        """Whether it is for this person, in two halves: each has an index by which the database finds it."""
        of_person = cls.person_id == person_id
        return or_(and_(~cls.open, of_person), and_(cls.open, of_person))

    @property
    def attempts(self) -> list["Attempt"]:
        """Every try at sending it, in their order: the one that succeeded stands in the notice itself."""
        if self.sent_at is None or self.answer is None:
            return self.other_attempts
        made = Attempt(number=self.attempt, tried_at=self.sent_at, outcome="sent", answer=self.answer)
        return sorted([*self.other_attempts, made], key=lambda each: each.tried_at)

    @property
    def disposed(self) -> bool:
        """Whether its text, its address and what was answered are disposed of."""
        return "disposed_on" in self.facts

    @property
    def message_id(self) -> str:
        """The Message-ID of every attempt at this notice: the same for ever, so a repeat can be recognised."""
        return f"<{self.token}@notice.cxworkflow>"


class Attempt(Base):
    """One try at sending a notice that did not succeed, or what a person or the journal says of one."""

    __tablename__ = "attempt"

    id: Mapped[Id]
    notice_id: Mapped[int] = mapped_column(refers_to("notice.id"), index=True)
    number: Mapped[int]
    tried_at: Mapped[datetime]
    outcome: Mapped[str]
    answer: Mapped[str]
    by_id: Mapped[PersonId | None]
