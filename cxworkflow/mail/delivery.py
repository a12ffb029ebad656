"""Delivery: claims what is owed and sends it, at most one message per sender ever in doubt."""

import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from cxworkflow.db import session
from cxworkflow.mail.compose import fault_of, message
from cxworkflow.mail.journal import Journal
from cxworkflow.mail.transport import Smtp, Unreachable
from cxworkflow.models import Notice
from cxworkflow.services import sending
from cxworkflow.services.sending import Outcome

log = structlog.get_logger()


@dataclass(frozen=True)
class Post:
    """What delivery needs to know of its surroundings."""

    smtp_url: str
    sender: str
    base_url: str
    journal: Journal
    journal_address: str | None = None


def deliver(post: Post, *, now: Callable[[], datetime]) -> int:
    """Settle doubts, then send everything that is owed and may be tried now; returns how many were sent."""
    settle_doubts(post.journal, now=now)
    sent = 0
    with Smtp(post.smtp_url, journal=post.journal_address) as smtp:
        while True:
            claim, ids = sending.claim()
            session().commit()
            if not ids:
                return sent
            try:
                smtp.connect()
            except Unreachable as error:
                log.warning("mail server unreachable", error=str(error), waiting=len(ids))
                sending.give_back(ids, claim)
                session().commit()
                return sent
            sent += _send_batch(post, smtp, claim, ids, now=now)


def settle_doubts(journal: Journal, *, now: Callable[[], datetime]) -> None:
    """Take back what dead senders held, and settle what is in doubt by the journal."""
    sending.reclaim()
    for notice_id, token in sending.in_doubt():
        sending.resolve(notice_id, found=journal.holds(f"<{token}@notice.cxworkflow>"), at=now())
    session().commit()


def _send_batch(post: Post, smtp: Smtp, claim: sending.UUID, ids: list[int], *, now: Callable[[], datetime]) -> int:
    """One commit a message: it marks the one before as settled and this one as attempted."""
    wanted = select(Notice).where(Notice.id.in_(ids)).options(joinedload(Notice.person)).order_by(Notice.id)
    notices = session().scalars(wanted.execution_options(populate_existing=True)).all()
    sent, before = 0, None
    for position, notice in enumerate(notices):
        mail, spoilt = _composed(post, notice, at=now())
        if before is not None:
            sending.settle(before, claim, at=now())
        attempting = sending.attempting(notice.id, claim)
        session().commit()
        before = None
        if not attempting:
            continue
        if mail is None:
            before = spoilt
            continue
        try:
            before = smtp.send(notice.id, mail)
        except (OSError, smtplib.SMTPServerDisconnected) as error:
            # Nobody knows whether the server took this one: its lease runs out, and the journal settles it.
            log.warning("sending was interrupted", notice=notice.id, error=type(error).__name__)
            sending.doubt(notice.id, claim)
            sending.give_back([each.id for each in notices[position + 1 :]], claim)
            session().commit()
            return sent
        sent += before.outcome == "sent"
    if before is not None:
        sending.settle(before, claim, at=now())
    session().commit()
    return sent


def _composed(post: Post, notice: Notice, *, at: datetime) -> tuple[object, Outcome]:
    """The message, or why there can be none: one bad notice never holds up the rest."""
    fault = fault_of(notice.to_address)
    if fault is not None:
        return None, Outcome(notice.id, "rejected", fault)
    try:
        return message(notice, sender=post.sender, base_url=post.base_url, at=at), Outcome(notice.id, "sent", "")
    except Exception as error:
        log.exception("a notice could not be composed", notice=notice.id)
        return None, Outcome(notice.id, "rejected", f"The e-mail could not be composed: {type(error).__name__}.")
