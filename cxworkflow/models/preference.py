"""How a person wants to be told of things."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxworkflow.db import Base
from cxworkflow.models.people import Person


class Preference(Base):
    """What a person has chosen, and when; who has no row has each e-mail sent at once."""

    __tablename__ = "preference"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    daily_digest: Mapped[bool]
    chosen_at: Mapped[datetime]


class CalendarFeed(Base):
    """The private address under which a calendar program reads a person's due dates. The address itself is not kept."""

    __tablename__ = "calendar_feed"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    token_sha256: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    person: Mapped[Person] = relationship()
