"""Files that people and programs take out: made, named, and told of on the record, for pages and the API alike."""

from dataclasses import dataclass
from datetime import datetime

from cxworkflow.calendar import day_of
from cxworkflow.documents.files import FILE_KINDS, kind_of
from cxworkflow.documents.strategy_record import strategy_record
from cxworkflow.documents.version_paper import version_document
from cxworkflow.models import Person
from cxworkflow.queries import commitments, publications, reviews, strategies
from cxworkflow.services import taking_out
from cxworkflow.services.public_texts import public


@dataclass(frozen=True)
class Taken:
    """A file: under which name it is saved, its media type, its bytes."""

    name: str
    media_type: str
    content: bytes


def version(strategy_id: int, number: int, ending: str, *, by: Person, at: datetime) -> Taken:
    """A version as a file; raises NotFound also for who may not know of it."""
    kind, strategy = kind_of(ending), strategies.visible(by, strategy_id, at=at)
    found = strategies.version(strategy, number)
    taking_out.take_out_version(found, f"a file for {kind.title}", by=by, at=at)
    document = version_document(found, reviews.decision_on(found))
    name = f"{strategy.component.code} {found.policy.names.paper} version {number}.{ending}"
    return Taken(name, kind.media_type, kind.make(document, at=found.submitted_at))


def record(strategy_id: int, ending: str, *, by: Person, at: datetime) -> Taken:
    """A strategy's record from draft to implementation as a file; raises NotFound also for who may not know of it."""
    kind, paper = kind_of(ending), strategies.paper(by, strategy_id, at=at)
    strategy = paper.strategy
    taking_out.take_out_record(strategy, f"its record as a file for {kind.title}", by=by, at=at)
    document = strategy_record(paper, reviews.decisions_on(strategy), commitments.of_strategy(strategy))
    name = f"{strategy.component.code} {paper.policy.names.paper} record {day_of(at).isoformat()}.{ending}"
    return Taken(name, kind.media_type, kind.make(document, at=at))


def letter(strategy_id: int, number: int, *, by: Person, at: datetime) -> Taken:
    """The letter about the decision on a version, as it was sent; raises NotFound also for who may not know of it."""
    found = reviews.letter(by, strategy_id, number, at=at)
    decided, outcome = found.decision.version, found.decision.outcome.value
    taking_out.take_out_version(decided, "the letter about it", by=by, at=at)
    name = f"{decided.strategy.component.code}-version-{number}-{outcome}.pdf"
    return Taken(name, FILE_KINDS["pdf"].media_type, found.pdf)


def preview(publication_id: int, ending: str, *, by: Person, at: datetime) -> Taken:
    """What the public reads of a publication, or would, as a file; raises NotFound also for who may not know of it."""
    kind, publication = kind_of(ending), publications.one(by, publication_id, at=at)
    taking_out.take_out_preview(publication, f"a file for {kind.title}", by=by, at=at)
    dated = publication.released_at or publication.prepared_at
    name = f"preview {publication.strategy.component.code}.{ending}"
    return Taken(name, kind.media_type, kind.make(public(publication).document, at=dated))
