"""Who else has a strategy's sections open for writing."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from cxworkflow.db import session
from cxworkflow.models import Person, Presence, Strategy

LASTS = timedelta(seconds=60)  # pages say every 20 seconds that they are open


def others(strategy: Strategy, person: Person, *, at: datetime) -> Sequence[Presence]:
    """Everybody but this person who has a section of the strategy open now, by section and name."""
    here = select(Presence).where(
        Presence.strategy_id == strategy.id,
        Presence.person_id != person.id,
        # The demo's clock can be moved back, too.
        Presence.seen_at.between(at - LASTS, at + LASTS),
    )
    found = session().scalars(here.options(joinedload(Presence.person))).all()
    return sorted(found, key=lambda presence: (presence.clause, presence.person.name))
