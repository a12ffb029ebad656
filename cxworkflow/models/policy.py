"""A loaded policy edition and what it asks the Directorate to deliver."""

import json
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxworkflow.db import Base
from cxworkflow.models.columns import Id, PersonId
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

    @property
    def policy(self) -> Policy:
        """The policy this edition holds."""
        if self.sha256 not in _policies:
            _policies[self.sha256] = Policy.model_validate_json(json.dumps(self.content))
        return _policies[self.sha256]


class Deliverable(Base):
    """One of the Directorate's own deliverables, done (clause IV.a)."""

    __tablename__ = "deliverable"
    __table_args__ = (UniqueConstraint("edition_id", "what"),)

    id: Mapped[Id]
    edition_id: Mapped[int] = mapped_column(ForeignKey("policy_edition.id"))
    what: Mapped[str]
    delivered_at: Mapped[datetime]
    by_id: Mapped[PersonId]
    edition: Mapped[PolicyEdition] = relationship()
