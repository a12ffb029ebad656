"""A loaded policy edition and what it asks the Directorate to deliver."""

import json
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxworkflow.db import Base
from cxworkflow.models.columns import Id, PersonId
from cxworkflow.models.people import Component, Person
from cxworkflow.policies import Policy

# Editions never change, so each is parsed once in a process.
_policies: dict[str, Policy] = {}


class PolicyEdition(Base):
    """A policy as it was loaded: its whole content and the hash of it. Strategies stay on their edition."""

    never_changes = True
    __tablename__ = "policy_edition"
    __table_args__ = (UniqueConstraint("code", "sha256"),)

    id: Mapped[Id]
    code: Mapped[str]
    title: Mapped[str]
    signed_on: Mapped[date]
    # Long, and needed only where the policy is not yet known to this process.
    content: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    sha256: Mapped[str]
    loaded_at: Mapped[datetime]
    department: Mapped[str] = mapped_column(Computed("content ->> 'department'::text", persisted=True), deferred=True)

    @property
    def policy(self) -> Policy:
        """The policy this edition holds."""
        if self.sha256 not in _policies:
            _policies[self.sha256] = Policy.model_validate_json(json.dumps(self.content))
        return _policies[self.sha256]


class Deliverable(Base):
    """One of the Directorate's own deliverables, done; or a Component's, with what it said of it. Never changed."""

    __tablename__ = "deliverable"
    __table_args__ = (
        CheckConstraint("component_id is null or statement <> ''", name="component_says_what"),
        Index(
            "uq_deliverable_once",
            "edition_id",
            "what",
            # 0 stands for the Directorate.
            text("coalesce(component_id, 0)"),
            unique=True,
        ),
        Index("ix_deliverable_component_id", "component_id"),
    )

    id: Mapped[Id]
    edition_id: Mapped[int] = mapped_column(ForeignKey("policy_edition.id"))
    what: Mapped[str]
    component_id: Mapped[int | None] = mapped_column(ForeignKey("component.id"))
    statement: Mapped[str] = mapped_column(default="", server_default="")
    delivered_at: Mapped[datetime]
    by_id: Mapped[PersonId]
    edition: Mapped[PolicyEdition] = relationship()
    component: Mapped[Component | None] = relationship()
    by: Mapped[Person] = relationship()
