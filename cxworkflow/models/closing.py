"""The close of a fiscal year: who has implemented by the policy's last day, who has not and why, signed by the CIO."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxworkflow.db import Base
from cxworkflow.models.columns import Id, PersonId
from cxworkflow.models.people import Component, Person
from cxworkflow.models.policy import PolicyEdition


class FiscalClose(Base):
    """What was drawn up on the last day. Signed, its text and its PDF stay under their SHA-256."""

    __tablename__ = "fiscal_close"
    __table_args__ = (
        UniqueConstraint("edition_id", "closed_on"),
        CheckConstraint("num_nulls(text, sha256, pdf, pdf_sha256, signed_at, signed_by_id) in (0, 6)", name="signed"),
        CheckConstraint("sha256 = encode(sha256(convert_to(text, 'UTF8')), 'hex')", name="hash_is_of_text"),
        CheckConstraint("pdf_sha256 = encode(sha256(pdf), 'hex')", name="hash_is_of_pdf"),
    )

    id: Mapped[Id]
    edition_id: Mapped[int] = mapped_column(ForeignKey("policy_edition.id"))
    closed_on: Mapped[date]
    drawn_up_at: Mapped[datetime]
    text: Mapped[str | None]
    sha256: Mapped[str | None]
    pdf: Mapped[bytes | None] = mapped_column(deferred=True)
    pdf_sha256: Mapped[str | None]
    signed_at: Mapped[datetime | None]
    signed_by_id: Mapped[PersonId | None]
    edition: Mapped[PolicyEdition] = relationship()
    signed_by: Mapped[Person | None] = relationship()
    lines: Mapped[list["CloseLine"]] = relationship(back_populates="close", order_by="CloseLine.id")


class CloseLine(Base):
    """How one Component stood on the last day, and what it states itself if it had not implemented.

    `facts`: its status, since when it is implemented, its due date, and the commitments that were open.
    """

    __tablename__ = "close_line"
    __table_args__ = (
        UniqueConstraint("close_id", "component_id"),
        CheckConstraint("num_nulls(statement, stated_at, stated_by_id) in (0, 3)", name="stated_by_somebody"),
        CheckConstraint("not implemented or statement is null", name="asked_if_not_implemented"),
    )

    id: Mapped[Id]
    close_id: Mapped[int] = mapped_column(ForeignKey("fiscal_close.id"))
    component_id: Mapped[int] = mapped_column(ForeignKey("component.id"), index=True)
    implemented: Mapped[bool]
    facts: Mapped[dict[str, Any]]
    statement: Mapped[str | None]
    stated_at: Mapped[datetime | None]
    stated_by_id: Mapped[PersonId | None]
    close: Mapped[FiscalClose] = relationship(back_populates="lines")
    component: Mapped[Component] = relationship()
    stated_by: Mapped[Person | None] = relationship()
