"""What goes with each step of a quarter: its line of the record, who is told, and its clock."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from cxworkflow.calendar import ChangeKind
from cxworkflow.db import held, session
from cxworkflow.models import Clock, Event, Person, PolicyEdition, QuarterReport, Role
from cxworkflow.scope import SYSTEM, within
from cxworkflow.services import histories, notices, policies, record, recurring
from cxworkflow.wording import quarter_words

STOPS = "quarter-sent"


def write(
    verb: str, report: QuarterReport, details: dict[str, Any] | None = None, *, by: Person, role: Role, at: datetime
) -> Event:
    """One line of the record about a quarter."""
    told = {"cycle": report.cycle, "report": report.id, **(details or {})}
    return record.write(verb, by=by, as_role=role, at=at, component=report.component, details=told)


def tell(
    verb: str, report: QuarterReport, details: dict[str, Any] | None = None, *, by: Person, role: Role, at: datetime
) -> None:
    """The same, and an e-mail to everybody whom the policy names for it."""
    session().flush()
    event = write(verb, report, {"status": report.status.value, **(details or {})}, by=by, role=role, at=at)
    edition = edition_of(report)
    if edition is None:
        return
    facts = {**event.details, "quarter": quarter_words(report.cycle), "correction": report.revision > 1}
    notices.owe(verb, event, edition=edition, component=report.component, clock=clock_of(report), facts=facts, at=at)


def edition_of(report: QuarterReport) -> PolicyEdition | None:
    """The policy in force that asks for the quarters of this department, if there is one."""
    for edition in policies.editions():
        if edition.policy.department == report.component.department and any(kinds_of(edition)):
            return edition
    return None


def kinds_of(edition: PolicyEdition) -> list[str]:
    """The kinds of clock that sending a quarter stops."""
    return [rule.kind for rule in edition.policy.clocks if STOPS in rule.stops]


def clock_of(report: QuarterReport) -> Clock | None:
    """The clock of a quarter, running or stopped."""
    kinds = [kind for edition in policies.editions() for kind in kinds_of(edition)]
    of_it = select(Clock).where(
        Clock.component_id == report.component_id, Clock.cycle == report.cycle, Clock.kind.in_(kinds)
    )
    return session().scalar(of_it.order_by(Clock.id.desc()).limit(1))


def stop_clock(report: QuarterReport, *, by: Person, at: datetime) -> None:
    """Stop the quarter's clock, also one that would have been opened today."""
    with within(SYSTEM):
        recurring.open_due(at=at)
    clock = clock_of(report)
    if clock is not None and held(clock).stopped_on is None:
        histories.change(clock, ChangeKind.STOPPED, by=by, at=at)
