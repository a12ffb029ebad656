"""The Directorate's own papers: drafts, the rounds in which Components answer, and the signature."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxworkflow.db import Base
from cxworkflow.models.columns import Id, PersonId, by_value
from cxworkflow.models.people import Component, Person
from cxworkflow.models.policy import PolicyEdition


class Position(StrEnum):
    """What a Component answers to a draft that was put to it."""

    CONCUR = "concur"
    COMMENTS = "concur-with-comments"
    NON_CONCUR = "non-concur"


class Disposition(StrEnum):
    """What becomes of a comment from a Component."""

    ACCEPTED = "accepted"
    PARTLY = "partly"
    DECLINED = "declined"


class KeptFile(Base):
    """A file that was checked as attachments are, with its SHA-256, which the database checks. Never changed."""

    never_changes = True
    __tablename__ = "kept_file"
    __table_args__ = (CheckConstraint("sha256 = encode(sha256(content), 'hex')", name="hash_is_of_content"),)

    id: Mapped[Id]
    name: Mapped[str]
    kind: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    content: Mapped[bytes] = mapped_column(deferred=True)
    kept_at: Mapped[datetime]
    by_id: Mapped[PersonId]


class DutyDraft(Base):
    """A saved state of a draft of one of the Directorate's papers, in Markdown or as a file. Never changed.

    `number` counts the drafts, `revision` the saved states of one; what is circulated is one of these rows.
    """

    never_changes = True
    __tablename__ = "duty_draft"
    __table_args__ = (
        UniqueConstraint("edition_id", "what", "number", "revision"),
        CheckConstraint("text <> '' or file_id is not null", name="says_something"),
        CheckConstraint("number > 0 and revision > 0", name="counted_from_one"),
    )

    id: Mapped[Id]
    edition_id: Mapped[int] = mapped_column(ForeignKey("policy_edition.id"))
    what: Mapped[str]
    number: Mapped[int]
    revision: Mapped[int]
    text: Mapped[str]
    file_id: Mapped[int | None] = mapped_column(ForeignKey("kept_file.id"))
    sha256: Mapped[str]
    saved_at: Mapped[datetime]
    by_id: Mapped[PersonId]
    edition: Mapped[PolicyEdition] = relationship()
    file: Mapped[KeptFile | None] = relationship()
    by: Mapped[Person] = relationship()


class Round(Base):
    """A round of coordination: a draft put to Components until a day, and closed by the Directorate."""

    __tablename__ = "coordination_round"
    __table_args__ = (
        UniqueConstraint("draft_id"),
        CheckConstraint("(closed_at is null) = (closed_by_id is null)", name="closed_by_somebody"),
        Index(
            "uq_coordination_round_one_open",
            "edition_id",
            "what",
            unique=True,
            postgresql_where=text("closed_at is null"),
        ),
    )

    id: Mapped[Id]
    edition_id: Mapped[int] = mapped_column(ForeignKey("policy_edition.id"))
    what: Mapped[str]
    number: Mapped[int]
    draft_id: Mapped[int] = mapped_column(ForeignKey("duty_draft.id"))
    note: Mapped[str]
    opened_at: Mapped[datetime]
    until_on: Mapped[date]
    by_id: Mapped[PersonId]
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[PersonId | None]
    draft: Mapped[DutyDraft] = relationship()
    edition: Mapped[PolicyEdition] = relationship()
    by: Mapped[Person] = relationship(foreign_keys="Round.by_id")


class RoundAsked(Base):
    """A Component to which a round puts its draft."""

    __tablename__ = "coordination_asked"

    round_id: Mapped[int] = mapped_column(ForeignKey("coordination_round.id"), primary_key=True)
    component_id: Mapped[int] = mapped_column(ForeignKey("component.id"), primary_key=True, index=True)
    round: Mapped[Round] = relationship()
    component: Mapped[Component] = relationship()


class Concurrence(Base):
    """What a Component answered in a round. Answered again while the round is open, the last one counts."""

    __tablename__ = "concurrence"
    __table_args__ = (
        CheckConstraint("position <> 'non-concur' or reason <> ''", name="non_concur_has_a_reason"),
        Index("ix_concurrence_round_id_component_id", "round_id", "component_id"),
    )

    id: Mapped[Id]
    round_id: Mapped[int] = mapped_column(ForeignKey("coordination_round.id"))
    component_id: Mapped[int] = mapped_column(ForeignKey("component.id"))
    position: Mapped[Position] = mapped_column(by_value(Position, "position_known"))
    reason: Mapped[str]
    answered_at: Mapped[datetime]
    late: Mapped[bool]
    by_id: Mapped[PersonId]
    round: Mapped[Round] = relationship()
    component: Mapped[Component] = relationship()
    by: Mapped[Person] = relationship()
    comments: Mapped[list["ConcurrenceComment"]] = relationship(
        back_populates="concurrence", order_by="ConcurrenceComment.id"
    )


class ConcurrenceComment(Base):
    """One comment of a Component on a draft, and what the Directorate made of it. Its words never change."""

    __tablename__ = "concurrence_comment"
    __table_args__ = (
        CheckConstraint("num_nulls(disposition, disposed_at, disposed_by_id) in (0, 3)", name="disposed_as_a_whole"),
        CheckConstraint(
            "disposition is null or disposition = 'accepted' or disposed_reason <> ''", name="declined_with_a_reason"
        ),
    )

    id: Mapped[Id]
    concurrence_id: Mapped[int] = mapped_column(ForeignKey("concurrence.id"), index=True)
    component_id: Mapped[int] = mapped_column(ForeignKey("component.id"))
    place: Mapped[str]
    text: Mapped[str]
    disposition: Mapped[Disposition | None] = mapped_column(by_value(Disposition, "disposition_known"))
    disposed_reason: Mapped[str] = mapped_column(server_default="")
    disposed_at: Mapped[datetime | None]
    disposed_by_id: Mapped[PersonId | None]
    concurrence: Mapped[Concurrence] = relationship(back_populates="comments")
    disposed_by: Mapped[Person | None] = relationship()


class Signature(Base):
    """A signed paper: the draft, its SHA-256, and the PDF, kept as it was set."""

    never_changes = True
    __tablename__ = "duty_signature"
    __table_args__ = (
        UniqueConstraint("edition_id", "what"),
        CheckConstraint("pdf_sha256 = encode(sha256(pdf), 'hex')", name="hash_is_of_pdf"),
    )

    id: Mapped[Id]
    edition_id: Mapped[int] = mapped_column(ForeignKey("policy_edition.id"))
    what: Mapped[str]
    draft_id: Mapped[int] = mapped_column(ForeignKey("duty_draft.id"), index=True)
    sha256: Mapped[str]
    pdf_sha256: Mapped[str]
    pdf: Mapped[bytes] = mapped_column(deferred=True)
    by_role: Mapped[str]
    signed_at: Mapped[datetime]
    by_id: Mapped[PersonId]
    draft: Mapped[DutyDraft] = relationship()
    by: Mapped[Person] = relationship()
