"""Bundles: where the policy allows it, the reminders that one sweep owes to one person go out as one e-mail."""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby

from sqlalchemy import select

from cxworkflow.calendar import day_of
from cxworkflow.db import session
from cxworkflow.models import Clock, Notice, PolicyEdition
from cxworkflow.models.notice import NoticeState
from cxworkflow.services import notices

BUNDLED = "Sent together with other reminders of the same day, in one e-mail."


def bundle(editions: Iterable[PolicyEdition], *, at: datetime) -> int:
    """Join what the sweep at this moment owed; returns how many bundles were made.

    The reminders stay as they are on record, closed with the reason; the bundle carries their frozen facts.
    """
    bundling = [edition.id for edition in editions if edition.policy.bundle_reminders]
    if not bundling:
        return 0
    owed = (
        select(Notice)
        .join(Clock, Clock.id == Notice.clock_id)
        .where(
            Notice.kind == "deadline",
            Notice.state == NoticeState.OWED,
            Notice.owed_at == at,
            Clock.edition_id.in_(bundling),
        )
        .order_by(Notice.person_id, Clock.edition_id, Notice.due_on, Notice.id)
        .with_for_update(of=Notice)
    )
    made = 0
    for _, reminders in groupby(session().scalars(owed).all(), lambda notice: notice.person_id):
        joined = list(reminders)
        if len(joined) > 1:
            _join(joined, at)
            made += 1
    session().flush()
    return made


def _join(joined: list[Notice], at: datetime) -> None:
    facts = {
        "policy": joined[0].facts["policy"],
        "component": joined[0].facts["component"],
        "bundled": [{**notice.facts, "notice": notice.id, "clock_id": notice.clock_id} for notice in joined],
    }
    notices.carry("bundle", joined, facts=facts, reason=BUNDLED, on=day_of(at), at=at)
