"""What is proposed, held and counted where records are past their time."""

from datetime import date
from typing import Any

from sqlalchemy import func, select

from cxworkflow.db import session
from cxworkflow.models import (
    Disposal,
    LegalHold,
    Person,
)
from cxworkflow.services import disposals, holds
from cxworkflow.services.disposals import disposable, due, mark_of
from tests.stage import Stage, eastern

AT = eastern("2032-03-01 09:00")  # eight years after it all
KINDS = ("drafts", "e-mails", "people", "account-reviews")


def proposed(kind: str, by: Person) -> Disposal:
    """Everything of a kind that is due, proposed."""
    wanted = disposable(kind)
    free = [item for item in due(wanted, at=AT) if not item.held]
    return disposals.propose(wanted, mark_of(free), by=by, at=AT)


def held(stage: Stage, by: Person, **what: Any) -> LegalHold:
    """A hold by OIG on everything under the policy, or on this."""
    covered = what or {"edition": stage.edition}
    subject = [covered.get(name) for name in ("edition", "component", "person")]
    return holds.place(*subject, reason="Asked for.", citation="OIG 24-17", from_on=date(2032, 1, 1), by=by, at=AT)


def count(of: type[Any]) -> int:
    return session().scalar(select(func.count()).select_from(of)) or 0
