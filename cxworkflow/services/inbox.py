"""The inbox: which of their notices a person has read, for that person alone."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import update

from cxworkflow.db import session
from cxworkflow.models import Notice, Person
from cxworkflow.scope import SYSTEM, within


def note(notice_ids: Collection[int], *, as_read: bool, by: Person, at: datetime) -> None:
    """Note some of one's own notices as read, or as not read; those of others stay as they are."""
    changed = Notice.read_at.is_(None) if as_read else Notice.read_at.is_not(None)
    of_own = (Notice.person_id == by.id, Notice.id.in_(notice_ids), changed)
    with within(SYSTEM):  # whoever reads a notice changes nothing else of it
        session().execute(update(Notice).where(*of_own).values(read_at=at if as_read else None))
