"""Notices: the e-mails owed to oneself, or all of them for who watches the system run; settled where they are stuck."""

from datetime import date, datetime

from pydantic import Field

from cxworkflow.api.asked import Asked
from cxworkflow.api.endpoint import Endpoint, Page, Shape, Word
from cxworkflow.api.paging import page
from cxworkflow.api.shapes import OfComponent, Somebody
from cxworkflow.db import session
from cxworkflow.models import Area, Notice
from cxworkflow.models.notice import NoticeState
from cxworkflow.queries import notices as queries
from cxworkflow.services import undelivered


class NoticeTold(Shape):
    """An e-mail owed to somebody, and whether it went out."""

    id: int
    kind: str
    to: Somebody
    to_role: str
    component: str | None
    strategy_id: int | None
    clock_id: int | None
    due_on: date | None = Field(description="Of a reminder: the due date that it was about.")
    rung: int | None = Field(description="Of a reminder: how many days from the due date.")
    owed_on: date
    owed_at: datetime
    state: NoticeState
    sent_at: datetime | None
    closed_reason: str | None
    read_at: datetime | None

    @classmethod
    def of(cls, notice: Notice) -> "NoticeTold":
        """This notice."""
        apart = ("to", "component")
        told = {name: getattr(notice, name) for name in cls.model_fields if name not in apart}
        component = notice.component.code if notice.component else None
        return cls(**told, to=Somebody.of(notice.person), component=component)


class WantedNotices(OfComponent):
    """Notices, all or some."""

    kind: Word | None = None
    state: NoticeState | None = None


def index(asked: Asked) -> Page[NoticeTold]:
    """One's own notices, or all for who watches the system run."""
    narrowed = asked.query
    assert isinstance(narrowed, WantedNotices)
    wanted = queries.Wanted(state=narrowed.state, kind=narrowed.kind, component=narrowed.component)
    rows, further = page(queries.find(asked.by, wanted, at=asked.at), Notice.id, narrowed)
    return Page[NoticeTold](items=[NoticeTold.of(each) for each in rows], next=further)


def one(asked: Asked, notice_id: int) -> NoticeTold:
    """A notice."""
    return NoticeTold.of(queries.one(asked.by, notice_id, at=asked.at))


def try_again(asked: Asked, notice_id: int) -> NoticeTold:
    """Put a failed e-mail back in the queue."""
    undelivered.try_again(queries.one(asked.by, notice_id, at=asked.at), by=asked.by, at=asked.at)
    return _again(asked, notice_id)


def send_again(asked: Asked, notice_id: int) -> NoticeTold:
    """Send an e-mail in doubt once more."""
    undelivered.send_again(queries.one(asked.by, notice_id, at=asked.at), by=asked.by, at=asked.at)
    return _again(asked, notice_id)


def was_sent(asked: Asked, notice_id: int) -> NoticeTold:
    """Record an e-mail in doubt as sent."""
    undelivered.was_sent(queries.one(asked.by, notice_id, at=asked.at), by=asked.by, at=asked.at)
    return _again(asked, notice_id)


def _again(asked: Asked, notice_id: int) -> NoticeTold:
    session().flush()
    session().expire_all()
    return one(asked, notice_id)


_ONE = "/notices/<int:notice_id>"
ENDPOINTS = (
    Endpoint(
        "GET", "/notices", Area.NOTICES, "List notices", index, Page[NoticeTold], asks=WantedNotices, listed="notices"
    ),
    Endpoint("GET", _ONE, Area.NOTICES, "Read a notice", one, NoticeTold),
    Endpoint("POST", f"{_ONE}/try-again", Area.NOTICES, "Try a failed e-mail again", try_again, NoticeTold),
    Endpoint("POST", f"{_ONE}/send-again", Area.NOTICES, "Send an e-mail in doubt again", send_again, NoticeTold),
    Endpoint("POST", f"{_ONE}/was-sent", Area.NOTICES, "Record it as sent", was_sent, NoticeTold),
)
