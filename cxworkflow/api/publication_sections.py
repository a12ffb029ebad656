"""The sections of a publication: which of them the public will read, chosen in place of those that were read."""

from pydantic import Field

from cxworkflow.api.asked import Asked
from cxworkflow.api.endpoint import Endpoint, Sent, Shape, Told, Word
from cxworkflow.api.publications import being_prepared
from cxworkflow.db import session
from cxworkflow.models import Area
from cxworkflow.queries import publications as queries
from cxworkflow.services import publications


class SectionsTold(Shape):
    """The clauses that are published, of all that the version has."""

    clauses: list[str]
    offered: list[str]


class Chosen(Sent):
    """The sections that are published, and no others."""

    clauses: list[Word] = Field(max_length=200)


def one(asked: Asked, publication_id: int) -> Told:
    """The sections that are chosen."""
    publication = queries.one(asked.by, publication_id, at=asked.at)
    told = SectionsTold(clauses=publication.clauses, offered=list(publication.version.content))
    return Told(told, publications.mark_of(publication))


def choose(asked: Asked, publication_id: int) -> Told:
    """Publish these sections and no others, in place of those that were read."""
    publication = being_prepared(asked, publication_id)
    base, given = asked.builds_on(publications.mark_of(publication)), asked.body(Chosen)
    publications.choose(publication, given.clauses, base=base, by=asked.by, at=asked.at)
    session().expire_all()
    return one(asked, publication_id)


_ONE = "/publications/<int:publication_id>/sections"
_AREA = Area.PUBLICATIONS
ENDPOINTS = (
    Endpoint("GET", _ONE, _AREA, "Read which sections are published", one, SectionsTold, edits=True),
    Endpoint("PUT", _ONE, _AREA, "Choose its sections", choose, SectionsTold, Chosen, edits=True),
)
