"""Tokens with which programs use the API in a person's name."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxworkflow.db import Base
from cxworkflow.models.columns import Id, PersonId, written_in
from cxworkflow.models.people import Person


class Area(StrEnum):
    """A part of the API that a token can be good for, to read or to write."""

    POLICIES = "policies"  # with the register of Components and deliverables
    CLOCKS = "clocks"  # with the days on which offices close
    STRATEGIES = "strategies"  # with their sections and versions
    REVIEWS = "reviews"
    DECISIONS = "decisions"
    NOTICES = "notices"
    COMMITMENTS = "commitments"  # with metrics and their readings
    QUARTERS = "quarters"
    PUBLICATIONS = "publications"
    EVENTS = "events"
    GUIDANCE = "guidance"
    COORDINATION = "coordination"  # the Directorate's papers and their rounds


class ApiToken(Base):
    """A token of one person: only the SHA-256 of it is known here. It counts until it expires or is revoked.

    `scopes` are an area and a kind each: "strategies:write". Who may write in an area may read there, too. `taken_out`
    is the day on which each list was read with it last, which is recorded once a day.
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
    # In which it works: that of the person's, when it was made.
    department: Mapped[str | None] = written_in(read=True)
    token_sha256: Mapped[str] = mapped_column(unique=True)
    scopes: Mapped[list[str]] = mapped_column(JSONB)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    used_on: Mapped[date | None]
    taken_out: Mapped[dict[str, str]] = mapped_column(JSONB, server_default="{}")
    person: Mapped[Person] = relationship()

    def opens(self, area: Area, kind: str) -> bool:
        """Whether it is good for reading ("read") or writing ("write") in an area."""
        return f"{area}:write" in self.scopes or f"{area}:{kind}" in self.scopes
