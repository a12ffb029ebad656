"""Evidence: files that show how far a commitment is kept, attached, taken off, handed out."""

from uuid import UUID

from pydantic import Field
from sqlalchemy import select

from cxworkflow.api.asked import ATTACHED, Asked
from cxworkflow.api.attachments import MEDIA_TYPES, FileTold, Named
from cxworkflow.api.commitments import CommitmentTold, again, of
from cxworkflow.api.endpoint import Endpoint, Handed, Page, Paged
from cxworkflow.api.paging import page
from cxworkflow.models import Area, Evidence
from cxworkflow.permissions import Permission
from cxworkflow.queries import commitments as queries
from cxworkflow.services import evidence, progress
from cxworkflow.uploads.kinds import KINDS
from cxworkflow.web import current


class EvidenceTold(FileTold):
    """A file that shows how far a commitment is kept. What a report cites stays as it is."""

    note: str


class NamedWithNote(Named):
    """What a file is called, and what it shows."""

    note: str = Field("", max_length=1_000, description="What it shows.")


def index(asked: Asked, commitment_id: int) -> Page[EvidenceTold]:
    """The evidence for a commitment."""
    commitment = queries.one(asked.by, commitment_id, at=asked.at)
    assert isinstance(asked.query, Paged)
    wanted = select(Evidence).where(Evidence.commitment_id == commitment.id)
    rows, further = page(wanted, Evidence.id, asked.query)
    return Page[EvidenceTold](items=[EvidenceTold.of(each) for each in rows], next=further)


def attach(asked: Asked, commitment_id: int) -> EvidenceTold:
    """Attach a file that shows how far it is. It is checked by its content; the same file again changes nothing."""
    commitment = of(asked, commitment_id, Permission.WORK_ON)
    progress.open_still(commitment)
    narrowed = asked.query
    assert isinstance(narrowed, NamedWithNote)
    file, most = asked.file(narrowed.name), current.settings().most_attached
    return EvidenceTold.of(evidence.attach(commitment, file, note=narrowed.note, most=most, by=asked.by, at=asked.at))


def remove(asked: Asked, commitment_id: int, address: UUID) -> CommitmentTold:
    """Take a file off that no report cites."""
    evidence.remove(of(asked, commitment_id, Permission.WORK_ON), address, by=asked.by, at=asked.at)
    return again(asked, commitment_id)


def download(asked: Asked, address: UUID) -> Handed:
    """The file itself; that it is taken out is recorded."""
    file, content = evidence.take_out(address, by=asked.by, at=asked.at)
    return Handed(file.name, KINDS[file.kind].media_type, content)


_FILES = "/commitments/<int:commitment_id>/evidence"
_AREA = Area.COMMITMENTS
ENDPOINTS = (
    Endpoint("GET", _FILES, _AREA, "List the evidence", index, Page[EvidenceTold], asks=Paged),
    Endpoint("POST", _FILES, _AREA, "Attach evidence", attach, EvidenceTold, asks=NamedWithNote, brings=ATTACHED),
    Endpoint("POST", f"{_FILES}/<uuid:address>/removal", _AREA, "Take evidence off", remove, CommitmentTold),
    Endpoint("GET", "/evidence/<uuid:address>", _AREA, "Take out evidence", download, MEDIA_TYPES),
)
