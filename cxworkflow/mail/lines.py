"""Lines to the mail server: several, each in a thread of its own, where it is slow enough to make them worth it."""

import time
from collections.abc import Callable, Mapping, Sequence
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Self

import structlog

from cxworkflow.mail.transport import Mail, Smtp, UnreachableError
from cxworkflow.models import Notice
from cxworkflow.services import sending
from cxworkflow.services.sending import INTERRUPTED, Claim, Outcome

log = structlog.get_logger()

MOST_FLYING = 50  # what a sender that dies may leave in doubt
MOST_LINES = 16  # what mail servers commonly let one client have
QUICK = 0.005  # seconds; while a message takes no longer, one line is as fast as many
AHEAD = 0.1  # seconds; what waits behind the message that a line has in hand, so that it need not wait for a commit
GATHERED = 0.005  # seconds to wait for more answers, so that one commit settles several


class Lines:
    """Carries the notices of a claim to the mail server, and says how each ended.

    It begins with one message, and doubles what is in flight with every success: up to what the server takes in a tenth
    of a second over one line, or over many where it is slow; so no line waits for a commit. A server that breaks
    off two messages in a row, or that can't be reached, has `failed` and is left alone.
    """

    def __init__(
        self, opened: Callable[[], Smtp], composed: Callable[[Notice], Mail | Outcome], *, most: int = MOST_FLYING
    ) -> None:
        self._opened, self._composed, self._most = opened, composed, most
        self._first = opened()
        self._threads: list[Thread] = []
        self._given: SimpleQueue[tuple[Notice, float] | None] = SimpleQueue()
        self._ended: SimpleQueue[tuple[int, Outcome, float]] = SimpleQueue()
        self._notices: Mapping[int, Notice] = {}
        self._allowed = 1
        self._takes = 0.0  # seconds for a message, lately
        self._broken_off = 0  # messages in a row
        self.flying = 0
        self.failed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        for _ in self._threads:
            self._given.put(None)
        for thread in self._threads:
            thread.join()
        self._first.__exit__()

    @property
    def room(self) -> int:
        """How many more messages may be in flight."""
        behind = int(AHEAD / self._takes) if self._takes else 0
        return min(self._allowed, self._most, self._wanted * (1 + behind)) - self.flying

    @property
    def _wanted(self) -> int:
        return MOST_LINES if self._takes > QUICK else 1

    def ready(self) -> bool:
        """Whether the mail server can be reached and has not failed."""
        if not self.failed:
            try:
                self._first.connect()
            except UnreachableError as error:
                log.warning("mail server unreachable", error=str(error))
                self.failed = True
        return not self.failed

    def load(self, held: Claim) -> None:
        """Learn of the notices that it will be asked to carry."""
        self._notices = {notice.id: notice for notice in sending.claimed(held)}

    def put(self, notice_ids: Sequence[int], *, until: float) -> None:
        """Carry these; past `until` (monotonic seconds) none of them is handed over any more."""
        self.flying += len(notice_ids)
        while len(self._threads) < min(self._wanted, self.flying):
            smtp = self._opened() if self._threads else self._first
            self._threads.append(Thread(target=self._work, args=(smtp,), name="line", daemon=True))
            self._threads[-1].start()
        for notice_id in notice_ids:
            self._given.put((self._notices[notice_id], until))

    def finished(self) -> dict[int, Outcome]:
        """How some of those in flight ended: waits for the first, and a moment for others. None if none are."""
        done: dict[int, Outcome] = {}
        wanted, until = (self.flying + 1) // 2, time.monotonic() + GATHERED
        while len(done) < wanted:
            try:
                notice_id, outcome, took = self._ended.get(timeout=max(0, until - time.monotonic()) if done else None)
            except Empty:
                break
            done[notice_id] = outcome
            self._takes += (took - self._takes) * (0.2 if self._takes else 1)
            self._judge(outcome)
        self.flying -= len(done)
        return done

    def _judge(self, outcome: Outcome) -> None:
        if outcome.ended == "interrupted":
            # One message may be at fault for one broken connection; two in a row are the server's.
            self._broken_off += 1
            self.failed = self.failed or self._broken_off == 2
            self._allowed = 1
        else:
            self._broken_off = 0
            if outcome.ended == "sent":
                self._allowed = min(2 * self._allowed, self._most)

    def _work(self, smtp: Smtp) -> None:
        with smtp:
            while (given := self._given.get()) is not None:
                notice, until = given
                began = time.monotonic()
                try:
                    mail, began = self._composed(notice), time.monotonic()
                    outcome = mail if isinstance(mail, Outcome) else self._sent(smtp, mail, until)
                except Exception as error:  # noqa: BLE001  # whoever waits for this answer would wait for ever
                    outcome = Outcome("interrupted", f"{INTERRUPTED} ({type(error).__name__}: {error})")
                self._ended.put((notice.id, outcome, time.monotonic() - began))

    def _sent(self, smtp: Smtp, mail: Mail, until: float) -> Outcome:
        try:
            smtp.connect()
            return smtp.send(mail, until=until)
        except UnreachableError as error:
            self.failed = True
            return Outcome("refused", str(error))
        except Exception as error:
            log.exception("a message could not be sent")
            return Outcome("interrupted", f"{INTERRUPTED} ({type(error).__name__})")
