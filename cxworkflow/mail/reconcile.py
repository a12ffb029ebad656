"""Reconciling: what the mail server said it took is looked for in the journal, so that a server that lies is seen."""

from datetime import date, datetime, timedelta
from itertools import groupby

from sqlalchemy import select

from cxworkflow.calendar import moment
from cxworkflow.db import session, unit_of_work
from cxworkflow.ladder import firing_day
from cxworkflow.mail.journal import Journal
from cxworkflow.models import Attempt, Notice, Role
from cxworkflow.models.notice import NoticeState
from cxworkflow.services import jobs, notices
from cxworkflow.wording import NOTICE_KINDS

LOOK_BACK = timedelta(days=2)
MISSING = "missing"
WORDS = "The mail server said that it took this message, but the journal holds no copy of it."


def check_copies(journal: Journal, *, at: datetime) -> int:
    """Once a day, look for everything sent in the two days before; returns how many copies are missing.

    Each missing one gets a line among its attempts, and the administrators are told how many there are. A journal
    that can't be asked is asked again at the next tick.
    """
    on = firing_day(at)
    with unit_of_work() as current:
        if not jobs.take("journal", on, at=at):
            return 0
        missing = []
        for notice in _unchecked(on):
            held = journal.holds(notice.message_id)
            if held is None:
                current.rollback()
                return 0
            if not held:
                missing.append(notice)
        for notice in missing:
            current.add(Attempt(notice_id=notice.id, number=notice.attempt, tried_at=at, outcome=MISSING, answer=WORDS))
        for department, of_it in groupby(sorted(missing, key=_department), _department):
            theirs = list(of_it)
            facts = {
                "policy": "the e-mails of CX Workflow",
                "component": None,
                "count": len(theirs),
                "first": [f"{NOTICE_KINDS[notice.kind]}, to {notice.to_address}" for notice in theirs[:10]],
            }
            key, told = f"{on.isoformat()}/{department}", (Role.ADMINISTRATOR.value,)
            notices.owe_to_roles("not-kept", told, key=key, department=department, facts=facts, at=at)
    return len(missing)


def _department(notice: Notice) -> str:
    """Whose administrators are told of it: of what is of no department, those who keep its reader's account."""
    if notice.component is not None:
        return notice.component.department
    return notice.department or next(iter(notice.person.departments), "")


def _unchecked(on: date) -> list[Notice]:
    told = select(Attempt.id).where(Attempt.notice_id == Notice.id, Attempt.outcome == MISSING).correlate(Notice)
    sent = select(Notice).where(
        Notice.state == NoticeState.SENT,
        Notice.sent_at >= moment(on - LOOK_BACK),
        Notice.sent_at < moment(on),
        Notice.kind != "not-kept",
        ~told.exists(),
    )
    return list(session().scalars(sent.order_by(Notice.id)))
