"""What a Component committed itself to in an approved strategy, and all that was reported, shown and changed of it."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, false, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxworkflow.db import Base
from cxworkflow.models.columns import Id, PersonId, by_value
from cxworkflow.models.people import Component, Person
from cxworkflow.models.strategy import Strategy, Version


class CommitmentState(StrEnum):
    """Where a commitment stands."""

    OPEN = "open"
    REPORTED = "reported"  # as done, and to be checked
    SENT_BACK = "sent-back"
    ACCEPTED = "accepted"
    DROPPED = "dropped"


class Commitment(Base):
    """One row of an approved version that has to be done by a day. The version keeps what was promised at first.

    `row_key` is the row's name in the version; `owner_words` who leads it by the strategy's words, `owner_id` which
    person answers for it. What is measured has a baseline, a target and which way is better.
    """

    __tablename__ = "commitment"
    __table_args__ = (
        UniqueConstraint("version_id", "clause", "field", "row_key"),
        CheckConstraint("percent between 0 and 100", name="percent_is_one"),
        CheckConstraint("(state in ('reported', 'accepted')) = (reported_on is not null)", name="reported_on_a_day"),
        CheckConstraint("better is null or better in ('up', 'down')", name="better_known"),
        CheckConstraint("title <> ''", name="has_a_title"),
        Index("ix_commitment_strategy_id_state", "strategy_id", "state"),
        Index("ix_commitment_due_on", "due_on"),
    )

    id: Mapped[Id]
    strategy_id: Mapped[int] = mapped_column(ForeignKey("strategy.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"))
    kind: Mapped[str]
    clause: Mapped[str]
    field: Mapped[str]
    row_key: Mapped[str]
    position: Mapped[int]
    title: Mapped[str]
    original_title: Mapped[str]
    due_on: Mapped[date | None]
    original_due_on: Mapped[date | None]
    owner_id: Mapped[PersonId | None]
    owner_words: Mapped[str] = mapped_column(default="", server_default="")
    principles: Mapped[list[str]] = mapped_column(JSONB, default=list, server_default=text("'[]'"))
    unit: Mapped[str | None]
    baseline: Mapped[Decimal | None]
    target: Mapped[Decimal | None]
    better: Mapped[str | None]
    state: Mapped[CommitmentState] = mapped_column(
        by_value(CommitmentState, "state_known"), default=CommitmentState.OPEN, server_default="open"
    )
    percent: Mapped[int] = mapped_column(default=0, server_default="0")
    reported_on: Mapped[date | None]  # the day from which its acceptance counts
    made_at: Mapped[datetime]
    strategy: Mapped[Strategy] = relationship()
    version: Mapped[Version] = relationship()
    owner: Mapped[Person | None] = relationship()

    @property
    def component(self) -> Component:
        """Whose it is."""
        return self.strategy.component

    @property
    def measured(self) -> bool:
        """Whether it is a metric."""
        return self.target is not None

    @property
    def settled(self) -> bool:
        """Whether nothing is to be done for it any more."""
        return self.state in (CommitmentState.ACCEPTED, CommitmentState.DROPPED)


class Progress(Base):
    """What was reported of a commitment on the way. Never changed."""

    __tablename__ = "progress"
    __table_args__ = (CheckConstraint("percent is null or percent between 0 and 100", name="percent_is_one"),)

    id: Mapped[Id]
    strategy_id: Mapped[int] = mapped_column(ForeignKey("strategy.id"), index=True)
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitment.id"), index=True)
    text: Mapped[str]
    percent: Mapped[int | None]
    made_at: Mapped[datetime]
    by_id: Mapped[PersonId]
    by: Mapped[Person] = relationship()


class Completion(Base):
    """The report that a commitment is done, with what it cites, and the Directorate's answer to it."""

    __tablename__ = "completion"
    __table_args__ = (
        CheckConstraint("outcome in ('accepted', 'sent-back')", name="outcome_known"),
        CheckConstraint("(outcome is null) = (checked_at is null)", name="checked_at_a_time"),
        CheckConstraint("(outcome is null) = (checked_by_id is null)", name="checked_by_somebody"),
        CheckConstraint("outcome is distinct from 'sent-back' or answer <> ''", name="sent_back_says_why"),
        CheckConstraint("statement <> ''", name="says_what"),
        Index(
            "uq_completion_one_open",
            "commitment_id",
            unique=True,
            postgresql_where=text("outcome is distinct from 'sent-back'"),
        ),
        Index("ix_completion_waiting", "reported_at", postgresql_where=text("outcome is null")),
    )

    id: Mapped[Id]
    strategy_id: Mapped[int] = mapped_column(ForeignKey("strategy.id"), index=True)
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitment.id"), index=True)
    statement: Mapped[str]
    reported_at: Mapped[datetime]
    by_id: Mapped[PersonId]
    outcome: Mapped[str | None]
    answer: Mapped[str] = mapped_column(default="", server_default="")
    checked_at: Mapped[datetime | None]
    checked_by_id: Mapped[PersonId | None]
    commitment: Mapped[Commitment] = relationship(backref="completions")
    by: Mapped[Person] = relationship(foreign_keys="Completion.by_id")
    checked_by: Mapped[Person | None] = relationship(foreign_keys="Completion.checked_by_id")
    citations: Mapped[list["Citation"]] = relationship(order_by="Citation.evidence_id")


class Evidence(Base):
    """A file that shows how far a commitment is kept, under an address that nobody can guess. Never changed.

    Until a report cites it, it can be removed.
    """

    __tablename__ = "evidence"
    __table_args__ = (
        ForeignKeyConstraint(
            ["component_id", "sha256"], ["attachment_content.component_id", "attachment_content.sha256"]
        ),
        UniqueConstraint("commitment_id", "name"),
        Index("ix_evidence_component_id_sha256", "component_id", "sha256"),
    )

    id: Mapped[Id]
    address: Mapped[UUID] = mapped_column(server_default=text("gen_random_uuid()"), unique=True)
    strategy_id: Mapped[int] = mapped_column(ForeignKey("strategy.id"), index=True)
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitment.id"))
    component_id: Mapped[int]
    sha256: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str]
    size: Mapped[int]
    note: Mapped[str] = mapped_column(default="", server_default="")
    attached_at: Mapped[datetime]
    by_id: Mapped[PersonId]
    commitment: Mapped[Commitment] = relationship(backref="evidence")
    by: Mapped[Person] = relationship()
    citations: Mapped[list["Citation"]] = relationship(viewonly=True)

    @property
    def cited(self) -> bool:
        """Whether a report rests on it."""
        return bool(self.citations)


class Citation(Base):
    """That a report of completion rests on a piece of evidence. Never changed."""

    __tablename__ = "citation"

    completion_id: Mapped[int] = mapped_column(ForeignKey("completion.id"), primary_key=True)
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), primary_key=True, index=True)
    strategy_id: Mapped[int] = mapped_column(ForeignKey("strategy.id"), index=True)
    evidence: Mapped[Evidence] = relationship()


class CommitmentChange(Base):
    """A change to a commitment that its Component proposes with a reason, and the Directorate's answer.

    What is None stays as it is; `before_` is how it was when the change was proposed. With `drops` it is given up.
    """

    __tablename__ = "commitment_change"
    __table_args__ = (
        CheckConstraint("reason <> ''", name="says_why"),
        CheckConstraint("drops or num_nonnulls(title, due_on, owner_id) > 0", name="changes_something"),
        CheckConstraint("(accepted is null) = (decided_at is null)", name="decided_at_a_time"),
        CheckConstraint("(accepted is null) = (decided_by_id is null)", name="decided_by_somebody"),
        CheckConstraint("accepted is not false or answer <> ''", name="refusal_says_why"),
        Index("uq_commitment_change_one_open", "commitment_id", unique=True, postgresql_where=text("accepted is null")),
    )

    id: Mapped[Id]
    strategy_id: Mapped[int] = mapped_column(ForeignKey("strategy.id"), index=True)
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitment.id"), index=True)
    title: Mapped[str | None]
    due_on: Mapped[date | None]
    owner_id: Mapped[PersonId | None]
    drops: Mapped[bool] = mapped_column(default=False, server_default=false())
    before_title: Mapped[str]
    before_due_on: Mapped[date | None]
    before_owner_id: Mapped[PersonId | None]
    reason: Mapped[str]
    proposed_at: Mapped[datetime]
    by_id: Mapped[PersonId]
    accepted: Mapped[bool | None]
    answer: Mapped[str] = mapped_column(default="", server_default="")
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[PersonId | None]
    commitment: Mapped[Commitment] = relationship(backref="changes")
    owner: Mapped[Person | None] = relationship(foreign_keys="CommitmentChange.owner_id")
    before_owner: Mapped[Person | None] = relationship(foreign_keys="CommitmentChange.before_owner_id")
    by: Mapped[Person] = relationship(foreign_keys="CommitmentChange.by_id")
    decided_by: Mapped[Person | None] = relationship(foreign_keys="CommitmentChange.decided_by_id")


class Reading(Base):
    """The value of a metric on a day. Never changed: a correction is another reading, which says which one it is of."""

    __tablename__ = "reading"
    __table_args__ = (
        UniqueConstraint("corrects_id"),
        CheckConstraint("corrects_id is null or note <> ''", name="correction_says_why"),
        Index("ix_reading_commitment_id_as_of", "commitment_id", "as_of"),
    )

    id: Mapped[Id]
    strategy_id: Mapped[int] = mapped_column(ForeignKey("strategy.id"), index=True)
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitment.id"))
    value: Mapped[Decimal]
    as_of: Mapped[date]
    note: Mapped[str] = mapped_column(default="", server_default="")
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("reading.id"))
    entered_at: Mapped[datetime]
    by_id: Mapped[PersonId]
    commitment: Mapped[Commitment] = relationship()
    by: Mapped[Person] = relationship()
