"""How a person wants to be told of things."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from cxworkflow.db import Base


class Preference(Base):
    """What a person has chosen, and when; who has no row has each e-mail sent at once."""

    __tablename__ = "preference"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    daily_digest: Mapped[bool]
    chosen_at: Mapped[datetime]
