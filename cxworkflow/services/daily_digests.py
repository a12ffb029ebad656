"""Every morning: what waits for somebody's daily digest goes out in one e-mail, each notice in one digest only."""

from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import select

from cxworkflow.db import session
from cxworkflow.models import Notice
from cxworkflow.services import notices
from cxworkflow.wording import long_date

MOST = 50  # notices in one e-mail; what is more goes into another


def owe_all(on: date, at: datetime) -> None:
    """Owe the digests of a day. What waits goes with them, even for who wants each e-mail at once by now."""
    waiting = select(Notice).where(Notice.waits).order_by(Notice.person_id, Notice.id).with_for_update(of=Notice)
    for _, of_one in groupby(session().scalars(waiting).all(), lambda notice: notice.person_id):
        told = list(of_one)
        for first in range(0, len(told), MOST):
            joined = told[first : first + MOST]
            facts = {"component": None, "joined": [_frozen(notice) for notice in joined]}
            reason = f"It went out in the daily digest of {long_date(on)}."
            notices.carry("daily-digest", joined, facts=facts, reason=reason, on=on, at=at)
    session().flush()


def _frozen(notice: Notice) -> dict[str, Any]:
    """A notice as the digest tells it: what its own e-mail would be made of."""
    return {
        "notice": notice.id,
        "kind": notice.kind,
        "to_role": notice.to_role,
        "owed_on": notice.owed_on.isoformat(),
        "strategy_id": notice.strategy_id,
        "facts": notice.facts,
    }
