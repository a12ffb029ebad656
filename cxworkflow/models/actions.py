"""The Department-wide actions (IV.a.1-4): who owns each, how it stands, its steps, the strategies that serve it."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxworkflow.db import Base
from cxworkflow.models.columns import Id, PersonId, by_value
from cxworkflow.models.people import Person
from cxworkflow.models.strategy import Strategy


class ActionState(StrEnum):
    """How an action or one of its steps stands."""

    PLANNED = "planned"
    UNDER_WAY = "under-way"
    DONE = "done"
    DROPPED = "dropped"


class ActionStanding(Base):
    """How an action stands at present, in the Directorate's words. What it said before is on the record."""

    __tablename__ = "action_standing"
    __table_args__ = (UniqueConstraint("edition_id", "clause"),)

    id: Mapped[Id]
    edition_id: Mapped[int] = mapped_column(ForeignKey("policy_edition.id"))
    clause: Mapped[str]
    owner: Mapped[str]
    progress: Mapped[ActionState] = mapped_column(by_value(ActionState, "progress_known"))
    note: Mapped[str]
    changed_at: Mapped[datetime]
    by_id: Mapped[PersonId]
    by: Mapped[Person] = relationship()


class ActionStep(Base):
    """A step of an action, with its day."""

    __tablename__ = "action_step"
    __table_args__ = (Index("ix_action_step_edition_id_clause", "edition_id", "clause"),)

    id: Mapped[Id]
    edition_id: Mapped[int] = mapped_column(ForeignKey("policy_edition.id"))
    clause: Mapped[str]
    title: Mapped[str]
    due_on: Mapped[date]
    progress: Mapped[ActionState] = mapped_column(by_value(ActionState, "progress_known"))
    changed_at: Mapped[datetime]
    by_id: Mapped[PersonId]


class ActionLink(Base):
    """A strategy that serves an action, or one of its sections (`section`: its clause; "" is all of it)."""

    __tablename__ = "action_link"
    __table_args__ = (
        CheckConstraint("why <> ''", name="says_why"),
        Index(
            "uq_action_link_once",
            "edition_id",
            "clause",
            "strategy_id",
            "section",
            unique=True,
            postgresql_where=text("removed_at is null"),
        ),
    )

    id: Mapped[Id]
    edition_id: Mapped[int] = mapped_column(ForeignKey("policy_edition.id"))
    clause: Mapped[str]
    strategy_id: Mapped[int] = mapped_column(ForeignKey("strategy.id"), index=True)
    section: Mapped[str]
    why: Mapped[str]
    linked_at: Mapped[datetime]
    by_id: Mapped[PersonId]
    removed_at: Mapped[datetime | None]
    strategy: Mapped[Strategy] = relationship()
