"""Who has a section open for writing."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxworkflow.db import Base
from cxworkflow.models.people import Person


class Presence(Base):
    """The section of a strategy that a person has open, and when their page last said so. Overwritten, not kept."""

    __tablename__ = "presence"

    strategy_id: Mapped[int] = mapped_column(ForeignKey("strategy.id"), primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False, index=True)
    clause: Mapped[str]
    seen_at: Mapped[datetime]
    person: Mapped[Person] = relationship()
