"""What the home page says in a line each: e-mails that did not arrive, and what was done lately."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, load_only

from cxworkflow.db import session
from cxworkflow.models import Audience, Event, Notice, Person
from cxworkflow.models.event import WATCHED
from cxworkflow.models.notice import NoticeState
from cxworkflow.permissions import Permission, may
from cxworkflow.queries.clocks import OWN, own_components

EVENTS = 24  # of the latest; several can make one line
# What a line says of an event, without the text that is hashed.
SAID = load_only(
    Event.at,
    Event.verb,
    Event.by_id,
    Event.by_role,
    Event.component_id,
    Event.strategy_id,
    Event.details,
    Event.by_name,
    Event.whom,
)


_LATEST = (
    select(Event)
    .where(Event.verb.not_in(WATCHED))
    .options(SAID, joinedload(Event.component))
    .order_by(Event.at.desc(), Event.id.desc())
    .limit(EVENTS)
)
_LATEST_OF_ONES_OWN = _LATEST.where(
    Event.component_id.in_(OWN), Event.details["audience"].astext.is_distinct_from(Audience.TEAM.value)
)


def unsent() -> int:
    """How many e-mails did not arrive, or may not have."""
    stuck = select(func.count()).where(Notice.state.in_((NoticeState.FAILED, NoticeState.IN_DOUBT)))
    return session().scalar(stuck) or 0


def latest(person: Person, *, at: datetime) -> Sequence[Event]:
    """The latest lines of the record: of all, for those who read it, or of one's own Components."""
    if may(person, Permission.SEE_RECORD, at=at):
        return session().scalars(_LATEST).all()
    return session().scalars(_LATEST_OF_ONES_OWN, {"own": own_components(person, at=at)}).all()
