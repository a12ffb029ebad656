"""The Directorate's own deliverables (clause IV.a): when all that a clock waits for are done, it stops."""

from datetime import datetime

from sqlalchemy import select

from cxworkflow.calendar import ChangeKind
from cxworkflow.db import held, session
from cxworkflow.errors import NotFound, NotNow
from cxworkflow.models import Deliverable, DutyDraft, Person, PolicyEdition, Role
from cxworkflow.permissions import Permission, require
from cxworkflow.services import clocks, histories, notices, record


def deliver(edition: PolicyEdition, what: str, *, by: Person, at: datetime) -> Deliverable:
    """Record a deliverable as done by hand.

    Raises NotFound for an unknown one, NotNow for one that is done, or that is done by its signature.
    """
    role = require(by, Permission.DELIVER, at=at)
    # Two last deliverables at once would each miss the other: one waits here.
    edition = held(edition)
    listed = {asked.id: asked for asked in edition.policy.deliverables}
    if what not in listed:
        raise NotFound(f"{edition.policy.short_title} asks for no “{what}”. It asks for: {', '.join(listed)}.")
    if what in delivered(edition):
        raise NotNow(f"“{listed[what].title}” is recorded as done already.")
    if listed[what].done == "signed":
        raise NotNow(f"“{listed[what].title}” is done when the Chief Information Officer has signed it.")
    return _record(edition, what, role, by=by, at=at)


def note_done(edition: PolicyEdition, what: str, *, role: Role, by: Person, at: datetime) -> None:
    """Record a paper as done that was signed just now, unless it is recorded already."""
    if what not in delivered(edition):
        _record(edition, what, role, by=by, at=at)


def note_begun(edition: PolicyEdition, what: str, *, role: Role, by: Person, at: datetime) -> None:
    """Record what is done once papers are begun, if the draft that was saved just now is the first of the last one."""
    done = delivered(edition)
    for rule in edition.policy.deliverables:
        if what in rule.begun_with and rule.id not in done and set(rule.begun_with) <= _begun(edition):
            _record(edition, rule.id, role, by=by, at=at)


def _begun(edition: PolicyEdition) -> set[str]:
    return set(session().scalars(select(DutyDraft.what).where(DutyDraft.edition_id == edition.id).distinct()))


def _record(edition: PolicyEdition, what: str, role: Role, *, by: Person, at: datetime) -> Deliverable:
    listed = {asked.id: asked for asked in edition.policy.deliverables}
    done = delivered(edition)
    deliverable = Deliverable(edition=edition, what=what, delivered_at=at, by_id=by.id)
    session().add(deliverable)
    session().flush()
    stops = listed[what].stops
    waited_for = {asked.id for asked in edition.policy.deliverables if asked.stops == stops}
    details = {"what": what, "title": listed[what].title}
    event = record.write("delivered", by=by, as_role=role, at=at, details={"policy": edition.code, **details})
    if stops and waited_for <= done | {what}:
        clock = clocks.open_clock(edition, stops, None)
        if clock is not None:
            histories.change(clock, ChangeKind.STOPPED, by=by, at=at)
    notices.owe("delivered", event, edition=edition, facts=details, at=at)
    return deliverable


def delivered(edition: PolicyEdition) -> set[str]:
    """What has been delivered under this edition."""
    return set(session().scalars(select(Deliverable.what).where(Deliverable.edition_id == edition.id)))
