"""A process of the product, told line by line what to do: `python -m tests.bench.worker DATABASE_URL SMTP_URL FOLDER`.

`sweep DATE` owes what is due and answers with how many, after a line `ring` for each part of it that is committed;
`send` sends what is owed and answers with how many it sent;
`load PART OF` reads its part of what is owed into memory, and `build` builds that and sends it over one connection,
with nothing else to do. With `-` for the SMTP_URL, messages are neither built nor sent.
"""

import sys
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Self
from uuid import uuid4

from sqlalchemy import select

from cxworkflow.calendar import moment
from cxworkflow.clock import now
from cxworkflow.db import session, unit_of_work
from cxworkflow.ladder import FIRES_AT
from cxworkflow.mail.compose import message
from cxworkflow.mail.delivery import Carrier, Now, Post, deliver
from cxworkflow.mail.journal import LocalMailbox
from cxworkflow.mail.transport import Mail, Smtp
from cxworkflow.models import Notice
from cxworkflow.models.notice import NoticeState
from cxworkflow.services import reminders, sending
from cxworkflow.services.sending import Claim, Outcome
from tests.bench.crew import RING
from tests.bench.place import application, inside

SENDER = "CX Workflow <cx@workflow.example>"
AT_ONCE = 1_000  # of what takes no time, the product would put more in flight: as much as takes a tenth of a second


class Silence:
    """A carrier that takes a thousand notices at a time and has sent them at once, to nobody."""

    failed = False

    def __init__(self) -> None:
        self._given: list[int] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    @property
    def room(self) -> int:
        """How many more it takes."""
        return AT_ONCE - len(self._given)

    @property
    def flying(self) -> int:
        """How many it has taken."""
        return len(self._given)

    def ready(self) -> bool:
        """Always."""
        return True

    def load(self, held: Claim) -> None:
        """It needs no more than the numbers."""

    def put(self, notice_ids: Sequence[int], *, until: float) -> None:  # noqa: ARG002  # others need it
        """Take them."""
        self._given += notice_ids

    def finished(self) -> dict[int, Outcome]:
        """All are sent."""
        done = dict.fromkeys(self._given, Outcome("sent", "250 Nobody was told"))
        self._given.clear()
        return done


class Silent(Post):
    """The product's delivery, but for what it delivers with."""

    def carrier(self, *, now: Now) -> Carrier:  # noqa: ARG002  # others need it
        """Neither builds nor sends."""
        return Silence()


class Worker:
    """What a line of input makes happen; each answers with a number."""

    def __init__(self, smtp_url: str, folder: str) -> None:
        kind = Silent if smtp_url == "-" else Post
        self._post = kind(smtp_url, SENDER, "https://cx.example", LocalMailbox(Path(folder)))
        self._loaded: Sequence[Notice] = ()

    def sweep(self, on: str) -> int:
        """Owe what is due on a day, committed in parts, and ring after each but the last."""
        with unit_of_work():
            at = moment(date.fromisoformat(on), FIRES_AT.hour, FIRES_AT.minute)
            return reminders.sweep(at=at, after_part=self._ring).owed

    def _ring(self) -> None:
        session().commit()
        print(RING, flush=True)

    def send(self) -> int:
        """Send what is owed, as a worker does."""
        return deliver(self._post, now=now)

    def load(self, part: str, of: str) -> int:
        """Read a part of what is owed, and build one message so that templates are compiled."""
        owed = select(Notice.id).where(Notice.state == NoticeState.OWED, Notice.id % int(of) == int(part))
        self._loaded = sending.claimed(Claim(uuid4(), tuple(session().scalars(owed))))
        session().rollback()
        if b"text/calendar" not in self._built(self._loaded[0]).content:
            raise RuntimeError("Without its calendar file this is no real e-mail.")
        return len(self._loaded)

    def build(self) -> int:
        """Build what was read and send it over one connection."""
        with Smtp(self._post.smtp_url) as smtp:
            outcomes = [smtp.send(self._built(notice), until=time.monotonic() + 60) for notice in self._loaded]
        return sum(outcome.ended == "sent" for outcome in outcomes)

    def _built(self, notice: Notice) -> Mail:
        content = message(notice, sender=SENDER, base_url="https://cx.example", at=now())
        return Mail("cx@workflow.example", notice.to_address, content)


def main(database_url: str, smtp_url: str, folder: str) -> None:
    """Do what is said until nothing more is."""
    with inside(application(database_url)):
        worker = Worker(smtp_url, folder)
        session().execute(select(1))
        session().rollback()
        print("ready", flush=True)
        for line in sys.stdin:
            verb, *words = line.split()
            print(getattr(worker, verb)(*words), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
