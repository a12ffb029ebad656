"""What the public may read: prepared by one person, released by another, and the text that leaves, in its own table."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxworkflow.db import Base
from cxworkflow.models.columns import Id, PersonId
from cxworkflow.models.people import Person
from cxworkflow.models.strategy import Strategy, Version


class Publication(Base):
    """An approved version, or some of its sections (`clauses`), on the way to the public.

    It is prepared, then released or dropped; what was released can be withdrawn. `document` is the text that was
    released, as canonical JSON under its SHA-256: nothing that is withheld is in it.
    """

    __tablename__ = "publication"
    __table_args__ = (
        CheckConstraint("released_by_id <> by_id and released_by_id <> changed_by_id", name="two_people"),
        CheckConstraint(
            "(released_at is null) = (released_by_id is null) and (released_at is null) = (document is null) "
            "and (released_at is null) = (sha256 is null)",
            name="released_by_somebody",
        ),
        CheckConstraint("sha256 = encode(sha256(convert_to(document, 'UTF8')), 'hex')", name="hash_is_of_document"),
        CheckConstraint(
            "(withdrawn_at is null) = (withdrawn_by_id is null) "
            "and (withdrawn_at is null or released_at is not null and coalesce(withdrawn_because, '') <> '')",
            name="withdrawn_says_why",
        ),
        CheckConstraint("dropped_at is null or released_at is null", name="dropped_or_released"),
        CheckConstraint("clauses <> '[]'", name="of_something"),
        Index(
            "uq_publication_one_prepared",
            "strategy_id",
            unique=True,
            postgresql_where=text("released_at is null and dropped_at is null"),
        ),
    )

    id: Mapped[Id]
    strategy_id: Mapped[int] = mapped_column(ForeignKey("strategy.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"))
    clauses: Mapped[list[str]] = mapped_column(JSONB)
    prepared_at: Mapped[datetime]
    by_id: Mapped[PersonId]
    changed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))  # who last changed what it shows
    released_at: Mapped[datetime | None]
    released_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    document: Mapped[str | None]
    sha256: Mapped[str | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_because: Mapped[str | None]
    dropped_at: Mapped[datetime | None]
    strategy: Mapped[Strategy] = relationship()
    version: Mapped[Version] = relationship()
    by: Mapped[Person] = relationship(foreign_keys="Publication.by_id")
    released_by: Mapped[Person | None] = relationship(foreign_keys=[released_by_id])
    withdrawn_by: Mapped[Person | None] = relationship(foreign_keys=[withdrawn_by_id])
    withholdings: Mapped[list["Withholding"]] = relationship(
        back_populates="publication", order_by="Withholding.id", cascade="all, delete-orphan"
    )

    @property
    def state(self) -> str:
        """Prepared, released, withdrawn or dropped."""
        if self.withdrawn_at is not None:
            return "withdrawn"
        if self.released_at is not None:
            return "released"
        return "dropped" if self.dropped_at is not None else "prepared"


class Withholding(Base):
    """What of a publication is withheld, and on which basis (its id in `config/publication.toml`).

    Of the answer `field` of a section: the passage from `begins` to `ends`, or all of it; of a table one row (from 0),
    or one column of a row. It is fixed once the publication is released.
    """

    __tablename__ = "withholding"
    __table_args__ = (
        CheckConstraint("(begins is null) = (ends is null) and begins < ends and begins >= 0", name="a_passage"),
        CheckConstraint("begins is null or row_number is null", name="a_passage_or_a_row"),
        CheckConstraint("column_key = '' or row_number is not null", name="column_of_a_row"),
    )

    id: Mapped[Id]
    publication_id: Mapped[int] = mapped_column(ForeignKey("publication.id"), index=True)
    clause: Mapped[str]
    field: Mapped[str]
    row_number: Mapped[int | None]
    column_key: Mapped[str] = mapped_column(default="", server_default="")
    begins: Mapped[int | None]
    ends: Mapped[int | None]
    basis: Mapped[str]
    made_at: Mapped[datetime]
    by_id: Mapped[PersonId]
    publication: Mapped[Publication] = relationship(back_populates="withholdings")
    by: Mapped[Person] = relationship()


class Published(Base):
    """What the public reads of a strategy: the one table that it can read. The database alone writes it.

    `document` is that of the publication that was released last; of what was withdrawn, only that it was is left.
    """

    __tablename__ = "published"
    __table_args__ = (
        UniqueConstraint("policy", "component"),
        CheckConstraint("(document is null) = (withdrawn_on is not null)", name="text_or_withdrawn"),
        CheckConstraint("(document is null) = (sha256 is null)", name="text_with_its_hash"),
    )

    strategy_id: Mapped[int] = mapped_column(ForeignKey("strategy.id"), primary_key=True, autoincrement=False)
    publication_id: Mapped[int] = mapped_column(ForeignKey("publication.id"))
    policy: Mapped[str]
    component: Mapped[str]  # as addresses write it
    title: Mapped[str]
    code: Mapped[str]
    owner: Mapped[str]
    about: Mapped[str]
    document: Mapped[str | None]
    sha256: Mapped[str | None]
    first_published_on: Mapped[date]
    published_at: Mapped[datetime]
    withdrawn_on: Mapped[date | None]

    @property
    def path(self) -> str:
        """Its address."""
        return f"/published/{self.policy}/{self.component}"
