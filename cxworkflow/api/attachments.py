"""Files attached to sections of a draft: sent as they are, checked as on the pages, handed out to be saved."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import Field
from sqlalchemy import select

from cxworkflow.api.asked import ATTACHED, Asked
from cxworkflow.api.endpoint import Endpoint, Handed, Page, Paged, Sent, Shape
from cxworkflow.api.paging import page
from cxworkflow.api.sections import drafted
from cxworkflow.api.shapes import Somebody
from cxworkflow.errors import NotFound
from cxworkflow.lifecycle import Action
from cxworkflow.models import Area, Attachment, Evidence
from cxworkflow.permissions import Permission
from cxworkflow.services import attachments, drafting, strategies
from cxworkflow.uploads.kinds import KINDS
from cxworkflow.web import current

MEDIA_TYPES = tuple(kind.media_type for kind in KINDS.values())


class FileTold(Shape):
    """A file that was put beside something."""

    address: UUID
    name: str
    media_type: str
    size: int = Field(description="In bytes.")
    sha256: str
    attached_at: datetime
    by: Somebody

    @classmethod
    def of(cls, file: Attachment | Evidence) -> Self:
        """This file."""
        names = cls.model_fields.keys() - {"media_type", "by"}
        told = {name: getattr(file, name) for name in names}
        return cls(**told, media_type=KINDS[file.kind].media_type, by=Somebody.of(file.by))


class AttachmentTold(FileTold):
    """A file that is attached to a section."""

    clause: str


class Named(Sent):
    """What a file is called."""

    name: str = Field("", max_length=255, description="The file’s name, with its ending. Needed.")


def index(asked: Asked, strategy_id: int, clause: str) -> Page[AttachmentTold]:
    """The files of a section of the draft, for who may see the draft."""
    strategy = drafted(asked, strategy_id)
    drafting.asked(strategy, clause)
    assert isinstance(asked.query, Paged)
    wanted = select(Attachment).where(
        Attachment.strategy_id == strategy.id, Attachment.clause == clause, Attachment.removed_at.is_(None)
    )
    rows, further = page(wanted, Attachment.id, asked.query)
    return Page[AttachmentTold](items=[AttachmentTold.of(each) for each in rows], next=further)


def attach(asked: Asked, strategy_id: int, clause: str) -> AttachmentTold:
    """Attach a file to a section of the draft. It is checked by its content; the same file again changes nothing."""
    drafted(asked, strategy_id)
    strategy = asked.strategy(strategy_id, Permission.EDIT, Action.EDIT, clause=clause)
    drafting.asked(strategy, clause)
    assert isinstance(asked.query, Named)
    file, most = asked.file(asked.query.name), current.settings().most_attached
    return AttachmentTold.of(attachments.attach(strategy, clause, file, most=most, by=asked.by, at=asked.at))


def remove(asked: Asked, strategy_id: int, clause: str, address: UUID) -> AttachmentTold:
    """Take a file off the draft; a version that holds it keeps it."""
    drafted(asked, strategy_id)
    strategy = asked.strategy(strategy_id, Permission.EDIT, Action.EDIT, clause=clause)
    file = next((each for each in strategies.attached(strategy) if each.address == address), None)
    if file is None:
        raise NotFound("This file is not attached any more.")
    told = AttachmentTold.of(file)
    attachments.remove(strategy, address, by=asked.by, at=asked.at)
    return told


def download(asked: Asked, address: UUID) -> Handed:
    """The file itself; that it is taken out is recorded."""
    file, content = attachments.take_out(address, by=asked.by, at=asked.at)
    return Handed(file.name, KINDS[file.kind].media_type, content)


_FILES = "/strategies/<int:strategy_id>/sections/<clause>/attachments"
_AREA = Area.STRATEGIES
ENDPOINTS = (
    Endpoint("GET", _FILES, _AREA, "List the files of a section", index, Page[AttachmentTold], asks=Paged),
    Endpoint("POST", _FILES, _AREA, "Attach a file", attach, AttachmentTold, asks=Named, brings=ATTACHED),
    Endpoint("POST", f"{_FILES}/<uuid:address>/removal", _AREA, "Take a file off the draft", remove, AttachmentTold),
    Endpoint("GET", "/attachments/<uuid:address>", _AREA, "Take out an attached file", download, MEDIA_TYPES),
)
