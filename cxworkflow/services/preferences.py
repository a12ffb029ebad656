"""How people want to be told: each e-mail at once, or what may wait in one e-mail a day."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from cxworkflow.db import session
from cxworkflow.models import Person, Preference
from cxworkflow.services import record


def choose(*, daily_digest: bool, by: Person, at: datetime) -> None:
    """Choose for oneself. What waits for a digest already comes with the next one, whatever is chosen."""
    values = {"daily_digest": daily_digest, "chosen_at": at}
    chosen = insert(Preference).values(person_id=by.id, **values)
    session().execute(chosen.on_conflict_do_update(index_elements=["person_id"], set_=values))
    how = "in a daily digest" if daily_digest else "at once"
    record.write("preferred", by=by, as_role=None, at=at, details={"how": how})


def wants_daily_digest(person: Person) -> bool:
    """Whether the person gets what may wait in one e-mail a day."""
    return bool(with_daily_digest([person.id]))


def with_daily_digest(person_ids: Iterable[int]) -> set[int]:
    """Those of these people who get what may wait in one e-mail a day."""
    wanted = select(Preference.person_id).where(Preference.daily_digest, Preference.person_id.in_(list(person_ids)))
    return set(session().scalars(wanted))
