"""Delivery: claims what is owed and sends it, at most one message per sender ever in doubt."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr

import structlog

from cxworkflow.db import session
from cxworkflow.mail.compose import fault_of, message
from cxworkflow.mail.journal import Journal
from cxworkflow.mail.transport import HANDOVER, Mail, Smtp, UnreachableError
from cxworkflow.models import Notice
from cxworkflow.services import doubts, sending
from cxworkflow.services.sending import Claim, Outcome
from cxworkflow.wording import one_line

log = structlog.get_logger()

Now = Callable[[], datetime]


@dataclass(frozen=True)
class Post:
    """What delivery needs to know of its surroundings. Every message is copied to `journal_address`, if given."""

    smtp_url: str
    sender: str
    base_url: str
    journal: Journal
    journal_address: str | None = None


def deliver(post: Post, *, now: Now) -> int:
    """Settle doubts, then send everything that is owed and may be tried now; returns how many were sent.

    Commits as it goes. An unreachable mail server ends it: what is owed stays owed.
    """
    settle_doubts(post.journal, now=now)
    sent = 0
    with Smtp(post.smtp_url, journal=post.journal_address) as smtp:
        while _something_waits():
            try:
                smtp.connect()  # before anything is claimed, so that reminders can still be replaced meanwhile
            except UnreachableError as error:
                log.warning("mail server unreachable", error=str(error))
                break
            claim = sending.claim()
            session().commit()
            if claim is None:
                break
            count, cut_short = _send_batch(post, smtp, claim, now=now)
            sent += count
            if cut_short:
                break
    return sent


def settle_doubts(journal: Journal, *, now: Now) -> None:
    """Take back what dead senders held, and settle what is in doubt by the journal."""
    doubts.reclaim(at=now())
    session().commit()
    answers = True
    for notice in doubts.in_doubt(delay=journal.delay):
        found = journal.holds(notice.message_id) if answers else None
        answers = found is not None  # one that does not answer is not asked about the others, who would all wait for it
        doubts.resolve(notice.id, found=found, at=now())
    session().commit()


def _something_waits() -> bool:
    waits = sending.waiting()
    session().commit()
    return waits


def _send_batch(post: Post, smtp: Smtp, claim: Claim, *, now: Now) -> tuple[int, bool]:
    """One commit a message: it settles the one before and notes that this one is attempted.

    Returns how many were sent, and whether the mail server failed and the rest was given back.
    """
    left = deque(sending.claimed(claim))
    before: tuple[int, Outcome] | None = None
    sent = interrupted = 0
    while left:
        try:
            smtp.connect()
        except UnreachableError as error:
            log.warning("mail server unreachable", error=str(error), waiting=len(left))
            break
        notice = left.popleft()
        mail = _composed(post, notice, at=now())
        began = time.monotonic()
        ours = sending.attempting(notice.id, claim, after=before, at=now())
        session().commit()
        before = None
        if not ours:
            continue
        outcome = mail if isinstance(mail, Outcome) else smtp.send(mail, until=began + HANDOVER)
        before = notice.id, outcome
        sent += outcome.ended == "sent"
        interrupted = interrupted + 1 if outcome.ended == "interrupted" else 0
        if outcome.ended != "sent":
            log.warning("not sent", notice=notice.id, ended=outcome.ended, answer=outcome.answer)
        if interrupted == 2:
            break  # one message may be at fault for one broken connection; two in a row are the server's
    if before is not None:
        sending.settle(*before, claim, at=now())
    sending.give_back([notice.id for notice in left], claim)
    session().commit()
    return sent, bool(left)


def _composed(post: Post, notice: Notice, *, at: datetime) -> Mail | Outcome:
    """The message, or why there can be none: one bad notice never holds up the rest."""
    fault = fault_of(notice.to_address)
    if fault is not None:
        return Outcome("rejected", fault)
    try:
        content = message(notice, sender=post.sender, base_url=post.base_url, at=at)
    except Exception as error:  # whatever is wrong with one notice, the others are sent
        log.exception("a notice could not be composed", notice=notice.id)
        said = one_line(f"{type(error).__name__}: {error}", 500)
        return Outcome("rejected", f"The e-mail could not be composed: {said}")
    return Mail(parseaddr(post.sender)[1], notice.to_address, content)
