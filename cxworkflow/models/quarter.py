"""What High Impact Service Providers report: their services, a report for every quarter, and the numbers in it."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxworkflow.db import Base
from cxworkflow.fiscal import quarter_end, quarter_start
from cxworkflow.models.columns import Id, PersonId, by_value
from cxworkflow.models.people import Component, Person


class Service(Base):
    """A service whose customers are asked, on one or more channels, from one day until (not on) another."""

    __tablename__ = "service"
    __table_args__ = (
        CheckConstraint("until_on is null or until_on > from_on", name="dates_in_order"),
        CheckConstraint("name <> ''", name="named"),
        CheckConstraint("jsonb_array_length(channels) > 0", name="has_a_channel"),
        Index("uq_service_component_id_name", "component_id", func.lower(text("name")), unique=True),
    )

    id: Mapped[Id]
    component_id: Mapped[int] = mapped_column(ForeignKey("component.id"))
    name: Mapped[str]
    channels: Mapped[list[str]] = mapped_column(JSONB)
    # Empty while OMB has not given one yet.
    omb_control_number: Mapped[str] = mapped_column(default="")
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    # Counts the changes, so that who saves second is told.
    revision: Mapped[int] = mapped_column(default=1)
    added_at: Mapped[datetime]
    by_id: Mapped[PersonId]
    component: Mapped[Component] = relationship(lazy="joined")

    def runs_in(self, year: int, quarter: int) -> bool:
        """Whether it was offered on any day of a fiscal quarter."""
        ended = self.until_on is not None and self.until_on <= quarter_start(year, quarter)
        return self.from_on <= quarter_end(year, quarter) and not ended


class QuarterState(StrEnum):
    """Where a quarter's report stands between the Component, the CIO and OMB."""

    OPEN = "open"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    CLEARED = "cleared"
    SENT = "sent"


class Light(StrEnum):
    """How a quarter stands once it was submitted, or its due date has passed."""

    NONE = ""
    RED = "red"
    YELLOW = "yellow"
    GREEN = "green"


class QuarterReport(Base):
    """What one Component reports for one fiscal quarter. A correction of what was sent counts the revision up."""

    __tablename__ = "quarter_report"
    __table_args__ = (
        UniqueConstraint("component_id", "cycle"),
        CheckConstraint("fiscal_quarter between 1 and 4", name="quarter_known"),
        CheckConstraint("cycle = fiscal_year || '-Q' || fiscal_quarter", name="cycle_says_it"),
        CheckConstraint("state = 'open' or submitted_at is not null", name="submitted_first"),
        CheckConstraint("state not in ('cleared', 'sent') or cleared_at is not null", name="cleared_first"),
        CheckConstraint("cleared_by_id <> submitted_by_id", name="cleared_by_another"),
        CheckConstraint("state <> 'sent' or sent_at is not null", name="sent_at_a_time"),
        CheckConstraint("state <> 'returned' or reason <> ''", name="returned_says_why"),
        CheckConstraint("(status = '') = (status_on is null)", name="status_since_a_day"),
        CheckConstraint("revision = 1 or reason <> '' or state <> 'open'", name="correction_says_why"),
        Index("ix_quarter_report_cycle", "cycle"),
    )

    id: Mapped[Id]
    component_id: Mapped[int] = mapped_column(ForeignKey("component.id"))
    cycle: Mapped[str]
    fiscal_year: Mapped[int]
    fiscal_quarter: Mapped[int]
    state: Mapped[QuarterState] = mapped_column(
        by_value(QuarterState, "state_known"), default=QuarterState.OPEN, server_default="open"
    )
    revision: Mapped[int] = mapped_column(default=1, server_default="1")
    # Why it was returned, or is being corrected.
    reason: Mapped[str] = mapped_column(default="", server_default="")
    status: Mapped[Light] = mapped_column(by_value(Light, "status_known"), default=Light.NONE, server_default="")
    # Since when it stands so.
    status_on: Mapped[date | None]
    # The rules of the collection that did not hold when it was last looked at.
    lacks: Mapped[list[str]] = mapped_column(JSONB, default=list, server_default="[]")
    submitted_at: Mapped[datetime | None]
    submitted_by_id: Mapped[PersonId | None]
    cleared_at: Mapped[datetime | None]
    cleared_by_id: Mapped[PersonId | None]
    sent_at: Mapped[datetime | None]
    sent_by_id: Mapped[PersonId | None]
    # The day after its due date, if nothing had been submitted by then. It stays, whatever comes later.
    not_reported_on: Mapped[date | None]
    component: Mapped[Component] = relationship(lazy="joined")
    entries: Mapped[list["QuarterEntry"]] = relationship(back_populates="report", order_by="QuarterEntry.id")


class QuarterEntry(Base):
    """The numbers of one service and channel as they were entered once. The latest revision counts; none is changed."""

    __tablename__ = "quarter_entry"
    __table_args__ = (UniqueConstraint("report_id", "service_id", "channel", "revision"),)
    never_changes = True

    id: Mapped[Id]
    report_id: Mapped[int] = mapped_column(ForeignKey("quarter_report.id"))
    component_id: Mapped[int] = mapped_column(ForeignKey("component.id"), index=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), index=True)
    channel: Mapped[str]
    revision: Mapped[int]
    form: Mapped[str]
    numbers: Mapped[dict[str, Any]] = mapped_column(JSONB)
    entered_at: Mapped[datetime]
    by_id: Mapped[PersonId]
    report: Mapped[QuarterReport] = relationship(back_populates="entries")
    service: Mapped[Service] = relationship(lazy="joined")
    by: Mapped[Person] = relationship()
