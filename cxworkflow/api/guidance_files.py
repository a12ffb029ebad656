"""The files of the guidance library: given to what is not published yet, handed out."""

from cxworkflow.api.asked import ATTACHED, Asked
from cxworkflow.api.attachments import MEDIA_TYPES, Named
from cxworkflow.api.endpoint import Endpoint, Handed, Told
from cxworkflow.api.guidance import PieceTold, again, found, to_publish
from cxworkflow.models import Area
from cxworkflow.services import guidance, library
from cxworkflow.uploads.kinds import KINDS


def bring_file(asked: Asked, guidance_id: int) -> Told:
    """Give what is not published a file, in place of the one that is there. It is checked by its content."""
    piece = to_publish(asked, guidance_id)
    revision = asked.builds_on(piece.revision)
    assert isinstance(asked.query, Named)
    words = guidance.Words(piece.title, piece.tags, piece.text, asked.file(asked.query.name))
    guidance.revise(piece, words, revision=revision, by=asked.by, at=asked.at)
    return again(asked, guidance_id)


def download(asked: Asked, guidance_id: int) -> Handed:
    """The file of a piece; that it is taken out is recorded."""
    kept = library.take_out(found(asked, guidance_id), by=asked.by, at=asked.at)
    return Handed(kept.name, KINDS[kept.kind].media_type, kept.content)


_FILE = "/guidance/<int:guidance_id>/file"
_AREA = Area.GUIDANCE
ENDPOINTS = (
    Endpoint("GET", _FILE, _AREA, "Take out its file", download, MEDIA_TYPES),
    Endpoint("PUT", _FILE, _AREA, "Give it a file", bring_file, PieceTold, asks=Named, edits=True, brings=ATTACHED),
)
