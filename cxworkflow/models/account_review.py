"""The quarter's review of accounts: who had which role when the administrator looked."""

from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxworkflow.db import Base
from cxworkflow.models.columns import Id, PersonId, written_in
from cxworkflow.models.people import Person


class AccountReview(Base):
    """The administrator's confirmation of all accounts as they stood; `quarter` is such as "2024-Q1". Never changed."""

    __tablename__ = "account_review"

    id: Mapped[Id]
    quarter: Mapped[str]
    department: Mapped[str | None] = written_in()
    statement: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    confirmed_at: Mapped[datetime]
    by_id: Mapped[PersonId]
    by: Mapped[Person] = relationship()
