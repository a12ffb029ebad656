"""Who: people, the Components of a department, and the appointments that give people their roles."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TEXT, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxworkflow.db import Base
from cxworkflow.models.columns import Id, by_its_words, by_value, searched
from cxworkflow.policies.model import ClockRule


class Role(StrEnum):
    """The roles of domain section 3; the public needs no appointment."""

    CONTRIBUTOR = "contributor"
    LEAD = "lead"
    EXECUTIVE = "executive"
    REVIEWER = "directorate-reviewer"
    DIRECTORATE_LEAD = "directorate-lead"
    CIO = "cio"
    HQ_LEAD = "ocio-hq-lead"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"

    @property
    def title(self) -> str:  # type: ignore[override]  # what str.title() does is of no use to a role
        """The role as a person reads it."""
        return _TITLES[self]


_TITLES = {
    Role.CONTRIBUTOR: "Component contributor",
    Role.LEAD: "Component lead",
    Role.EXECUTIVE: "Component executive",
    Role.REVIEWER: "CX Directorate reviewer",
    Role.DIRECTORATE_LEAD: "CX Directorate lead",
    Role.CIO: "Chief Information Officer",
    Role.HQ_LEAD: "Headquarters lead",
    Role.AUDITOR: "Auditor",
    Role.ADMINISTRATOR: "Administrator",
}

ACTING = "acting-"  # before the role of who stands in for its holder, where the record says as whom


def role_in(as_whom: str) -> Role:
    """The role in "cio" or "acting-cio"."""
    return Role(as_whom.removeprefix(ACTING))


def titled(as_whom: str) -> str:
    """What the record calls "cio" or "acting-cio", as a person reads it; what the system did itself has no title."""
    if not as_whom:
        return ""
    return f"Acting {role_in(as_whom).title}" if as_whom.startswith(ACTING) else Role(as_whom).title


COMPONENT_ROLES = frozenset({Role.CONTRIBUTOR, Role.LEAD, Role.EXECUTIVE, Role.HQ_LEAD})


def called(name: str, formerly: list[dict[str, str]], on: date) -> str:
    """What was called by these names, the oldest first, on this day."""
    return next((each["name"] for each in formerly if on < date.fromisoformat(each["until_on"])), name)


class Component(Base):
    """An agency or office; `files` says whether it files itself, is covered by who does, or is only invited."""

    __tablename__ = "component"
    __table_args__ = (
        CheckConstraint("files in ('self', 'covered', 'invited')", name="files_known"),
        CheckConstraint(
            "(files = 'covered') = (covered_by is not null) and covered_by is distinct from code",
            name="covered_by_another",
        ),
        CheckConstraint("until_on is null or until_on > from_on", name="dates_in_order"),
        Index("uq_component_department_code", "department", "code", unique=True),
        Index("ix_component_code", "code"),
        Index("ix_component_department_kind", "department", "kind"),
        UniqueConstraint("department", "id"),
        *(
            ForeignKeyConstraint(
                ["department", another],
                ["component.department", "component.code"],
                deferrable=True,
                initially="DEFERRED",
            )
            for another in ("part_of", "covered_by")
        ),
    )

    id: Mapped[Id]
    department: Mapped[str]
    code: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str]
    hisp: Mapped[bool]
    files: Mapped[str]
    covered_by: Mapped[str | None]  # the code of the Component that files for it
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    # The Component that it belongs to since it left its last former place, those that were merged into it, and the
    # names it had, the oldest first: each an object with `name` and `until_on`, the first day on which it was called
    # otherwise.
    part_of: Mapped[str | None]
    continues: Mapped[list[str]] = mapped_column(JSONB, default=list, server_default=text("'[]'"))
    formerly: Mapped[list[dict[str, str]]] = mapped_column(JSONB, default=list, server_default=text("'[]'"))
    former_places: Mapped[list["FormerPlace"]] = relationship(
        primaryjoin="Component.id == foreign(FormerPlace.component_id)",
        order_by="FormerPlace.until_on",
        viewonly=True,
    )

    def name_on(self, on: date) -> str:
        """What the Component was called on this day."""
        return called(self.name, self.formerly, on)

    def part_of_on(self, on: date) -> str | None:
        """The code of the Component that it belonged to on this day; None: to the department itself."""
        return next((each.part_of for each in self.former_places if on < each.until_on), self.part_of)

    def moves_after(self, on: date) -> list[tuple[date, str | None]]:
        """The days after this one from which it belongs elsewhere, each with that place."""
        places = [*(each.part_of for each in self.former_places[1:]), self.part_of]
        left = [each.until_on for each in self.former_places]
        return [(day, place) for day, place in zip(left, places, strict=False) if day > on]

    def in_force(self, on: date) -> bool:
        """Whether the Component exists on this day."""
        return self.from_on <= on and (self.until_on is None or on < self.until_on)

    def has(self, rule: ClockRule) -> bool:
        """Whether a rule of a policy gives the Component a clock, if it exists."""
        # Who came later than a day that the policy fixes was never asked for anything by that day.
        in_time = rule.due_on is None or self.from_on <= rule.due_on
        return self.files != "covered" and in_time and rule.concerns(obliged=self.files == "self", hisp=self.hisp)


class FormerPlace(Base):
    """Where a Component belonged until (not on) a day; without a code, to the department itself.

    One follows upon the other without a gap; the first was there from the beginning.
    """

    __tablename__ = "former_place"
    __table_args__ = (
        ForeignKeyConstraint(["department", "component_id"], ["component.department", "component.id"]),
        ForeignKeyConstraint(["department", "part_of"], ["component.department", "component.code"]),
        CheckConstraint("until_on > from_on", name="dates_in_order"),
        ExcludeConstraint(
            (func.int8range(text("component_id"), text("component_id"), text("'[]'")), "&&"),
            (func.daterange(text("from_on"), text("until_on")), "&&"),
            name="ex_former_place_one_at_a_time",
        ),
        Index("ix_former_place_department_part_of", "department", "part_of"),
    )

    id: Mapped[Id]
    department: Mapped[str]
    component_id: Mapped[int]
    part_of: Mapped[str | None]
    from_on: Mapped[date | None]
    until_on: Mapped[date]

    @property
    def last_on(self) -> date:
        """The last day on which it held."""
        return self.until_on - timedelta(days=1)


class Person(Base):
    """Somebody who signs in and gets e-mails. Never deleted while the record names them."""

    __tablename__ = "person"
    __table_args__ = (CheckConstraint("email = lower(email)", name="email_lower"), by_its_words("person"))

    id: Mapped[Id]
    name: Mapped[str]
    email: Mapped[str] = mapped_column(unique=True)
    deactivated_at: Mapped[datetime | None]
    # Those in which the person has or had a role, or was added to get one; the first keeps the account.
    departments: Mapped[list[str]] = mapped_column(ARRAY(TEXT), server_default=text("'{}'"))
    words: Mapped[str | None] = searched("to_tsvector('simple'::regconfig, name || ' ' || email)")
    appointments: Mapped[list["Appointment"]] = relationship(
        back_populates="person", lazy="selectin", order_by="Appointment.id"
    )

    def as_whom(self, role: Role, component: Component | None, *, on: date) -> str:
        """As whom the person acts in a role on a day: "cio", or "acting-cio" while they stand in for its holder."""
        held = [
            each
            for each in self.appointments
            if each.role is role
            and each.in_force(on)
            and (component is None or each.component_id in (None, component.id))
        ]
        return f"{ACTING}{role.value}" if held and all(each.acting for each in held) else role.value


class Appointment(Base):
    """A role a person holds, for a Component or for the Department, from one day until (not on) another.

    `department` is that of the Component, or the one for all of which it is held; the database says it where it
    follows. Who is acting stands in for the holder between two days, with the same rights.
    """

    __tablename__ = "appointment"
    __table_args__ = (
        CheckConstraint(
            "(component_id is not null) = (role in ('contributor', 'lead', 'executive', 'ocio-hq-lead'))",
            name="component_where_due",
        ),
        # One that ends on its first day never counts: so is undone what was given by mistake.
        CheckConstraint("until_on is null or until_on >= from_on", name="dates_in_order"),
        CheckConstraint("not acting or until_on is not null", name="acting_ends"),
        # 0 stands for the Department, so that one look finds the holders of a role, wherever it is held.
        Index("ix_appointment_component_id_role", text("coalesce(component_id, 0)"), "role"),
        Index("ix_appointment_of_the_department", "role", postgresql_where=text("component_id is null")),
    )

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[Role] = mapped_column(by_value(Role, "role_known"))
    component_id: Mapped[int | None] = mapped_column(ForeignKey("component.id"))
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    department: Mapped[str] = mapped_column(server_default=text("''"))
    acting: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    person: Mapped[Person] = relationship(back_populates="appointments")
    component: Mapped[Component | None] = relationship(lazy="joined")

    @property
    def title(self) -> str:
        """What the person is called in it: Chief Information Officer, Acting Chief Information Officer."""
        return titled(f"{ACTING}{self.role.value}" if self.acting else self.role.value)

    def in_force(self, on: date) -> bool:
        """Whether the appointment counts on this day."""
        return self.from_on <= on and (self.until_on is None or on < self.until_on)
