"""One's own inbox: what one was told, and which of it is read."""

from typing import Annotated

from pydantic import Field

from cxworkflow.api.asked import Asked
from cxworkflow.api.endpoint import Endpoint, Number, Page, Paged, Sent, Shape
from cxworkflow.api.notices import NoticeTold
from cxworkflow.api.paging import page
from cxworkflow.db import session
from cxworkflow.models import Area, Notice
from cxworkflow.queries import inbox as queries
from cxworkflow.services import inbox


class WantedOfInbox(Paged):
    """One's inbox, all of it or what is not read."""

    unread: bool = Field(False, description="Only what is not read.")


class Marks(Sent):
    """Notices that are read, or are to count as not read. Those of others stay as they are."""

    notices: Annotated[list[Number], Field(max_length=200)]
    read: bool = True


class Marked(Shape):
    """Those of the notices that lie in one's inbox, as they stand by now."""

    items: list[NoticeTold]


def index(asked: Asked) -> Page[NoticeTold]:
    """What one was told."""
    narrowed = asked.query
    assert isinstance(narrowed, WantedOfInbox)
    rows, further = page(queries.wanted(asked.by, only_unread=narrowed.unread), Notice.id, narrowed)
    return Page[NoticeTold](items=[NoticeTold.of(each) for each in rows], next=further)


def mark(asked: Asked) -> Marked:
    """Note notices of one's own as read, or as not read."""
    given = asked.body(Marks)
    inbox.note(given.notices, as_read=given.read, by=asked.by, at=asked.at)
    session().expire_all()
    found = queries.wanted(asked.by, only_unread=False).where(Notice.id.in_(given.notices)).order_by(Notice.id)
    return Marked(items=[NoticeTold.of(each) for each in session().scalars(found)])


def opened(asked: Asked, notice_id: int) -> NoticeTold:
    """Note a notice of one's own as read."""
    queries.one(asked.by, notice_id)
    inbox.note([notice_id], as_read=True, by=asked.by, at=asked.at)
    session().expire_all()
    return NoticeTold.of(queries.one(asked.by, notice_id))


_AREA = Area.NOTICES
ENDPOINTS = (
    Endpoint(
        "GET",
        "/inbox",
        _AREA,
        "Read one’s inbox",
        index,
        Page[NoticeTold],
        asks=WantedOfInbox,
        listed="notices",
    ),
    Endpoint("POST", "/inbox/read", _AREA, "Note notices as read, or as not read", mark, Marked, Marks),
    Endpoint("POST", "/inbox/<int:notice_id>/opened", _AREA, "Note a notice as read", opened, NoticeTold),
)
