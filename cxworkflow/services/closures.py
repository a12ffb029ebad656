"""Days on which offices close by order, added after the fact: open clocks are counted again."""

from datetime import date, datetime

from sqlalchemy import select

from cxworkflow.calendar import day_of
from cxworkflow.db import session
from cxworkflow.errors import NotNow
from cxworkflow.models import Clock, OfficeClosure, Person, PolicyEdition
from cxworkflow.permissions import Permission, require
from cxworkflow.services import histories, notices, record
from cxworkflow.services.words import said
from cxworkflow.wording import long_date


def announce(department: str, day: date, *, reason: str, by: Person, at: datetime) -> list[Clock]:
    """Note that offices close on a day; returns the clocks whose due date moved, each with the reason.

    Raises NotNow for a day that is noted already or without a reason.
    """
    role = require(by, Permission.CLOSE_OFFICES, at=at)
    reason = said(reason, "reason", needed="Say why offices close then: it is kept with every date that moves.")
    known = select(OfficeClosure.id).where(OfficeClosure.department == department, OfficeClosure.day == day)
    if session().scalar(known) is not None:
        raise NotNow(f"{long_date(day)} is noted as closed already.")
    session().add(OfficeClosure(department=department, day=day, reason=reason, announced_on=day_of(at), by_id=by.id))
    session().flush()
    record.write("offices-closed", by=by, as_role=role, at=at, details={"day": day.isoformat(), "reason": reason})
    moved = []
    for clock in _open_clocks(department):
        before = clock.due_on
        why = f"Offices close on {long_date(day)}: {reason}"
        if histories.recompute(clock, day, reason=why, by=by, at=at):
            moved.append(clock)
            facts = {
                **clock.edition.policy.facts_of(clock.edition.policy.clock(clock.kind)),
                "closed": day.isoformat(),
                "reason": reason,
                "due_before_on": before.isoformat(),
                "due_on": clock.due_on.isoformat(),
            }
            event = record.write(
                "recomputed", by=by, as_role=role, at=at, component=clock.component, clock=clock, details=facts
            )
            notices.owe(
                "recomputed", event, edition=clock.edition, component=clock.component, clock=clock, facts=facts, at=at
            )
    return moved


def _open_clocks(department: str) -> list[Clock]:
    """The department's open clocks that count business days or move off closed ones."""
    found: list[Clock] = []
    for edition in session().scalars(select(PolicyEdition).order_by(PolicyEdition.id)):
        policy = edition.policy
        kinds = [rule.kind for rule in policy.clocks if rule.term.minds_closures]
        if policy.department == department and kinds:
            wanted = select(Clock).where(
                Clock.edition_id == edition.id, Clock.kind.in_(kinds), Clock.stopped_on.is_(None)
            )
            now = wanted.with_for_update(of=Clock, key_share=True).execution_options(populate_existing=True)
            found += session().scalars(now.order_by(Clock.id))
    return found
