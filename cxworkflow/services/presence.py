"""Who writes where at the moment: noted by the pages that are open, and forgotten a minute after they are closed."""

from datetime import datetime

from sqlalchemy.dialects.postgresql import insert

from cxworkflow.db import session
from cxworkflow.models import Person, Presence, Strategy
from cxworkflow.permissions import Permission, require


def note(strategy: Strategy, clause: str, *, by: Person, at: datetime) -> None:
    """Note that a person has a section open for writing; raises NotAllowed for who may not write it."""
    require(by, Permission.EDIT, strategy, at=at, clause=clause)
    row = {"strategy_id": strategy.id, "person_id": by.id, "clause": clause, "seen_at": at}
    session().execute(
        insert(Presence).on_conflict_do_update(
            index_elements=["strategy_id", "person_id"], set_={"clause": clause, "seen_at": at}
        ),
        [row],
    )
