"""Column types that several nouns share."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from sqlalchemy import Computed, Enum, ForeignKey, Identity, Index, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

Id = Annotated[int, mapped_column(Identity(always=True), primary_key=True)]
PersonId = Annotated[int, mapped_column(ForeignKey("person.id"), index=True)]
CHECKED_BY_STATEMENT = {"checked": "by statement"}
When = Annotated[datetime, mapped_column()]


def by_value(kind: type[StrEnum], name: str) -> Enum:
    """An enumeration stored as its value and guarded by a CHECK, so that plain SQL can't misspell it."""
    return Enum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=40,
        values_callable=lambda members: [member.value for member in members],
    )


def refers_to(column: str) -> ForeignKey:
    """A reference that the database checks for all rows of a statement at once, by a trigger, and not row by row."""
    return ForeignKey(column, info=CHECKED_BY_STATEMENT)


def searched(expression: str) -> Mapped[str | None]:
    """The words of a row, which the database keeps in step with it. They are looked for, and not read."""
    return mapped_column(TSVECTOR, Computed(expression, persisted=True), deferred=True)


def by_its_words(table: str) -> Index:
    """The index by which a table's rows are found by their words."""
    return Index(f"ix_{table}_words", "words", postgresql_using="gin")


def written_in(*, read: bool = False) -> Mapped[str | None]:
    """The department in which a row was written, as the database knows it; mostly its policies alone `read` it."""
    here = text("nullif(current_setting('cxworkflow.department'::text, true), ''::text)")
    return mapped_column(server_default=here, deferred=not read)
