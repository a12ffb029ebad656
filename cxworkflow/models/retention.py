"""What has to be kept although its time is over, and what was disposed of when it was."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxworkflow.db import Base
from cxworkflow.models.columns import Id, PersonId, written_in
from cxworkflow.models.people import Component, Person
from cxworkflow.models.policy import PolicyEdition


class LegalHold(Base):
    """Nothing of a policy, of one Component under it, or of one person is disposed of from one day until another.

    It ends on `until_on` (the first day without it), or when somebody lifts it.
    """

    __tablename__ = "legal_hold"
    __table_args__ = (
        CheckConstraint("(person_id is null) = (edition_id is not null)", name="of_a_policy_or_a_person"),
        CheckConstraint("component_id is null or edition_id is not null", name="component_under_a_policy"),
        CheckConstraint("reason <> '' and citation <> ''", name="says_why"),
        CheckConstraint("until_on is null or until_on > from_on", name="dates_in_order"),
        CheckConstraint("(lifted_at is null) = (lifted_by_id is null)", name="lifted_by_somebody"),
    )

    id: Mapped[Id]
    edition_id: Mapped[int | None] = mapped_column(ForeignKey("policy_edition.id"))
    component_id: Mapped[int | None] = mapped_column(ForeignKey("component.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    department: Mapped[str | None] = written_in()
    reason: Mapped[str]
    citation: Mapped[str]
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    placed_at: Mapped[datetime]
    by_id: Mapped[PersonId]
    lifted_at: Mapped[datetime | None]
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    lifted_reason: Mapped[str | None]
    edition: Mapped[PolicyEdition | None] = relationship()
    component: Mapped[Component | None] = relationship()
    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])
    by: Mapped[Person] = relationship(foreign_keys="LegalHold.by_id")

    @property
    def what(self) -> str:
        """What is held, in words."""
        if self.person is not None:
            return f"the data of {self.person.name}"
        assert self.edition is not None
        under = self.edition.policy.short_title
        return f"the strategy of {self.component.code} under {under}" if self.component else f"everything under {under}"

    def in_force(self, on: date) -> bool:
        """Whether it counts on this day."""
        return self.lifted_at is None and self.from_on <= on and (self.until_on is None or on < self.until_on)


class Disposal(Base):
    """What one person proposed to dispose of, item by item, and another one confirmed.

    `kind` is one of `config/records.toml`; an item has `id`, `about` and `parts`; `sha256` is of the items. Done or
    withdrawn, it never changes again.
    """

    __tablename__ = "disposal"
    __table_args__ = (
        CheckConstraint("confirmed_by_id <> by_id", name="two_people"),
        CheckConstraint("(done_at is null) = (confirmed_by_id is null)", name="done_is_confirmed"),
        CheckConstraint("done_at is null or withdrawn_at is null", name="done_or_withdrawn"),
        Index(
            "uq_disposal_one_open",
            text("coalesce(department, ''::text)"),
            "kind",
            unique=True,
            postgresql_where=text("done_at is null and withdrawn_at is null"),
        ),
    )

    id: Mapped[Id]
    kind: Mapped[str]
    department: Mapped[str | None] = written_in()
    before_on: Mapped[date]
    items: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    sha256: Mapped[str]
    proposed_at: Mapped[datetime]
    by_id: Mapped[PersonId]
    done_at: Mapped[datetime | None]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_at: Mapped[datetime | None]
    by: Mapped[Person] = relationship(foreign_keys="Disposal.by_id")
    confirmed_by: Mapped[Person | None] = relationship(foreign_keys=[confirmed_by_id])

    @property
    def state(self) -> str:
        """Whether it is open, done or withdrawn."""
        return "done" if self.done_at else "withdrawn" if self.withdrawn_at else "open"

    @property
    def parts(self) -> int:
        """How many rows it takes away or empties."""
        return sum(int(item["parts"]) for item in self.items)
