"""The record: the one place where events are written."""

from datetime import datetime
from typing import Any

from cxworkflow.calendar import day_of
from cxworkflow.db import session
from cxworkflow.models import Clock, Component, Event, Person, Role, Strategy, Version


def write(
    verb: str,
    *,
    by: Person | None,
    as_role: Role | None,
    at: datetime,
    component: Component | None = None,
    strategy: Strategy | None = None,
    clock: Clock | None = None,
    version: Version | None = None,
    details: dict[str, Any] | None = None,
) -> Event:
    """Add one line to the record, in the transaction of what it tells of; `by` None is the system itself."""
    subject = strategy.component if strategy is not None else component
    event = Event(
        at=at,
        verb=verb,
        by_id=by.id if by else None,
        by_name=by.name if by else "the system",
        by_role=by.as_whom(as_role, subject, on=day_of(at)) if by and as_role else "",
        component_id=subject.id if subject else None,
        strategy_id=strategy.id if strategy else None,
        clock_id=clock.id if clock else None,
        version_id=version.id if version else None,
        details=details or {},
    )
    session().add(event)
    session().flush()
    return event
