"""A Component's strategy: its draft answers, every saved state of them, and its frozen versions."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxworkflow.calendar import day_of
from cxworkflow.db import Base
from cxworkflow.lifecycle import Status
from cxworkflow.models.columns import Id, PersonId, by_its_words, by_value, searched
from cxworkflow.models.people import Component, Person
from cxworkflow.models.policy import PolicyEdition
from cxworkflow.policies import Policy, Section

if TYPE_CHECKING:
    from cxworkflow.models.review import Review


class Strategy(Base):
    """One Component's paper under one policy edition. Status changes only in `services.strategies`."""

    __tablename__ = "strategy"
    __table_args__ = (
        UniqueConstraint("edition_id", "component_id"),
        CheckConstraint(
            "(status in ('approved', 'implemented')) = (approved_version_id is not null)",
            name="approved_has_a_version",
        ),
        CheckConstraint(
            "status in ('draft', 'returned') or current_version_id is not null",
            name="submitted_has_a_version",
        ),
        CheckConstraint("(submitted_at is null) = (current_version_id is null)", name="submitted_at_a_time"),
        Index(
            "ix_strategy_waiting",
            "edition_id",
            "submitted_at",
            postgresql_where=text("status in ('submitted', 'recommended')"),
        ),
    )

    id: Mapped[Id]
    edition_id: Mapped[int] = mapped_column(ForeignKey("policy_edition.id"))
    component_id: Mapped[int] = mapped_column(ForeignKey("component.id"), index=True)
    title: Mapped[str]
    title_revision: Mapped[int] = mapped_column(default=1)
    status: Mapped[Status] = mapped_column(by_value(Status, "status_known"), default=Status.DRAFT)
    begun_at: Mapped[datetime]
    current_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("version.id", use_alter=True, deferrable=True, initially="DEFERRED")
    )
    submitted_at: Mapped[datetime | None]  # the current version
    approved_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("version.id", use_alter=True, deferrable=True, initially="DEFERRED")
    )
    edition: Mapped[PolicyEdition] = relationship()
    component: Mapped[Component] = relationship(lazy="joined")
    answers: Mapped[list["Answer"]] = relationship(back_populates="strategy")
    versions: Mapped[list["Version"]] = relationship(
        back_populates="strategy", foreign_keys="Version.strategy_id", order_by="Version.number"
    )
    # Read-only: they are set by their ids, in the one UPDATE that changes the status.
    current_version: Mapped["Version | None"] = relationship(foreign_keys=[current_version_id], viewonly=True)
    approved_version: Mapped["Version | None"] = relationship(foreign_keys=[approved_version_id], viewonly=True)
    assignments: Mapped[list["Assignment"]] = relationship(back_populates="strategy")

    @property
    def contents(self) -> dict[str, dict[str, Any]]:
        """The draft's answers by clause."""
        return {answer.clause: answer.content for answer in self.answers}


class Answer(Base):
    """The draft of one section; `revision` counts its saved states and guards against silent overwriting."""

    __tablename__ = "answer"
    __table_args__ = (UniqueConstraint("strategy_id", "clause"), by_its_words("answer"))

    id: Mapped[Id]
    strategy_id: Mapped[int] = mapped_column(ForeignKey("strategy.id"))
    clause: Mapped[str]
    content: Mapped[dict[str, Any]]
    row_names: Mapped[dict[str, Any]] = mapped_column(
        server_default=text("'{}'")
    )  # of each field of rows, a name per row
    revision: Mapped[int] = mapped_column(default=1)
    # The open page that saved it last: what that page saves next builds on it, even if it never heard the answer.
    page_key: Mapped[str] = mapped_column(default="", server_default="")
    saved_at: Mapped[datetime]
    by_id: Mapped[PersonId]
    words: Mapped[str | None] = searched("searchable(content)")
    strategy: Mapped[Strategy] = relationship(back_populates="answers")
    by: Mapped[Person] = relationship()


class AnswerRevision(Base):
    """One saved state of a section, kept for good: no saved word is lost."""

    __tablename__ = "answer_revision"
    __table_args__ = (UniqueConstraint("strategy_id", "clause", "revision"),)

    id: Mapped[Id]
    strategy_id: Mapped[int] = mapped_column(ForeignKey("strategy.id"))
    clause: Mapped[str]
    revision: Mapped[int]
    content: Mapped[dict[str, Any]]
    row_names: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    saved_at: Mapped[datetime]
    by_id: Mapped[PersonId]
    by: Mapped[Person] = relationship()


class Assignment(Base):
    """A section given to a contributor to write, until a day that the lead sets, or without one."""

    __tablename__ = "assignment"
    __table_args__ = (
        UniqueConstraint("strategy_id", "clause", "person_id"),
        Index("ix_assignment_due_on", "due_on", postgresql_where=text("due_on is not null")),
    )

    id: Mapped[Id]
    strategy_id: Mapped[int] = mapped_column(ForeignKey("strategy.id"))
    clause: Mapped[str]
    person_id: Mapped[PersonId]
    assigned_at: Mapped[datetime]
    due_on: Mapped[date | None]
    strategy: Mapped[Strategy] = relationship(back_populates="assignments")
    person: Mapped[Person] = relationship()


class Version(Base):
    """What was submitted: numbered, frozen, with the SHA-256 of its canonical content (clause IV.b).

    `edition` is the one under which it was submitted: its sections and clauses are those of this version for good.
    """

    __tablename__ = "version"
    __table_args__ = (
        UniqueConstraint("strategy_id", "number"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256_is_one"),
        CheckConstraint("days_late >= 0", name="days_late_counted"),
        CheckConstraint("days_late = 0 or coalesce(late_reason, '') <> ''", name="late_says_why"),
        by_its_words("version"),
    )

    id: Mapped[Id]
    strategy_id: Mapped[int] = mapped_column(ForeignKey("strategy.id"))
    edition_id: Mapped[int] = mapped_column(ForeignKey("policy_edition.id"))
    number: Mapped[int]
    title: Mapped[str]
    content: Mapped[dict[str, Any]]
    row_names: Mapped[dict[str, Any]] = mapped_column(
        server_default=text("'{}'")
    )  # by clause; not part of what is hashed
    # One for each attached file: address, clause, name, kind, size, sha256.
    attachments: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list, server_default=text("'[]'"))
    sha256: Mapped[str]
    submitted_at: Mapped[datetime]
    by_id: Mapped[PersonId]
    by_role: Mapped[str]
    due_on: Mapped[date | None]
    days_late: Mapped[int] = mapped_column(default=0)
    late_reason: Mapped[str | None]
    words: Mapped[str | None] = searched("searchable(content)")
    strategy: Mapped[Strategy] = relationship(back_populates="versions", foreign_keys=[strategy_id])
    edition: Mapped[PolicyEdition] = relationship()
    by: Mapped[Person] = relationship()
    reviews: Mapped[list["Review"]] = relationship(back_populates="version", order_by="Review.id")

    @property
    def policy(self) -> Policy:
        """The policy as it was in force for this submission."""
        return self.edition.policy

    @property
    def sections(self) -> tuple[Section, ...]:
        """The sections that it answers, in the order of the policy as it was then."""
        return tuple(each for each in self.policy.sections if each.clause in self.content)

    @property
    def asked(self) -> tuple[Section, ...]:
        """The sections that its Component is asked for under that edition."""
        return self.policy.sections_for(hisp=self.strategy.component.hisp)

    @property
    def owner(self) -> str:
        """What the Component was called on the day of this submission."""
        return self.strategy.component.name_on(day_of(self.submitted_at))

    @property
    def after_target(self) -> bool:
        """Whether it came after the Directorate's target for it, which the policy does not count as late."""
        return self.due_on is not None and not self.days_late and day_of(self.submitted_at) > self.due_on


class ImplementationReport(Base):
    """The Component's statement that the approved strategy has been implemented (clause IV.d), and the answer to it.

    The Directorate accepts it or sends it back; it stands unchanged otherwise.
    """

    __tablename__ = "implementation_report"
    __table_args__ = (
        CheckConstraint("outcome in ('accepted', 'sent-back')", name="outcome_known"),
        CheckConstraint("(outcome is null) = (checked_at is null)", name="checked_at_a_time"),
        CheckConstraint("outcome is distinct from 'sent-back' or answer <> ''", name="sent_back_says_why"),
        Index(
            "uq_implementation_report_one_open",
            "strategy_id",
            unique=True,
            postgresql_where=text("outcome is distinct from 'sent-back'"),
        ),
        Index("ix_implementation_report_strategy_id", "strategy_id"),
    )

    id: Mapped[Id]
    strategy_id: Mapped[int] = mapped_column(ForeignKey("strategy.id"))
    statement: Mapped[str]
    reported_at: Mapped[datetime]
    by_id: Mapped[PersonId]
    outcome: Mapped[str | None]
    answer: Mapped[str] = mapped_column(default="", server_default="")
    checked_at: Mapped[datetime | None]
    checked_by_id: Mapped[PersonId | None]  # None: it stands from before reports were checked
    strategy: Mapped[Strategy] = relationship()
    by: Mapped[Person] = relationship(foreign_keys="ImplementationReport.by_id")
    checked_by: Mapped[Person | None] = relationship(foreign_keys="ImplementationReport.checked_by_id")
