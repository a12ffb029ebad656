"""Documents as files of every kind: a version, a strategy's record, a decision's letter, what the public would read."""

from cxworkflow.api.asked import Asked
from cxworkflow.api.endpoint import Endpoint, Handed
from cxworkflow.calendar import day_of
from cxworkflow.documents.files import FILE_KINDS, FileKind, kind_of
from cxworkflow.documents.strategy_record import strategy_record
from cxworkflow.documents.version_paper import version_document
from cxworkflow.models import Area
from cxworkflow.queries import commitments, publications, reviews
from cxworkflow.queries import strategies as queries
from cxworkflow.services import taking_out
from cxworkflow.services.public_texts import public


def _bare(kind: FileKind) -> str:
    return kind.media_type.partition(";")[0]


PDF = "application/pdf"
MEDIA_TYPES = tuple(_bare(kind) for kind in FILE_KINDS.values())


def version(asked: Asked, strategy_id: int, number: int, ending: str) -> Handed:
    """A version as a file; that it is taken out is recorded."""
    kind, strategy = kind_of(ending), queries.visible(asked.by, strategy_id, at=asked.at)
    found = queries.version(strategy, number)
    taking_out.take_out_version(found, f"a file for {kind.title}", by=asked.by, at=asked.at)
    document = version_document(found, reviews.decision_on(found))
    name = f"{strategy.component.code} {found.policy.names.paper} version {number}.{ending}"
    return Handed(name, _bare(kind), kind.make(document, at=found.submitted_at))


def record(asked: Asked, strategy_id: int, ending: str) -> Handed:
    """A strategy's record from draft to implementation as a file; that it is taken out is recorded."""
    kind, paper = kind_of(ending), queries.paper(asked.by, strategy_id, at=asked.at)
    strategy = paper.strategy
    taking_out.take_out_record(strategy, f"its record as a file for {kind.title}", by=asked.by, at=asked.at)
    decided = reviews.decisions_on(strategy)
    document = strategy_record(paper, decided, commitments.of_strategy(strategy))
    name = f"{strategy.component.code} {paper.policy.names.paper} record {day_of(asked.at).isoformat()}.{ending}"
    return Handed(name, _bare(kind), kind.make(document, at=asked.at))


def letter(asked: Asked, strategy_id: int, number: int) -> Handed:
    """The letter about the decision on a version, as it was sent; that it is taken out is recorded."""
    found = reviews.letter(asked.by, strategy_id, number, at=asked.at)
    version, outcome = found.decision.version, found.decision.outcome.value
    taking_out.take_out_version(version, taking_out.LETTER, by=asked.by, at=asked.at)
    name = f"{version.strategy.component.code}-version-{number}-{outcome}.pdf"
    return Handed(name, PDF, found.pdf)


def preview(asked: Asked, publication_id: int, ending: str) -> Handed:
    """What the public reads of a publication, or would, as a file; that it is taken out is recorded."""
    kind, publication = kind_of(ending), publications.one(asked.by, publication_id, at=asked.at)
    taking_out.take_out_preview(publication, f"a file for {kind.title}", by=asked.by, at=asked.at)
    at = publication.released_at or publication.prepared_at
    name = f"preview {publication.strategy.component.code}.{ending}"
    return Handed(name, _bare(kind), kind.make(public(publication).document, at=at))


_STRATEGY, _PUBLICATION = "/strategies/<int:strategy_id>", "/publications/<int:publication_id>"
_VERSION = f"{_STRATEGY}/versions/<int:number>"
ENDPOINTS = (
    Endpoint("GET", f"{_VERSION}/files/<ending>", Area.STRATEGIES, "Take out a version", version, MEDIA_TYPES),
    Endpoint("GET", f"{_STRATEGY}/record/<ending>", Area.STRATEGIES, "Take out its record", record, MEDIA_TYPES),
    Endpoint("GET", f"{_VERSION}/letter", Area.DECISIONS, "Read the decision’s letter", letter, (PDF,)),
    Endpoint("GET", f"{_PUBLICATION}/files/<ending>", Area.PUBLICATIONS, "Take out a preview", preview, MEDIA_TYPES),
)
