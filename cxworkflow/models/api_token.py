"""Tokens with which programs use the API in a person's name."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxworkflow.db import Base
from cxworkflow.models.columns import Id, PersonId
from cxworkflow.models.people import Person


class Area(StrEnum):
    """A part of the API that a token can be good for, to read or to write."""

    POLICIES = "policies"  # with the register of Components
    CLOCKS = "clocks"
    STRATEGIES = "strategies"  # with their sections and versions
    REVIEWS = "reviews"
    DECISIONS = "decisions"
    NOTICES = "notices"
    COMMITMENTS = "commitments"  # with metrics and their readings
    QUARTERS = "quarters"
    PUBLICATIONS = "publications"
    EVENTS = "events"


class ApiToken(Base):
    """A token of one person: only the SHA-256 of it is known here. It counts until it expires or is revoked.

    `scopes` are an area and a kind each: "strategies:write". Who may write in an area may read there, too.
    """

    __tablename__ = "api_token"
    __table_args__ = (
        CheckConstraint("name <> ''", name="has_a_name"),
        CheckConstraint("expires_at > made_at", name="expires_later"),
        CheckConstraint("jsonb_array_length(scopes) > 0", name="good_for_something"),
    )

    id: Mapped[Id]
    person_id: Mapped[PersonId]
    name: Mapped[str]
    token_sha256: Mapped[str] = mapped_column(unique=True)
    scopes: Mapped[list[str]] = mapped_column(JSONB)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    used_on: Mapped[date | None]
    person: Mapped[Person] = relationship()

    def opens(self, area: Area, kind: str) -> bool:
        """Whether it is good for reading ("read") or writing ("write") in an area."""
        return f"{area}:write" in self.scopes or f"{area}:{kind}" in self.scopes
