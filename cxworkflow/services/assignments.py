"""Sections given to contributors to write: with a due date and a notice, reminded of, taken back."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from cxworkflow.calendar import day_of
from cxworkflow.db import held, session
from cxworkflow.errors import Fault, InvalidInput, NotFound, NotNow
from cxworkflow.lifecycle import Action, Status, after
from cxworkflow.models import Assignment, Person, Role, Strategy
from cxworkflow.permissions import Permission, holds, require
from cxworkflow.policies.answers import missing_in
from cxworkflow.services import notices, record
from cxworkflow.services.drafting import asked
from cxworkflow.services.policies import section_of

REMINDED = (-3, 0, 1)  # days from the due date on which a contributor is reminded of a section that lacks something


def assign(
    strategy: Strategy, clause: str, person: Person, *, due_on: date | None = None, by: Person, at: datetime
) -> None:
    """Give a section to a contributor of the Component, to be written until a day; given again, with another day.

    Raises InvalidInput for a day that is over, NotAllowed, NotFound, NotNow.
    """
    strategy = held(strategy)
    role = require(by, Permission.ASSIGN_SECTION, strategy, at=at)
    after(strategy.status, Action.EDIT)
    asked(strategy, clause)
    if not holds(person, Role.CONTRIBUTOR, component=strategy.component, on=day_of(at)):
        raise NotNow(f"{person.name} is not a contributor of {strategy.component.code}, so no section can be assigned.")
    if due_on is not None and due_on < day_of(at):
        raise InvalidInput(None, [Fault("due", "That day is over. Choose today or a later day.")])
    given = _given(strategy, clause, person)
    if given is not None and given.due_on == due_on:
        return
    if given is None:
        given = Assignment(strategy=strategy, clause=clause, person=person)
        session().add(given)
    given.assigned_at, given.due_on = at, due_on
    details = {"clause": clause, "whom": person.id, "due_on": due_on.isoformat() if due_on else None}
    record.write("assigned-section", by=by, as_role=role, at=at, strategy=strategy, details=details)
    _owe("section-assigned", given, key=f"{given.id}/{at.isoformat()}", by=by, at=at)


def take_back(strategy: Strategy, clause: str, person: Person, *, by: Person, at: datetime) -> None:
    """Take a section back from a contributor; what they saved stays. Raises NotAllowed, NotFound, NotNow."""
    strategy = held(strategy)
    role = require(by, Permission.ASSIGN_SECTION, strategy, at=at)
    after(strategy.status, Action.EDIT)
    given = _given(strategy, clause, person)
    if given is None:
        raise NotFound(f"Section {clause} is not assigned to {person.name}.")
    details = {"clause": clause, "whom": person.id}
    record.write("took-back-section", by=by, as_role=role, at=at, strategy=strategy, details=details)
    _owe("section-taken-back", given, key=str(given.id), by=by, at=at)
    session().delete(given)
    session().flush()
    session().expire(strategy, ["assignments"])


def remind_all(on: date, at: datetime) -> None:
    """Owe the reminders of a day: of sections due in three days, today, or yesterday, that lack something.

    After days without a worker, the latest of them goes out.
    """
    due = (
        select(Assignment)
        .join(Assignment.strategy)
        .where(Assignment.due_on.is_not(None), Strategy.status.in_((Status.DRAFT, Status.RETURNED)))
        .options(joinedload(Assignment.person), joinedload(Assignment.strategy).selectinload(Strategy.answers))
        .order_by(Assignment.id)
    )
    for given in session().scalars(due):
        rungs = [rung for rung in REMINDED if given.due_on and (on - given.due_on).days >= rung]
        if rungs and lacks(given) and holds(given.person, Role.CONTRIBUTOR, component=given.strategy.component, on=on):
            _owe("section-due", given, key=f"{given.id}/{given.due_on}/{rungs[-1]}", by=None, at=at)


def lacks(given: Assignment) -> int:
    """How many things the section of an assignment still lacks; none if its Component is not asked for it any more."""
    strategy = given.strategy
    sections = strategy.edition.policy.sections_for(hisp=strategy.component.hisp)
    section = next((each for each in sections if each.clause == given.clause), None)
    return len(missing_in(section, strategy.contents.get(given.clause))) if section else 0


def _given(strategy: Strategy, clause: str, person: Person) -> Assignment | None:
    wanted = select(Assignment).where(Assignment.strategy_id == strategy.id, Assignment.clause == clause)
    return session().scalar(wanted.where(Assignment.person_id == person.id))


def _owe(kind: str, given: Assignment, *, key: str, by: Person | None, at: datetime) -> None:
    strategy, policy = given.strategy, given.strategy.edition.policy
    facts: dict[str, Any] = {
        "policy": policy.short_title,
        "paper": policy.paper,
        "clause": given.clause,
        "section": section_of(strategy.edition, given.clause).title,
        "section_due_on": given.due_on.isoformat() if given.due_on else None,
        "lacks": lacks(given),
        "by": by.name if by else None,
    }
    notices.owe_to_person(
        kind,
        given.person,
        Role.CONTRIBUTOR,
        key=key,
        component=strategy.component,
        strategy=strategy,
        facts=facts,
        at=at,
    )
