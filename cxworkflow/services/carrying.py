"""What goes along where the clock of another edition takes the place of one: what was granted, and what waits."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select

from cxworkflow.calendar import ChangeKind
from cxworkflow.db import session
from cxworkflow.models import Clock, Component, PolicyEdition
from cxworkflow.services import extensions, histories

GRANTED = "It was granted under the edition before."


class Was(NamedTuple):
    """A clock that another edition lifts, as it stood before."""

    clock: Clock
    due_on: date
    paused: bool


def open_under(edition: PolicyEdition, component: Component | None = None) -> Iterator[Was]:
    """The open clocks of a Component, or of all, but those of commitments: they keep the edition of their version."""
    of_whom = Clock.component_id.is_not(None) if component is None else Clock.component_id == component.id
    running = select(Clock).where(
        Clock.edition_id == edition.id, of_whom, Clock.stopped_on.is_(None), Clock.commitment_id.is_(None)
    )
    for clock in session().scalars(running.order_by(Clock.id)):
        yield Was(clock, clock.due_on, clock.paused_on is not None)


def carry_on(was: Was, now: Clock, *, at: datetime) -> None:
    """A later date and a pause that were granted count for the clock in its place; a request waits for that one."""
    granted_on = was.clock.due_on  # with the days of a pause, which counted until it was lifted
    if granted_on > max(was.clock.original_due_on, now.due_on):
        histories.change(now, ChangeKind.EXTENDED, to=granted_on, reason=GRANTED, by=None, at=at)
    if was.paused:
        histories.change(now, ChangeKind.PAUSED, reason=GRANTED, by=None, at=at)
    request = extensions.waiting(was.clock)
    if request is not None:
        request.clock = now
        session().flush()
