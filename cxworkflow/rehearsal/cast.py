"""The people of a rehearsal: one for each role and Component, found by the role an event names."""

from datetime import date, datetime

from cxworkflow.errors import NotFound
from cxworkflow.models import Component, Person, Role
from cxworkflow.services import people, policies

OF_COMPONENTS = (Role.LEAD, Role.EXECUTIVE, Role.CONTRIBUTOR)
OF_THE_DEPARTMENT = (Role.CIO, Role.DIRECTORATE_LEAD, Role.REVIEWER, Role.AUDITOR, Role.ADMINISTRATOR)


def address(role: Role, component: Component | None) -> str:
    """The address of a member of the cast."""
    of_what = f".{component.code.lower().replace('&', '-and-')}" if component else ""
    return f"{role.value}{of_what}@rehearsal.example"


def hire(components: list[Component], *, from_on: date, at: datetime) -> None:
    """Appoint one person to every role of the Department and of the Components that take part."""
    for role in OF_THE_DEPARTMENT:
        person = people.add(role.title, address(role, None), at=at)
        people.appoint(person, role, None, department=components[0].department, from_on=from_on, at=at)
    covering = policies.covering(components[0].department)
    for component in components:
        for role in OF_COMPONENTS:
            person = people.add(f"{component.code} {role.value}", address(role, component), at=at)
            held = Role.HQ_LEAD if role is Role.LEAD and component.code in covering else role
            people.appoint(person, held, component, from_on=from_on, at=at)


def player(who: str, component: Component | None, *, on: date) -> Person:
    """The person an event means by a role's name or an address; raises NotFound."""
    if "@" in who:
        return people.person_of(who)
    try:
        role = Role(who)
    except ValueError:
        raise NotFound(f"There is nobody called “{who}”. Name a role: {', '.join(Role)}.") from None
    if role is Role.HQ_LEAD:
        role = Role.LEAD
    department = component.department if component else None
    return people.holder(role, component if role in OF_COMPONENTS else None, department=department, on=on)


def taking_part(department: str, codes: tuple[str, ...]) -> list[Component]:
    """The Components of a scenario; raises NotFound for one that the department has not."""
    found = {component.code: component for component in policies.components(department)}
    for code in codes:
        if code not in found:
            raise NotFound(f"There is no Component “{code}”. The scenario can use: {', '.join(found)}.")
    return [found[code] for code in codes]
