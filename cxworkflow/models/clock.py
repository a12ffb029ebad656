"""Clocks and everything that ever happened to them."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, backref, mapped_column, relationship

from cxworkflow.calendar import Change, ChangeKind, ClockState, Run
from cxworkflow.db import Base
from cxworkflow.models.columns import Id, PersonId, by_value
from cxworkflow.models.commitment import Commitment
from cxworkflow.models.people import Component, Person
from cxworkflow.models.policy import PolicyEdition


class Clock(Base):
    """One running or stopped clock. Its dates are what `calendar.run` makes of its changes."""

    __tablename__ = "clock"
    __table_args__ = (
        CheckConstraint("stopped_on is null or paused_on is null", name="stopped_is_not_paused"),
        CheckConstraint("stopped_on is not null or not lifted", name="lifted_is_stopped"),
        Index(
            "uq_clock_one_open",
            "edition_id",
            "kind",
            text("coalesce(component_id, 0)"),
            "cycle",
            unique=True,
            postgresql_where=text("stopped_on is null and commitment_id is null"),
        ),
        Index("uq_clock_one_of_a_commitment", "commitment_id", unique=True),
        Index(
            "ix_clock_running",
            "edition_id",
            "kind",
            "due_on",
            postgresql_where=text("stopped_on is null and paused_on is null"),
        ),
        Index(
            "uq_clock_one_per_cycle",
            "edition_id",
            "kind",
            text("coalesce(component_id, 0)"),
            "cycle",
            unique=True,
            postgresql_where=text("cycle <> ''"),
        ),
        # As lists order them: the open ones first, by their due dates.
        Index("ix_clock_listed", text("(stopped_on is not null)"), "due_on"),
        Index("ix_clock_unswept", "id", postgresql_where=text("swept_revision < revision")),
        Index("ix_clock_kept", "edition_id", "kind", "component_id", postgresql_where=text("not lifted")),
        Index("ix_clock_done_late", "edition_id", "kind", postgresql_where=text("stopped_on > due_on and not lifted")),
        Index("ix_clock_paused", "edition_id", "kind", postgresql_where=text("paused_on is not null")),
        Index("ix_clock_component_id", "component_id"),
        Index("ix_clock_strategy_id", "strategy_id"),
    )

    id: Mapped[Id]
    edition_id: Mapped[int] = mapped_column(ForeignKey("policy_edition.id"))
    kind: Mapped[str]
    component_id: Mapped[int | None] = mapped_column(ForeignKey("component.id"))
    strategy_id: Mapped[int | None] = mapped_column(ForeignKey("strategy.id"))
    # The commitment whose small clock it is.
    commitment_id: Mapped[int | None] = mapped_column(ForeignKey("commitment.id"))
    # Which turn of a recurring clock this is, such as 2024-Q1; empty for one that runs once at a time.
    cycle: Mapped[str] = mapped_column(default="")
    started_on: Mapped[date]
    original_due_on: Mapped[date]
    due_on: Mapped[date]
    due_set_on: Mapped[date]
    paused_on: Mapped[date | None]
    stopped_on: Mapped[date | None]
    lifted: Mapped[bool] = mapped_column(default=False, server_default=false())
    # Counts the changes; what the sweep has seen of them follows behind.
    revision: Mapped[int] = mapped_column(default=1)
    swept_revision: Mapped[int] = mapped_column(default=0)
    edition: Mapped[PolicyEdition] = relationship()
    component: Mapped[Component | None] = relationship(lazy="joined")
    commitment: Mapped[Commitment | None] = relationship(backref=backref("clock", uselist=False))
    changes: Mapped[list["ClockChange"]] = relationship(
        back_populates="clock", order_by="ClockChange.id", cascade="save-update"
    )

    @property
    def run(self) -> Run:
        """The clock's dates as the pure functions of `calendar` know them."""
        return Run(
            self.started_on,
            self.original_due_on,
            self.due_on,
            self.due_set_on,
            self.paused_on,
            self.stopped_on,
            lifted=self.lifted,
        )

    @property
    def required(self) -> bool:
        """Whether the policy requires its due date; else it is a target that the Directorate sets."""
        return self.edition.policy.clock(self.kind).set_by == "policy"

    def days_late(self, on: date) -> int:
        """Days past the due date at the stop, at the pause, or on this day."""
        return self.run.days_late(on)

    def state(self, on: date) -> ClockState:
        """How the clock stands on this day."""
        return self.run.state(on)


class ClockChange(Base):
    """One line of a clock's history, with the dates before and after. Never changed."""

    __tablename__ = "clock_change"

    id: Mapped[Id]
    clock_id: Mapped[int] = mapped_column(ForeignKey("clock.id"), index=True)
    kind: Mapped[ChangeKind] = mapped_column(by_value(ChangeKind, "kind_known"))
    at: Mapped[datetime]
    happened_on: Mapped[date]
    due_before_on: Mapped[date | None]
    due_on: Mapped[date]
    closed: Mapped[date | None]
    reason: Mapped[str | None]
    authority: Mapped[str | None]
    by_id: Mapped[PersonId | None]
    clock: Mapped[Clock] = relationship(back_populates="changes")
    by: Mapped[Person | None] = relationship()

    @property
    def change(self) -> Change:
        """This line as `calendar.run` reads it."""
        return Change(self.kind, self.happened_on, self.due_on, self.closed)


class OfficeClosure(Base):
    """A day on which the department's offices close; clocks that count business days mind it.

    `authority` cites the order.
    """

    __tablename__ = "office_closure"
    __table_args__ = (UniqueConstraint("department", "day"),)

    id: Mapped[Id]
    department: Mapped[str]
    day: Mapped[date]
    reason: Mapped[str]
    authority: Mapped[str]
    announced_on: Mapped[date]
    by_id: Mapped[PersonId]


class ExtensionRequest(Base):
    """A lead's request for a later due date, and the CIO's answer to it."""

    __tablename__ = "extension_request"
    __table_args__ = (
        CheckConstraint("(granted is null) = (decided_at is null)", name="decided_at_a_time"),
        CheckConstraint("granted is not false or answer <> ''", name="refusal_says_why"),
        Index("uq_extension_request_one_open", "clock_id", unique=True, postgresql_where=text("granted is null")),
    )

    id: Mapped[Id]
    clock_id: Mapped[int] = mapped_column(ForeignKey("clock.id"))
    to_on: Mapped[date]
    reason: Mapped[str]
    asked_at: Mapped[datetime]
    by_id: Mapped[PersonId]
    granted: Mapped[bool | None]
    answer: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[PersonId | None]
    clock: Mapped[Clock] = relationship(backref="extension_requests")
    by: Mapped[Person] = relationship(foreign_keys="ExtensionRequest.by_id")
    decided_by: Mapped[Person | None] = relationship(foreign_keys="ExtensionRequest.decided_by_id")
