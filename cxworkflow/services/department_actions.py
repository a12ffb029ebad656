"""The Department-wide actions (IV.a.1-4): the Directorate says how each stands, plans steps, names what serves it."""

from datetime import date, datetime

from sqlalchemy import select

from cxworkflow.calendar import day_of
from cxworkflow.db import held, session
from cxworkflow.errors import Fault, InvalidInput, NotFound, NotNow
from cxworkflow.models import ActionLink, ActionStanding, ActionState, ActionStep, Person, PolicyEdition, Strategy
from cxworkflow.permissions import Permission, require
from cxworkflow.policies import ActionRule
from cxworkflow.services import record
from cxworkflow.services.words import said


def stand(
    edition: PolicyEdition, clause: str, progress: ActionState, *, owner: str, note: str, by: Person, at: datetime
) -> ActionStanding:
    """Say who owns an action, how it stands, and why. Raises InvalidInput, NotAllowed, NotFound."""
    role = require(by, Permission.STEER_ACTIONS, at=at)
    edition = held(edition)
    rule = action(edition, clause)
    owner = said(owner, "owner", needed="Say who owns the action: a person or an office.", longest=200)
    note = said(note, "note", longest=2_000)
    standing = session().scalar(select(ActionStanding).filter_by(edition_id=edition.id, clause=clause))
    if standing is None:
        standing = ActionStanding(edition_id=edition.id, clause=clause)
    standing.owner, standing.progress, standing.note = owner, progress, note
    standing.changed_at, standing.by_id = at, by.id
    session().add(standing)
    details = {"clause": clause, "title": rule.title, "owner": owner, "progress": progress.value, "text": note}
    record.write("action-stands", by=by, as_role=role, at=at, details=details)
    return standing


def plan(edition: PolicyEdition, clause: str, title: str, *, due_on: date, by: Person, at: datetime) -> ActionStep:
    """Plan a step of an action, until a day that is not over. Raises InvalidInput, NotAllowed, NotFound."""
    role = require(by, Permission.STEER_ACTIONS, at=at)
    rule = action(edition, clause)
    title = said(title, "title", needed="Say what is to be done.", longest=300)
    if due_on < day_of(at):
        raise InvalidInput(None, [Fault("due", "That day is over. Choose today or a later day.")])
    step = ActionStep(
        edition_id=edition.id,
        clause=clause,
        title=title,
        due_on=due_on,
        progress=ActionState.PLANNED,
        changed_at=at,
        by_id=by.id,
    )
    session().add(step)
    details = {"clause": clause, "title": rule.title, "step": title, "due_on": due_on.isoformat()}
    record.write("action-step", by=by, as_role=role, at=at, details=details)
    return step


def move(step: ActionStep, progress: ActionState, *, by: Person, at: datetime) -> None:
    """Say how a step stands. Raises NotAllowed, NotNow where it stands so already."""
    role = require(by, Permission.STEER_ACTIONS, at=at)
    step = held(step)
    if step.progress is progress:
        raise NotNow("The step stands so already. Nothing was changed.")
    before, step.progress = step.progress, progress
    step.changed_at, step.by_id = at, by.id
    details = {"clause": step.clause, "step": step.title, "before": before.value, "progress": progress.value}
    record.write("action-step-moved", by=by, as_role=role, at=at, details=details)


def link(
    edition: PolicyEdition, clause: str, strategy: Strategy, section: str, *, why: str, by: Person, at: datetime
) -> ActionLink:
    """Name a strategy, or one of its sections, that serves an action. Raises InvalidInput, NotAllowed, NotNow."""
    role = require(by, Permission.STEER_ACTIONS, at=at)
    edition = held(edition)
    rule = action(edition, clause)
    if section and section not in {each.clause for each in strategy.edition.policy.sections}:
        raise InvalidInput(None, [Fault("section", "Choose one of the sections, or the whole strategy.")])
    why = said(why, "why", needed="Say in a sentence how it serves the action.", longest=500)
    wanted = select(ActionLink.id).filter_by(
        edition_id=edition.id, clause=clause, strategy_id=strategy.id, section=section, removed_at=None
    )
    if session().scalar(wanted) is not None:
        raise NotNow("This is named already.")
    made = ActionLink(
        edition_id=edition.id,
        clause=clause,
        strategy_id=strategy.id,
        section=section,
        why=why,
        linked_at=at,
        by_id=by.id,
    )
    session().add(made)
    session().flush()
    details = {"clause": clause, "title": rule.title, "section": section, "text": why}
    record.write("action-linked", by=by, as_role=role, at=at, strategy=strategy, details=details)
    return made


def unlink(made: ActionLink, *, by: Person, at: datetime) -> None:
    """Take a strategy off an action; that it was named stays on the record. Raises NotAllowed, NotNow."""
    role = require(by, Permission.STEER_ACTIONS, at=at)
    made = held(made)
    if made.removed_at is not None:
        raise NotNow("This is taken off already.")
    made.removed_at = at
    details = {"clause": made.clause, "section": made.section}
    record.write("action-unlinked", by=by, as_role=role, at=at, strategy=made.strategy, details=details)


def action(edition: PolicyEdition, clause: str) -> ActionRule:
    """The action of this clause; raises NotFound."""
    found = next((each for each in edition.policy.actions if each.clause == clause), None)
    if found is None:
        raise NotFound(f"{edition.policy.short_title} directs no action of this clause.")
    return found
