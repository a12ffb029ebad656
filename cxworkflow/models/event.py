"""The record: one line for everything that was done."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxworkflow.db import Base
from cxworkflow.models.columns import Id
from cxworkflow.models.people import Component, Person


class Event(Base):
    """One line of the record: who (and as whom) did what, when, to what. Never changed."""

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_strategy_id", "strategy_id"),
        Index("ix_event_component_id", "component_id"),
    )

    id: Mapped[Id]
    at: Mapped[datetime]
    verb: Mapped[str]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    by_name: Mapped[str]
    by_role: Mapped[str]
    component_id: Mapped[int | None] = mapped_column(ForeignKey("component.id"))
    strategy_id: Mapped[int | None] = mapped_column(ForeignKey("strategy.id"))
    clock_id: Mapped[int | None] = mapped_column(ForeignKey("clock.id"))
    version_id: Mapped[int | None] = mapped_column(ForeignKey("version.id"))
    details: Mapped[dict[str, Any]]
    by: Mapped[Person | None] = relationship()
    component: Mapped[Component | None] = relationship()
