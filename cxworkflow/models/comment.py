"""What is said in a review: comments on a section or on one of its rows, and the answers to them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxworkflow.db import Base
from cxworkflow.models.columns import Id, PersonId, by_its_words, by_value, searched
from cxworkflow.models.people import Person
from cxworkflow.models.strategy import Version


class Kind(StrEnum):
    """What a comment asks for: a change that the strategy needs, one that would help it, or nothing."""

    MUST_CHANGE = "must-change"
    SUGGESTION = "suggestion"
    COMMENT = "comment"


class Audience(StrEnum):
    """Who reads a comment and its answers: chosen when it is written, and never changed."""

    COMPONENT = "component"
    TEAM = "team"


class Comment(Base):
    """A comment on a section of a version, or on one row of it: then `field` and `row_name` say which.

    Its words never change. `kind` may; and it is settled, for a must-change once it is done in `settled_in`. `told_at`
    says when an e-mail told the Component of it.
    """

    __tablename__ = "comment"
    __table_args__ = (
        CheckConstraint("(field is null) = (row_name is null)", name="row_of_a_field"),
        # What the Component is to change, it can read: so nothing internal gets into a letter.
        CheckConstraint("audience = 'component' or kind = 'comment'", name="asked_in_the_open"),
        CheckConstraint("num_nonnulls(settled_at, settled_by_id, settled_in_id) in (0, 3)", name="settled_by_whom"),
        Index(
            "ix_comment_open_must_change",
            "strategy_id",
            postgresql_where=text("kind = 'must-change' and settled_at is null"),
        ),
        Index("ix_comment_untold", "strategy_id", postgresql_where=text("told_at is null and audience = 'component'")),
        by_its_words("comment"),
    )

    id: Mapped[Id]
    strategy_id: Mapped[int] = mapped_column(ForeignKey("strategy.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"), index=True)
    clause: Mapped[str]
    field: Mapped[str | None]
    row_name: Mapped[str | None]
    kind: Mapped[Kind] = mapped_column(by_value(Kind, "kind_known"))
    audience: Mapped[Audience] = mapped_column(by_value(Audience, "audience_known"))
    text: Mapped[str]
    made_at: Mapped[datetime]
    by_id: Mapped[PersonId]
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[PersonId | None]
    settled_in_id: Mapped[int | None] = mapped_column(ForeignKey("version.id"))
    told_at: Mapped[datetime | None]
    words: Mapped[str | None] = searched("to_tsvector('english'::regconfig, text)")
    version: Mapped[Version] = relationship(foreign_keys=[version_id])
    settled_in: Mapped[Version | None] = relationship(foreign_keys=[settled_in_id])
    by: Mapped[Person] = relationship(foreign_keys="Comment.by_id")
    settled_by: Mapped[Person | None] = relationship(foreign_keys="Comment.settled_by_id")
    replies: Mapped[list["Reply"]] = relationship(back_populates="comment", order_by="Reply.id")


class Reply(Base):
    """An answer to a comment, for the same readers. Its words never change."""

    __tablename__ = "reply"
    __table_args__ = (
        Index("ix_reply_untold", "strategy_id", postgresql_where=text("told_at is null")),
        by_its_words("reply"),
    )

    id: Mapped[Id]
    strategy_id: Mapped[int] = mapped_column(ForeignKey("strategy.id"), index=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"), index=True)
    text: Mapped[str]
    made_at: Mapped[datetime]
    by_id: Mapped[PersonId]
    told_at: Mapped[datetime | None]
    words: Mapped[str | None] = searched("to_tsvector('english'::regconfig, text)")
    comment: Mapped[Comment] = relationship(back_populates="replies")
    by: Mapped[Person] = relationship()
