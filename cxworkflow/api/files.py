"""Documents as files of every kind: a version, a strategy's record, a decision's letter, what the public would read."""

from cxworkflow.api.asked import Asked
from cxworkflow.api.endpoint import Endpoint, Handed
from cxworkflow.documents import taken
from cxworkflow.documents.files import FILE_KINDS
from cxworkflow.documents.taken import Taken
from cxworkflow.models import Area


def _bare(media_type: str) -> str:
    return media_type.partition(";")[0]


def _handed(file: Taken) -> Handed:
    return Handed(file.name, _bare(file.media_type), file.content)


PDF = FILE_KINDS["pdf"].media_type
MEDIA_TYPES = tuple(_bare(kind.media_type) for kind in FILE_KINDS.values())


def version(asked: Asked, strategy_id: int, number: int, ending: str) -> Handed:
    """A version as a file; that it is taken out is recorded."""
    return _handed(taken.version(strategy_id, number, ending, by=asked.by, at=asked.at))


def record(asked: Asked, strategy_id: int, ending: str) -> Handed:
    """A strategy's record from draft to implementation as a file; that it is taken out is recorded."""
    return _handed(taken.record(strategy_id, ending, by=asked.by, at=asked.at))


def letter(asked: Asked, strategy_id: int, number: int) -> Handed:
    """The letter about the decision on a version, as it was sent; that it is taken out is recorded."""
    return _handed(taken.letter(strategy_id, number, by=asked.by, at=asked.at))


def preview(asked: Asked, publication_id: int, ending: str) -> Handed:
    """What the public reads of a publication, or would, as a file; that it is taken out is recorded."""
    return _handed(taken.preview(publication_id, ending, by=asked.by, at=asked.at))


_STRATEGY, _PUBLICATION = "/strategies/<int:strategy_id>", "/publications/<int:publication_id>"
_VERSION = f"{_STRATEGY}/versions/<int:number>"
ENDPOINTS = (
    Endpoint("GET", f"{_VERSION}/files/<ending>", Area.STRATEGIES, "Take out a version", version, MEDIA_TYPES),
    Endpoint("GET", f"{_STRATEGY}/record/<ending>", Area.STRATEGIES, "Take out its record", record, MEDIA_TYPES),
    Endpoint("GET", f"{_VERSION}/letter", Area.DECISIONS, "Read the decision’s letter", letter, (PDF,)),
    Endpoint("GET", f"{_PUBLICATION}/files/<ending>", Area.PUBLICATIONS, "Take out a preview", preview, MEDIA_TYPES),
)
