"""Bringing a policy and a department into force: editions, Components, the clocks that start with signature."""

import hashlib
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import rfc8785
from sqlalchemy import ColumnElement, bindparam, func, select, true, update
from sqlalchemy.orm import selectinload

from cxworkflow.calendar import day_of, moment
from cxworkflow.db import rows, session
from cxworkflow.errors import InvalidInput, NotFound, NotNow
from cxworkflow.models import Appointment, Component, Person, PolicyEdition, Strategy
from cxworkflow.policies import Policy, Section
from cxworkflow.policies.organizations import ListedComponent, Organization
from cxworkflow.services import histories, places, record


class Beside(NamedTuple):
    """Whether an edition is the latest of its policy, and which others there are."""

    latest: bool
    ids: tuple[int, ...]


def load_organization(organization: Organization, *, at: datetime) -> None:
    """Add the department's Components, or bring those that exist up to date; what changed is recorded.

    Raises InvalidInput where the file leaves out a place or a name that a Component had.
    """
    known = _register(organization.id)
    if forgotten := list(places.forgotten(organization, known, on=day_of(at))):
        raise InvalidInput(f"{organization.id}.toml", forgotten)
    added: list[str] = []
    changed: list[str] = []
    moved: list[ListedComponent] = []
    for listed in organization.components:
        component = known.get(listed.code)
        if component is not None and _says(component, listed):
            continue
        if component is None:
            session().add(Component(department=organization.id, code=listed.code, **_facts(listed)))
            added.append(listed.code)
        else:
            changed.append(listed.code)
            for name, value in _facts(listed).items():
                setattr(component, name, value)
        if places.left(listed) != (places.left(component) if component else []):
            moved.append(listed)
    session().flush()
    if moved:
        present = _register(organization.id)
        places.keep(organization.id, [(present[listed.code], listed) for listed in moved])
    if not known:
        _take_in_who_came_before(organization.id)
    if added or changed:
        details = {"organization": organization.id, "added": added, "changed": changed}
        record.write("organization-loaded", by=None, as_role=None, at=at, details=details)


def _take_in_who_came_before(department: str) -> None:
    """Who was appointed before there was a department is of the first that comes."""
    session().execute(update(Appointment).where(Appointment.department == "").values(department=department))
    nowhere = func.cardinality(Person.departments) == 0
    session().execute(update(Person).where(nowhere).values(departments=[department]))


def knows(organization: Organization) -> bool:
    """Whether the register says what the department's file says."""
    known = _register(organization.id)
    return all(listed.code in known and _says(known[listed.code], listed) for listed in organization.components)


def _register(department: str) -> dict[str, Component]:
    wanted = select(Component).where(Component.department == department)
    found = session().scalars(wanted.options(selectinload(Component.former_places)))
    return {component.code: component for component in found}


def _says(component: Component, listed: ListedComponent) -> bool:
    facts = all(getattr(component, name) == value for name, value in _facts(listed).items())
    return facts and places.left(component) == places.left(listed)


def _facts(listed: ListedComponent) -> dict[str, Any]:
    plain = ("name", "kind", "hisp", "files", "covered_by", "from_on", "until_on", "part_of")
    return {
        **{name: getattr(listed, name) for name in plain},
        "continues": list(listed.continues),
        "formerly": [each.model_dump(mode="json") for each in listed.formerly],
    }


def load(policy: Policy, *, only: Collection[str] | None = None, at: datetime) -> PolicyEdition:
    """Bring a policy into force: open the clocks that its signature starts, one per obliged Component.

    `only` limits it to these Components' codes (a rehearsal). Loading the same policy again changes
    nothing; another text under the same name is refused: `editions.bring_in` takes it.
    """
    existing = next(iter(editions_of(policy.id)), None)
    if existing is not None:
        if existing.policy != policy:
            raise NotNow(
                f"{policy.short_title} is in force in another edition. "
                "Strategies stay on the edition under which they were begun."
            )
        return existing
    edition = add_edition(policy, at=at)
    signed_at = moment(policy.signed_on)
    for rule in policy.clocks:
        if rule.starts != "signed":
            continue
        holders = obliged(policy.department, on=policy.signed_on, only=only) if rule.holder == "component" else [None]
        for component in holders:
            if component is not None and not component.has(rule):
                continue
            histories.start(edition, rule.kind, component=component, by=None, at=signed_at)
    return edition


def add_edition(policy: Policy, *, at: datetime) -> PolicyEdition:
    """Keep a policy as it is now, for good."""
    content = policy.model_dump(mode="json")
    sha256 = hashlib.sha256(rfc8785.dumps(content)).hexdigest()
    edition = PolicyEdition(
        code=policy.id, title=policy.title, signed_on=policy.signed_on, content=content, sha256=sha256, loaded_at=at
    )
    session().add(edition)
    session().flush()
    record.write("policy-loaded", by=None, as_role=None, at=at, details={"policy": policy.id, "sha256": sha256})
    return edition


def editions_of(code: str) -> list[PolicyEdition]:
    """Every edition of a policy that came into force, the latest first."""
    wanted = select(PolicyEdition).where(PolicyEdition.code == code)
    return list(session().scalars(wanted.order_by(PolicyEdition.id.desc())))


_NUMBERS = select(PolicyEdition.id).where(PolicyEdition.code == bindparam("code")).order_by(PolicyEdition.id.desc())


def beside(edition: PolicyEdition) -> Beside:
    """The other editions of its policy."""
    return _beside(edition, [number for (number,) in rows(_NUMBERS, code=edition.code)])


def among(edition: PolicyEdition, editions: Collection[PolicyEdition]) -> Beside:
    """The same, where all editions in force have been read."""
    known = sorted((each.id for each in editions if each.code == edition.code), reverse=True)
    return _beside(edition, known)


def _beside(edition: PolicyEdition, known: Sequence[int]) -> Beside:
    return Beside(known[0] == edition.id, tuple(each for each in known if each != edition.id))


def belongs(edition: PolicyEdition, others: Beside) -> ColumnElement[bool]:
    """Of Components: whether this edition counts for them, of several of one policy.

    One that has begun a strategy stays on the edition under which it was begun; for all others, the latest counts.
    """
    if not others.ids:
        return true()
    if others.latest:
        elsewhere = select(Strategy.component_id).where(Strategy.edition_id.in_(others.ids))
        return Component.id.not_in(elsewhere)
    return Component.id.in_(select(Strategy.component_id).where(Strategy.edition_id == edition.id))


def departments() -> list[str]:
    """The departments of the register, by name."""
    return list(session().scalars(select(Component.department).distinct().order_by(Component.department)))


def sole_department() -> str:
    """The only department; empty before there is one. Raises NotFound where there are several."""
    found = departments()
    if len(found) > 1:
        raise NotFound(f"There are several departments here. Say for which: {', '.join(found)}.")
    return found[0] if found else ""


def section_of(edition: PolicyEdition, clause: str) -> Section:
    """The section of this clause as an edition asks it, or else as the latest that does; raises NotFound."""
    if clause in edition.policy.clauses_asked:
        return edition.policy.section(clause)
    asking = (each for each in editions_of(edition.code) if clause in each.policy.clauses_asked)
    return next(asking, edition).policy.section(clause)


def components(department: str) -> list[Component]:
    """The department's Components, by code."""
    return list(session().scalars(select(Component).where(Component.department == department).order_by(Component.code)))


def covering(department: str) -> set[str]:
    """The codes of the Components that file for others."""
    wanted = select(Component.covered_by).where(Component.department == department, Component.covered_by.is_not(None))
    return {code for code in session().scalars(wanted.distinct()) if code is not None}


def obliged(department: str, *, on: date, only: Collection[str] | None = None) -> list[Component]:
    """The Components that have to file a strategy themselves on a day (IV.b and its note 1)."""
    return [
        component
        for component in components(department)
        if component.files == "self" and component.in_force(on) and (only is None or component.code in only)
    ]


def editions() -> list[PolicyEdition]:
    """Every edition of every policy in force, the latest signed first, and of one policy the latest first."""
    in_order = (PolicyEdition.signed_on.desc(), PolicyEdition.code.desc(), PolicyEdition.id.desc())
    return list(session().scalars(select(PolicyEdition).order_by(*in_order)))


def edition_of(code: str) -> PolicyEdition:
    """The latest edition of a policy; raises NotFound."""
    found = editions_of(code)
    if not found:
        raise NotFound(f"No policy “{code}” is in force here.")
    return found[0]


def component_of(code: str) -> Component:
    """The Component of this code, or "department/code" where several have it; raises NotFound."""
    department, _, bare = code.rpartition("/")
    of_it = [Component.department == department] if department else []
    found = session().scalars(select(Component).where(Component.code == bare, *of_it)).all()
    if not found:
        raise NotFound(f"There is no Component “{code}”.")
    if len(found) > 1:
        ways = ", ".join(sorted(f"{each.department}/{bare}" for each in found))
        raise NotFound(f"Several departments have a Component “{code}”. Say which: {ways}.")
    return found[0]
