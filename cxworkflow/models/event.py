"""The record: one line for everything that was done, each bound by its hash to the line before it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from cxworkflow.db import Base
from cxworkflow.models.columns import Id, written_in
from cxworkflow.models.people import Component, Person

SYSTEM = "the system"  # who acts where nobody does
REFUSED, READ_DRAFT, ASKED = "refused", "read-draft", "asked"
WATCHED = (REFUSED, READ_DRAFT, ASKED)  # is for those who read the record, and no part of a paper's history


class Event(Base):
    """One line of the record: who (and as whom) did what, when, to what. Added by `audit_append` alone, never changed.

    `body` is the text that is hashed; the columns beside it repeat what it says. `id` is given when the line is
    written, so that e-mails can refer to it, `seq` without a gap when its transaction ends. `at` is the moment of the
    act by the clock of the house, `written_at` that of the database server.
    """

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_strategy_id", "strategy_id"),
        Index("ix_event_component_id_at_id", "component_id", "at", "id"),
        Index("ix_event_at_id", "at", "id"),
        Index("ix_event_by_id", "by_id"),
        Index("ix_event_verb_at_id", "verb", "at", "id"),
    )

    id: Mapped[Id]
    seq: Mapped[int] = mapped_column(unique=True)
    written_at: Mapped[datetime]
    body: Mapped[str]
    hash: Mapped[str]
    at: Mapped[datetime]
    verb: Mapped[str]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    by_role: Mapped[str]
    request_id: Mapped[str]
    component_id: Mapped[int | None] = mapped_column(ForeignKey("component.id"))
    strategy_id: Mapped[int | None] = mapped_column(ForeignKey("strategy.id"))
    clock_id: Mapped[int | None] = mapped_column(ForeignKey("clock.id"))
    version_id: Mapped[int | None] = mapped_column(ForeignKey("version.id"))
    details: Mapped[dict[str, Any]] = mapped_column(JSONB)
    department: Mapped[str | None] = written_in()
    # A column of its own: behind row-level security no index is used for what a cast makes of the details.
    whom_id: Mapped[int | None] = mapped_column(Computed("(details ->> 'whom'::text)::bigint", persisted=True))
    # Names stay out of what is hashed for good.
    by_name: Mapped[str] = column_property(
        func.coalesce(select(Person.name).where(Person.id == by_id).correlate_except(Person).scalar_subquery(), SYSTEM)
    )
    whom: Mapped[str | None] = column_property(
        select(Person.name).where(Person.id == whom_id).correlate_except(Person).scalar_subquery()
    )
    by: Mapped[Person | None] = relationship()
    component: Mapped[Component | None] = relationship()


class Anchor(Base):
    """The last line of the record on a day, as it was told outside of the database."""

    __tablename__ = "anchor"

    anchored_on: Mapped[date] = mapped_column(primary_key=True)
    seq: Mapped[int]
    written_at: Mapped[datetime]
    hash: Mapped[str]
    anchored_at: Mapped[datetime]


class RecordCheck(Base):
    """How the last check of the whole record went (real time): how many lines up to which hash, and what was wrong."""

    __tablename__ = "record_check"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    checked_at: Mapped[datetime]
    lines: Mapped[int]
    hash: Mapped[str]
    faults: Mapped[list[str]] = mapped_column(JSONB)
