"""Files attached to the sections of a draft; their bytes are kept once for each Component."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxworkflow.db import Base
from cxworkflow.models.columns import Id, PersonId
from cxworkflow.models.people import Person
from cxworkflow.models.strategy import Strategy


class AttachmentContent(Base):
    """The bytes of a file under their SHA-256, which the database checks. Never changed."""

    __tablename__ = "attachment_content"
    __table_args__ = (CheckConstraint("sha256 = encode(sha256(content), 'hex')", name="hash_is_of_content"),)

    component_id: Mapped[int] = mapped_column(ForeignKey("component.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes]


class Attachment(Base):
    """A file of a section, under an address that nobody can guess.

    Taken off the draft, it is removed; if a version holds it, it stays and says since when it is off the draft.
    """

    __tablename__ = "attachment"
    __table_args__ = (
        ForeignKeyConstraint(
            ["component_id", "sha256"], ["attachment_content.component_id", "attachment_content.sha256"]
        ),
        Index(
            "uq_attachment_one_name",
            "strategy_id",
            "clause",
            "name",
            unique=True,
            postgresql_where=text("removed_at is null"),
        ),
        Index("ix_attachment_component_id_sha256", "component_id", "sha256"),
    )

    id: Mapped[Id]
    address: Mapped[UUID] = mapped_column(server_default=text("gen_random_uuid()"), unique=True)
    strategy_id: Mapped[int] = mapped_column(ForeignKey("strategy.id"))
    clause: Mapped[str]
    component_id: Mapped[int]
    sha256: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str]
    size: Mapped[int]
    attached_at: Mapped[datetime]
    by_id: Mapped[PersonId]
    removed_at: Mapped[datetime | None]
    strategy: Mapped[Strategy] = relationship()
    by: Mapped[Person] = relationship()

    @property
    def facts(self) -> dict[str, Any]:
        """What a version keeps of it."""
        return {
            "address": str(self.address),
            "clause": self.clause,
            "name": self.name,
            "kind": self.kind,
            "size": self.size,
            "sha256": self.sha256,
        }
