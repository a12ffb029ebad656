"""Who gets a notice meant for a role: its holders, or while it is vacant those of the next role up."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text

from cxworkflow.db import session
from cxworkflow.models.people import ACTING, COMPONENT_ROLES, Role

# wanted role -> who stands in, in order; roles in one tuple stand side by side.
STANDS_IN: dict[Role, tuple[tuple[Role, ...], ...]] = {
    Role.CONTRIBUTOR: ((Role.CONTRIBUTOR,), (Role.LEAD, Role.HQ_LEAD), (Role.EXECUTIVE,), (Role.DIRECTORATE_LEAD,)),
    Role.LEAD: ((Role.LEAD, Role.HQ_LEAD), (Role.EXECUTIVE,), (Role.DIRECTORATE_LEAD,), (Role.CIO,)),
    Role.EXECUTIVE: ((Role.EXECUTIVE,), (Role.DIRECTORATE_LEAD,), (Role.CIO,)),
    Role.REVIEWER: ((Role.REVIEWER,), (Role.DIRECTORATE_LEAD,), (Role.CIO,)),
    Role.DIRECTORATE_LEAD: ((Role.DIRECTORATE_LEAD,), (Role.CIO,), (Role.ADMINISTRATOR,)),
    Role.CIO: ((Role.CIO,), (Role.DIRECTORATE_LEAD,), (Role.ADMINISTRATOR,)),
    Role.AUDITOR: ((Role.AUDITOR,), (Role.ADMINISTRATOR,)),
    Role.ADMINISTRATOR: ((Role.ADMINISTRATOR,), (Role.CIO,)),
}
STANDS_IN[Role.HQ_LEAD] = STANDS_IN[Role.LEAD]

# A relation chain(wanted, candidate, per_component, place), written out: it never changes.
CHAIN = "(values {}) as chain(wanted, candidate, per_component, place)".format(
    ", ".join(
        f"('{wanted.value}', '{candidate.value}', {candidate in COMPONENT_ROLES}, {place})"
        for wanted, steps in STANDS_IN.items()
        for place, step in enumerate(steps)
        for candidate in step
    )
)

# As whom somebody holds an appointment: "lead", or "acting-lead" while they stand in for its holder.
AS_WHOM = f"case when appointment.acting then '{ACTING}' || appointment.role else appointment.role end"

# For a row (wanted role, component, department; null: of every one): the people to tell, and as whom. To be used as a
# lateral join.
HOLDERS = """
    select person.id as person_id, person.email, {as_whom} as role
      from chain
      join appointment on appointment.role = chain.candidate
       and coalesce(appointment.component_id, 0)
         = case when chain.per_component then coalesce({component}, 0) else 0 end
       and coalesce({department}, appointment.department) = appointment.department
       and appointment.from_on <= {on}
       and (appointment.until_on is null or appointment.until_on > {on})
      join person on person.id = appointment.person_id and person.deactivated_at is null
     where chain.wanted = {role}
     order by chain.place
     fetch first 1 row with ties
""".replace("{as_whom}", AS_WHOM)


# wanted role -> whether its holders are looked for in the Component, and the roles of which all holders are told first.
TOLD_FIRST: dict[str, tuple[bool, str]] = {
    wanted.value: (wanted in COMPONENT_ROLES, f"{{{','.join(steps[0])}}}") for wanted, steps in STANDS_IN.items()
}


@dataclass(frozen=True)
class Recipient:
    """A person, the role that is told, and as whom they are: in another role while that is vacant, or acting in it."""

    person_id: int
    email: str
    role: str
    held_role: str


_HOLDERS_OF = text(
    f"with chain as (select * from {CHAIN}), "
    "asked as (select * from unnest(cast(:roles as text[])) with ordinality as asked(role, nth)) "
    "select distinct on (holder.person_id) holder.person_id, holder.email, holder.role as held_role, "
    "asked.role, asked.nth "
    "from asked join lateral ("
    + HOLDERS.format(
        component="cast(:component_id as bigint)",
        department="cast(:department as text)",
        on=":on_day",
        role="asked.role",
    )
    + ") as holder on true order by holder.person_id, asked.nth"
)


def holders(roles: Iterable[str], *, department: str | None, component_id: int | None, on: date) -> list[Recipient]:
    """Everybody of a department (None: of each) to be told on a day, once, in the first role that reaches them."""
    values = {"roles": list(roles), "department": department, "component_id": component_id, "on_day": on}
    rows = session().execute(_HOLDERS_OF, values).all()
    in_order = sorted(rows, key=lambda row: row.nth)
    return [Recipient(row.person_id, row.email, row.role, row.held_role) for row in in_order]
