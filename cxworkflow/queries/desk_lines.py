"""What the home page says in a line each: e-mails that did not arrive, and what was done lately."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Integer, func, literal_column, select

from cxworkflow.db import rows, session
from cxworkflow.models import Audience, Component, Event, Notice, Person
from cxworkflow.models.event import WATCHED
from cxworkflow.models.notice import NoticeState
from cxworkflow.permissions import Permission, may
from cxworkflow.queries.clocks import OWN, own_components

EVENTS = 24  # of the latest; several can make one line


class Said(NamedTuple):
    """What a line says of an event, without the text that is hashed; `code` is its Component's."""

    at: datetime
    verb: str
    by_id: int | None
    by_role: str
    by_name: str
    whom: str | None
    strategy_id: int | None
    details: dict[str, Any]
    code: str | None


_LATEST = (
    select(
        Event.at,
        Event.verb,
        Event.by_id,
        Event.by_role,
        Event.by_name,
        Event.whom,
        Event.strategy_id,
        Event.details,
        Component.code,
    )
    .outerjoin(Component, Component.id == Event.component_id)
    .where(Event.verb.not_in(WATCHED))
    .order_by(Event.at.desc(), Event.id.desc())
    .limit(literal_column(str(EVENTS), Integer))  # written out, so that a plan is kept
)
_LATEST_OF_ONES_OWN = _LATEST.where(
    Event.component_id.in_(OWN), Event.details["audience"].astext.is_distinct_from(Audience.TEAM.value)
)


def unsent() -> int:
    """How many e-mails did not arrive, or may not have."""
    stuck = select(func.count()).where(Notice.state.in_((NoticeState.FAILED, NoticeState.IN_DOUBT)))
    return session().scalar(stuck) or 0


def latest(person: Person, *, at: datetime) -> Sequence[Said]:
    """The latest lines of the record: of all, for those who read it, or of one's own Components."""
    if may(person, Permission.SEE_RECORD, at=at):
        return [Said(*row) for row in rows(_LATEST)]
    return [Said(*row) for row in rows(_LATEST_OF_ONES_OWN, own=own_components(person, at=at))]
