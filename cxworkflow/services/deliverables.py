"""What is delivered beside the paper, by the Directorate itself or by each Component.

When all that a clock waits for are done, it stops.
"""

from datetime import datetime
from typing import Literal

from sqlalchemy import select

from cxworkflow.calendar import ChangeKind
from cxworkflow.db import held, session
from cxworkflow.errors import NotFound, NotNow
from cxworkflow.models import Component, Deliverable, DutyDraft, Person, PolicyEdition, Role
from cxworkflow.permissions import Permission, require
from cxworkflow.policies import DeliverableRule
from cxworkflow.scope import SYSTEM, within
from cxworkflow.services import clocks, histories, notices, record
from cxworkflow.services.words import said


def deliver(edition: PolicyEdition, what: str, *, by: Person, at: datetime) -> Deliverable:
    """Record a deliverable as done by hand.

    Raises NotFound for an unknown one, NotNow for one that is done, or that is done by its signature.
    """
    role = require(by, Permission.DELIVER, at=at)
    # Two last deliverables at once would each miss the other: one waits here.
    edition = held(edition)
    asked = _asked(edition, "directorate", what)
    if what in delivered(edition):
        raise NotNow(f"“{asked.title}” is recorded as done already.")
    if asked.done == "signed":
        raise NotNow(f"“{asked.title}” is done when the Chief Information Officer has signed it.")
    return _record(edition, asked, role, by=by, at=at)


def hand_in(
    edition: PolicyEdition, what: str, component: Component, *, statement: str, by: Person, at: datetime
) -> Deliverable:
    """Record what a Component delivered beside its paper, and to whom, in its own words.

    Raises NotFound for what is not asked of it, NotNow for what is done, InvalidInput without a statement.
    """
    role = require(by, Permission.HAND_IN, component, at=at)
    with within(SYSTEM):  # the edition is nobody's of a Component; two last deliverables at once wait here, too
        edition = held(edition)
    asked = _asked(edition, "component", what)
    if component.department != edition.policy.department or component.files == "covered":
        raise NotFound(f"{edition.policy.short_title} asks {component.code} for nothing.")
    if what in delivered(edition, component):
        raise NotNow(f"“{asked.title}” is recorded as done already.")
    statement = said(
        statement, "statement", needed="Say what was delivered, and to whom: it becomes part of the record."
    )
    return _record(edition, asked, role, component=component, statement=statement, by=by, at=at)


def _asked(edition: PolicyEdition, whom: Literal["directorate", "component"], what: str) -> DeliverableRule:
    listed = {asked.id: asked for asked in edition.policy.delivered_by(whom)}
    if what not in listed:
        known = f"It asks for: {', '.join(listed)}." if listed else "It asks for nothing of that kind."
        raise NotFound(f"{edition.policy.short_title} asks for no “{what}”. {known}")
    return listed[what]


def note_done(edition: PolicyEdition, what: str, *, role: Role, by: Person, at: datetime) -> None:
    """Record a paper as done that was signed just now, unless it is recorded already."""
    if what not in delivered(edition):
        _record(edition, edition.policy.deliverable(what), role, by=by, at=at)


def note_begun(edition: PolicyEdition, what: str, *, role: Role, by: Person, at: datetime) -> None:
    """Record what is done once papers are begun, if the draft that was saved just now is the first of the last one."""
    done = delivered(edition)
    for rule in edition.policy.deliverables:
        if what in rule.begun_with and rule.id not in done and set(rule.begun_with) <= _begun(edition):
            _record(edition, rule, role, by=by, at=at)


def _begun(edition: PolicyEdition) -> set[str]:
    return set(session().scalars(select(DutyDraft.what).where(DutyDraft.edition_id == edition.id).distinct()))


def _record(
    edition: PolicyEdition,
    asked: DeliverableRule,
    role: Role,
    *,
    component: Component | None = None,
    statement: str = "",
    by: Person,
    at: datetime,
) -> Deliverable:
    done = delivered(edition, component)
    deliverable = Deliverable(
        edition=edition, what=asked.id, component=component, statement=statement, delivered_at=at, by_id=by.id
    )
    session().add(deliverable)
    session().flush()
    waited_for = {each.id for each in edition.policy.delivered_by(asked.by) if each.stops == asked.stops}
    details = {"what": asked.id, "title": asked.title, **({"statement": statement} if statement else {})}
    told = {"policy": edition.code, **details}
    event = record.write("delivered", by=by, as_role=role, at=at, component=component, details=told)
    if asked.stops and waited_for <= done | {asked.id}:
        clock = clocks.open_clock(edition, asked.stops, component)
        if clock is not None:
            histories.change(clock, ChangeKind.STOPPED, by=by, at=at)
    notices.owe("delivered", event, edition=edition, component=component, facts=details, at=at)
    return deliverable


def delivered(edition: PolicyEdition, component: Component | None = None) -> set[str]:
    """What the Directorate itself, or a Component, has delivered under this policy, in whichever edition."""
    of_it = select(PolicyEdition.id).where(PolicyEdition.code == edition.code)
    done = select(Deliverable.what).where(
        Deliverable.edition_id.in_(of_it), Deliverable.component_id == (component.id if component else None)
    )
    return set(session().scalars(done))
