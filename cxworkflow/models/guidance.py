"""The guidance library: guidance, playbooks and lessons, for whom they are, and who has acknowledged them."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxworkflow.db import Base
from cxworkflow.models.columns import Id, PersonId, by_its_words, by_value, searched
from cxworkflow.models.duties import KeptFile
from cxworkflow.models.people import Component, Person
from cxworkflow.models.policy import PolicyEdition


class GuidanceKind(StrEnum):
    """What a piece of the library is."""

    GUIDANCE = "guidance"
    PLAYBOOK = "playbook"
    LESSON = "lesson"


class Guidance(Base):
    """One version of a piece of the library; `series` is what its versions share.

    A draft is written, with `revision` counting its saved states; once published, its words never change. It is
    superseded when a later version of it is published. `component` is the one that offered it as a lesson.
    """

    __tablename__ = "guidance"
    __table_args__ = (
        UniqueConstraint("series", "number"),
        CheckConstraint("text <> '' or file_id is not null", name="says_something"),
        CheckConstraint("num_nulls(published_at, published_by_id) in (0, 2)", name="published_by_somebody"),
        CheckConstraint("num_nulls(withdrawn_at, withdrawn_by_id) in (0, 2)", name="withdrawn_by_somebody"),
        CheckConstraint("withdrawn_at is null or withdrawn_reason <> ''", name="withdrawn_with_a_reason"),
        CheckConstraint("published_at is not null or num_nonnulls(withdrawn_at, superseded_at) = 0", name="in_order"),
        Index("uq_guidance_one_draft", "series", unique=True, postgresql_where=sql("published_at is null")),
        by_its_words("guidance"),
    )

    id: Mapped[Id]
    edition_id: Mapped[int] = mapped_column(ForeignKey("policy_edition.id"))
    series: Mapped[UUID] = mapped_column(server_default=sql("gen_random_uuid()"))
    number: Mapped[int]
    revision: Mapped[int] = mapped_column(server_default="1")
    kind: Mapped[GuidanceKind] = mapped_column(by_value(GuidanceKind, "kind_known"))
    title: Mapped[str]
    tags: Mapped[str]
    text: Mapped[str]
    file_id: Mapped[int | None] = mapped_column(ForeignKey("kept_file.id"))
    component_id: Mapped[int | None] = mapped_column(ForeignKey("component.id"))
    written_at: Mapped[datetime]
    by_id: Mapped[PersonId]
    to_all: Mapped[bool] = mapped_column(server_default=sql("false"))
    acknowledge_by: Mapped[date | None]
    published_at: Mapped[datetime | None]
    published_by_id: Mapped[PersonId | None]
    sha256: Mapped[str | None]
    superseded_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[PersonId | None]
    withdrawn_reason: Mapped[str] = mapped_column(server_default="")
    words: Mapped[str | None] = searched("to_tsvector('english'::regconfig, title || ' ' || tags || ' ' || text)")
    edition: Mapped[PolicyEdition] = relationship()
    file: Mapped[KeptFile | None] = relationship()
    component: Mapped[Component | None] = relationship()
    by: Mapped[Person] = relationship(foreign_keys="Guidance.by_id")

    @property
    def tag_list(self) -> list[str]:
        """Its tags, one by one."""
        return [each for each in self.tags.split(", ") if each]

    @property
    def state(self) -> str:
        """How it stands: draft, offered, published, superseded or withdrawn."""
        if self.published_at is None:
            return "offered" if self.component_id else "draft"
        if self.withdrawn_at is not None:
            return "withdrawn"
        return "superseded" if self.superseded_at is not None else "published"


class GuidanceAudience(Base):
    """A Component to which a piece of the library was published."""

    __tablename__ = "guidance_audience"

    guidance_id: Mapped[int] = mapped_column(ForeignKey("guidance.id"), primary_key=True)
    component_id: Mapped[int] = mapped_column(ForeignKey("component.id"), primary_key=True, index=True)
    component: Mapped[Component] = relationship()


class Acknowledgement(Base):
    """That a Component has read a piece of the library, said by its lead or executive."""

    __tablename__ = "acknowledgement"
    __table_args__ = (UniqueConstraint("guidance_id", "component_id"),)

    id: Mapped[Id]
    guidance_id: Mapped[int] = mapped_column(ForeignKey("guidance.id"))
    component_id: Mapped[int] = mapped_column(ForeignKey("component.id"))
    acknowledged_at: Mapped[datetime]
    by_id: Mapped[PersonId]
    by: Mapped[Person] = relationship()
