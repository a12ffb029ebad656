"""Who is told that a strategy was moved to another edition, and what."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import select

from cxworkflow.calendar import day_of
from cxworkflow.db import session
from cxworkflow.lifecycle import Status
from cxworkflow.models import AnswerRevision, Appointment, Assignment, Event, Person, PolicyEdition, Role, Strategy
from cxworkflow.models.people import role_in
from cxworkflow.policies.comparison import changes
from cxworkflow.services import notices
from cxworkflow.services.recipients import holders

MOST_TOLD = 20  # changes in one e-mail; the page of the edition has all


def owe(
    strategy: Strategy,
    before: PolicyEdition,
    event: Event,
    *,
    reason: str,
    dates: list[dict[str, Any]],
    at: datetime,
) -> None:
    """Tell the lead and who writes: what the edition changes, who moved it and why, the `dates` that change (JSON)."""
    policy = strategy.edition.policy
    found = [str(each) for each in changes(before.policy, policy)]
    facts = {
        "policy": policy.short_title,
        "paper": policy.paper,
        **policy.names.told,
        "by": event.by_name,
        "reason": reason,
        "changes": found[:MOST_TOLD],
        "more": len(found) - MOST_TOLD if len(found) > MOST_TOLD else 0,
        "dates": dates,
        "draft": strategy.status in (Status.DRAFT, Status.RETURNED),
        "submitted": bool(strategy.versions),
    }
    for person, role in _concerned(strategy, at=at):
        notices.owe_to_person(
            "edition-moved",
            person,
            role,
            key=str(event.id),
            component=strategy.component,
            strategy=strategy,
            facts=facts,
            at=at,
        )


def _concerned(strategy: Strategy, *, at: datetime) -> Iterator[tuple[Person, Role]]:
    """The Component's lead, and its contributors who were given a section or wrote in one: each once."""
    on, of = day_of(at), strategy.component
    leads = holders([Role.LEAD.value], department=of.department, component_id=of.id, on=on)
    told = {each.person_id: role_in(each.held_role) for each in leads}
    given = select(Assignment.person_id).where(Assignment.strategy_id == strategy.id)
    wrote = select(AnswerRevision.by_id).where(AnswerRevision.strategy_id == strategy.id)
    contributors = (
        select(Appointment.person_id)
        .join(Person, Person.id == Appointment.person_id)
        .where(
            Appointment.role == Role.CONTRIBUTOR,
            Appointment.component_id == strategy.component_id,
            Appointment.from_on <= on,
            Appointment.until_on.is_(None) | (Appointment.until_on > on),
            Person.deactivated_at.is_(None),
            Appointment.person_id.in_(given) | Appointment.person_id.in_(wrote),
        )
    )
    for person_id in session().scalars(contributors.order_by(Appointment.person_id)):
        told.setdefault(person_id, Role.CONTRIBUTOR)
    for person_id, role in told.items():
        yield session().get_one(Person, person_id), role
