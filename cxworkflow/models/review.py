"""The Directorate's review of one frozen version, and the decision on it; what is said in it is in `comment`."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxworkflow.db import Base
from cxworkflow.models.columns import Id, PersonId, by_value
from cxworkflow.models.people import Person
from cxworkflow.models.strategy import Version


class Outcome(StrEnum):
    """What can be recommended, and what can be decided."""

    APPROVED = "approved"
    RETURNED = "returned"


class Mark(StrEnum):
    """How far a section does what its clause asks."""

    MEETS = "meets"
    PARTLY = "partly"
    NOT = "not"


class Review(Base):
    """A reviewer's assignment to a version, which the reviewer may decline with a reason."""

    __tablename__ = "review"
    __table_args__ = (
        UniqueConstraint("version_id", "reviewer_id"),
        CheckConstraint("(declined_at is not null) = (coalesce(declined_because, '') <> '')", name="declined_says_why"),
    )

    id: Mapped[Id]
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"))
    reviewer_id: Mapped[PersonId]
    assigned_at: Mapped[datetime]
    by_id: Mapped[PersonId]
    declined_at: Mapped[datetime | None]
    declined_because: Mapped[str | None]
    version: Mapped[Version] = relationship(back_populates="reviews")
    reviewer: Mapped[Person] = relationship(foreign_keys="Review.reviewer_id")
    by: Mapped[Person] = relationship(foreign_keys="Review.by_id")


class Recusal(Base):
    """Somebody who is out of the review of a strategy for good: by their own word, or taken off it. Never changed."""

    __tablename__ = "recusal"
    __table_args__ = (
        UniqueConstraint("strategy_id", "person_id"),
        CheckConstraint("reason <> ''", name="says_why"),
    )

    id: Mapped[Id]
    strategy_id: Mapped[int] = mapped_column(ForeignKey("strategy.id"))
    person_id: Mapped[PersonId]
    reason: Mapped[str]
    recused_at: Mapped[datetime]
    by_id: Mapped[PersonId]
    person: Mapped[Person] = relationship(foreign_keys="Recusal.person_id")


class RubricMark(Base):
    """How one reviewer rates one section of a version; fixed once the Directorate has recommended."""

    __tablename__ = "rubric_mark"
    __table_args__ = (
        UniqueConstraint("version_id", "by_id", "clause"),
        CheckConstraint("mark = 'meets' or reason <> ''", name="less_says_why"),
    )

    id: Mapped[Id]
    strategy_id: Mapped[int] = mapped_column(ForeignKey("strategy.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"))
    clause: Mapped[str]
    mark: Mapped[Mark] = mapped_column(by_value(Mark, "mark_known"))
    reason: Mapped[str]
    marked_at: Mapped[datetime]
    by_id: Mapped[PersonId]
    by: Mapped[Person] = relationship()


class Recommendation(Base):
    """What the Directorate advises the CIO to do with a version. Never changed."""

    __tablename__ = "recommendation"

    id: Mapped[Id]
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"), unique=True)
    advice: Mapped[Outcome] = mapped_column(by_value(Outcome, "advice_known"))
    text: Mapped[str]
    made_at: Mapped[datetime]
    by_id: Mapped[PersonId]
    version: Mapped[Version] = relationship()
    by: Mapped[Person] = relationship()


class Decision(Base):
    """Approved or returned, by whom and when, bound to the hash that was read. Never changed.

    An approval may carry `conditions`, a list of texts. A return carries the `must_changes` that were open, as they
    stand in its letter: objects with `comment`, `clause`, `title`, `about` and `text`.
    """

    __tablename__ = "decision"
    __table_args__ = (
        CheckConstraint("outcome = 'approved' or reason <> ''", name="return_says_why"),
        CheckConstraint("outcome = 'approved' or conditions = '[]'", name="conditions_of_an_approval"),
        CheckConstraint("outcome = 'returned' or must_changes = '[]'", name="changes_of_a_return"),
        Index("uq_decision_one_approval", "strategy_id", unique=True, postgresql_where=text("outcome = 'approved'")),
    )

    id: Mapped[Id]
    strategy_id: Mapped[int] = mapped_column(ForeignKey("strategy.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"), unique=True)
    sha256: Mapped[str]
    outcome: Mapped[Outcome] = mapped_column(by_value(Outcome, "outcome_known"))
    reason: Mapped[str]
    conditions: Mapped[list[str]] = mapped_column(JSONB, server_default=text("'[]'"))
    must_changes: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=text("'[]'"))
    letter_sha256: Mapped[str | None]  # None: decided before there were letters
    decided_at: Mapped[datetime]
    by_id: Mapped[PersonId]
    by_role: Mapped[str]
    version: Mapped[Version] = relationship()
    by: Mapped[Person] = relationship()


class DecisionLetter(Base):
    """The letter about a decision, as a PDF under its SHA-256, which the database checks. Never changed."""

    __tablename__ = "decision_letter"
    __table_args__ = (CheckConstraint("sha256 = encode(sha256(pdf), 'hex')", name="hash_is_of_pdf"),)

    id: Mapped[Id]
    strategy_id: Mapped[int] = mapped_column(ForeignKey("strategy.id"), index=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"), unique=True)
    sha256: Mapped[str]
    pdf: Mapped[bytes]
    decision: Mapped[Decision] = relationship()
