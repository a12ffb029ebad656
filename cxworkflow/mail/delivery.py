"""Delivery: claims what is owed and has it carried; what is in flight when a sender dies is in doubt, and no more.

An attempt is committed before its message is handed over, and its end with the next one: with one message in flight,
one commit for each. A carrier that can have several in flight has their attempts committed together. That costs less,
and puts as many in doubt when a sender is killed: the journal settles them, each by its own Message-ID. Where there is
no journal, only one is ever in flight.
"""

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from typing import Protocol, Self

import structlog

from cxworkflow.db import session
from cxworkflow.mail.compose import fault_of, message
from cxworkflow.mail.journal import Journal, NoJournal
from cxworkflow.mail.lines import MOST_FLYING, Lines
from cxworkflow.mail.transport import HANDOVER, Mail, Smtp
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

    def carrier(self, *, now: Now) -> "Carrier":
        """Lines to the mail server; a single message at a time where no journal can settle doubts."""
        return Lines(
            lambda: Smtp(self.smtp_url, journal=self.journal_address),
            lambda notice: _composed(self, notice, at=now()),
            most=1 if isinstance(self.journal, NoJournal) else MOST_FLYING,
        )


class Carrier(Protocol):
    """What takes notices to their readers: `room` more can be in flight, `flying` are; once it has `failed`, none."""

    @property
    def room(self) -> int: ...
    @property
    def flying(self) -> int: ...
    @property
    def failed(self) -> bool: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, *error: object) -> None: ...

    def ready(self) -> bool:
        """Whether it can carry anything now."""

    def load(self, held: Claim) -> None:
        """Learn of the notices that it will be asked to carry."""

    def put(self, notice_ids: Sequence[int], *, until: float) -> None:
        """Carry these; past `until` (monotonic seconds) none of them is handed over any more."""

    def finished(self) -> dict[int, Outcome]:
        """How some of those in flight ended: waits for at least one of them."""


def deliver(post: Post, *, now: Now, stop: Callable[[], bool] = lambda: False) -> int:
    """Settle doubts, then send everything that is owed and may be tried now; returns how many were sent.

    Commits as it goes. An unreachable mail server ends it, and so does `stop`, with the messages that are on their way
    by then: what is owed stays owed.
    """
    settle_doubts(post.journal, now=now)
    sent, ended = 0, _Ended(None, {})
    if not _something_waits():
        return sent
    with post.carrier(now=now) as carrier:
        # Ready before anything is claimed, so that reminders can still be replaced meanwhile.
        while not stop() and carrier.ready():
            ended.settle(at=now())
            began = time.monotonic()
            claim = sending.claim(max(sending.BATCH, carrier.room), trying=carrier.room)
            session().commit()
            if claim is None:
                return sent
            count, ended = _send_batch(carrier, claim, until=began + HANDOVER, now=now, stop=stop)
            sent += count
    ended.settle(at=now())
    session().commit()
    return sent


@dataclass(frozen=True)
class _Ended:
    """What has ended and is to be settled with the next commit."""

    claim: Claim | None
    outcomes: dict[int, Outcome]

    def settle(self, *, at: datetime) -> None:
        if self.claim and self.outcomes:
            sending.settle(self.outcomes, self.claim, at=at)


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


def _send_batch(
    carrier: Carrier, claim: Claim, *, until: float, now: Now, stop: Callable[[], bool]
) -> tuple[int, _Ended]:
    """Have a claim carried: each commit settles what has ended and notes what is handed over next.

    `until` is for those attempted with the claim. Returns how many were sent, and what is still to be settled. What
    is left when the carrier fails, or when it is to stop, is given back.
    """
    carrier.load(claim)
    left = deque(claim.notice_ids)
    trying: Sequence[int] = [left.popleft() for _ in claim.tried]
    ended: dict[int, Outcome] = {}
    sent = 0
    while True:
        carrier.put(trying, until=until)
        last = stop()
        while carrier.flying:
            done = carrier.finished()
            sent += _told(done)
            ended.update(done)
            last = last or stop()
            if left and not carrier.failed and not last:
                break
        if carrier.failed or not left or last:
            sending.give_back(left, claim)
            return sent, _Ended(claim, ended)
        until = time.monotonic() + HANDOVER
        following = [left.popleft() for _ in range(min(carrier.room, len(left)))]
        trying = sending.attempting(following, claim, after=ended, at=now())
        session().commit()
        ended = {}


def _told(done: dict[int, Outcome]) -> int:
    for notice_id, outcome in done.items():
        if outcome.ended != "sent":
            log.warning("not sent", notice=notice_id, ended=outcome.ended, answer=outcome.answer)
    return sum(outcome.ended == "sent" for outcome in done.values())


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
