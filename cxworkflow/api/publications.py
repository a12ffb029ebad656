"""Publications: prepared by one person, released by another; what is withheld, and what the public reads."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from pydantic import Field

from cxworkflow.api.asked import Asked
from cxworkflow.api.endpoint import Endpoint, Page, Sent, Shape, Text, Word
from cxworkflow.api.paging import page
from cxworkflow.api.shapes import OfComponent, Reason, Somebody
from cxworkflow.db import session
from cxworkflow.models import Area, Publication, Withholding
from cxworkflow.permissions import Permission, require
from cxworkflow.queries import publications as queries
from cxworkflow.services import publications
from cxworkflow.services.public_texts import Place, public


class WithholdingTold(Shape):
    """What is withheld, where, and on which basis. Rows count from 0."""

    id: int
    clause: str
    field: str
    row: int | None
    column: str
    begins: int | None
    ends: int | None
    basis: str
    by: Somebody

    @classmethod
    def of(cls, withheld: Withholding) -> "WithholdingTold":
        """This withholding."""
        names = ("id", "clause", "field", "begins", "ends", "basis")
        told = {name: getattr(withheld, name) for name in names}
        return cls(**told, row=withheld.row_number, column=withheld.column_key, by=Somebody.of(withheld.by))


class PublicationRow(Shape):
    """A publication in a list."""

    id: int
    strategy_id: int
    component: str
    state: str = Field(description="prepared, released, withdrawn or dropped")
    clauses: list[str]
    prepared_at: datetime
    prepared_by: Somebody
    released_at: datetime | None
    released_by: Somebody | None

    @classmethod
    def of(cls, publication: Publication) -> "PublicationRow":
        """This publication."""
        return cls(**_told(publication))


class PublicationTold(PublicationRow):
    """A publication with what is withheld, and what the public reads of it or would."""

    withheld: list[WithholdingTold]
    sha256: str = Field(description="Of the text as it would be released: to release it, send this.")
    document: dict[str, Any]


class Prepared(Sent):
    """What is to be published."""

    clauses: list[Word] | None = Field(None, max_length=200, description="Null: every section.")


class Withheld(Sent):
    """What is withheld: a passage, an answer, a row (from 0), or a cell of one."""

    clause: str = Field(max_length=40)
    field: str = Field(max_length=100)
    basis: str = Field(max_length=100)
    row: int | None = Field(None, ge=0, lt=100_000)
    column: str = Field("", max_length=100)
    passage: Text = ""


class Released(Sent):
    """The text that was read."""

    sha256: str = Field(max_length=64)


def index(asked: Asked) -> Page[PublicationRow]:
    """Everything that was prepared for the public."""
    require(asked.by, Permission.SEE_PUBLICATIONS, at=asked.at)
    assert isinstance(asked.query, OfComponent)
    rows, further = page(queries.listed(None, asked.query.component), Publication.id, asked.query)
    return Page[PublicationRow](items=[PublicationRow.of(each) for each in rows], next=further)


def one(asked: Asked, publication_id: int) -> PublicationTold:
    """A publication, as it would be read."""
    publication = queries.one(asked.by, publication_id, at=asked.at)
    told = public(publication)
    return PublicationTold(
        **_told(publication),
        withheld=[WithholdingTold.of(each) for each in publication.withholdings],
        sha256=told.sha256,
        document=json.loads(json.dumps(told.document)),
    )


def prepare(asked: Asked, strategy_id: int) -> PublicationTold:
    """Begin a publication of the approved version."""
    strategy, given = asked.strategy(strategy_id, Permission.PREPARE_PUBLICATION), asked.words(Prepared)
    version = strategy.approved_version
    clauses = given.clauses if given.clauses is not None else list(version.content) if version else []
    made = publications.prepare(strategy, clauses, by=asked.by, at=asked.at)
    return _again(asked, made.id)


def withhold(asked: Asked, publication_id: int) -> PublicationTold:
    """Withhold a passage, an answer, a row or a cell."""
    publication = being_prepared(asked, publication_id)
    given = asked.body(Withheld)
    place = Place(given.clause, given.field, given.row, given.column)
    publications.withhold(publication, place, given.basis, passage=given.passage, by=asked.by, at=asked.at)
    return _again(asked, publication_id)


def show_again(asked: Asked, publication_id: int, withholding_id: int) -> PublicationTold:
    """Withhold it no longer."""
    publications.show_again(_found(asked, publication_id), withholding_id, by=asked.by, at=asked.at)
    return _again(asked, publication_id)


def drop(asked: Asked, publication_id: int) -> PublicationTold:
    """Give up preparing it."""
    return _done(asked, publication_id, publications.drop)


def release(asked: Asked, publication_id: int) -> PublicationTold:
    """Let everybody read exactly what was read here."""
    return _done(asked, publication_id, publications.release, sha256=asked.words(Released).sha256)


def withdraw(asked: Asked, publication_id: int) -> PublicationTold:
    """Take it from the public, with a reason."""
    return _done(asked, publication_id, publications.withdraw, reason=asked.words(Reason).reason)


def _done(asked: Asked, publication_id: int, verb: Callable[..., None], **told: str) -> PublicationTold:
    verb(_found(asked, publication_id), **told, by=asked.by, at=asked.at)
    return _again(asked, publication_id)


def being_prepared(asked: Asked, publication_id: int) -> Publication:
    """The publication, for who may prepare it, while it is prepared; raises NotFound, NotAllowed, NotNow."""
    publication = _found(asked, publication_id)
    require(asked.by, Permission.PREPARE_PUBLICATION, publication.strategy, at=asked.at)
    return publications.still_prepared(publication)


def _found(asked: Asked, publication_id: int) -> Publication:
    return queries.one(asked.by, publication_id, at=asked.at)


def _again(asked: Asked, publication_id: int) -> PublicationTold:
    session().flush()
    session().expire_all()
    return one(asked, publication_id)


def _told(publication: Publication) -> dict[str, Any]:
    names = ("id", "strategy_id", "state", "clauses", "prepared_at", "released_at")
    return {
        **{name: getattr(publication, name) for name in names},
        "component": publication.strategy.component.code,
        "prepared_by": Somebody.of(publication.by),
        "released_by": Somebody.or_none(publication.released_by),
    }


_ONE = "/publications/<int:publication_id>"
_AREA = Area.PUBLICATIONS
ENDPOINTS = (
    Endpoint(
        "GET",
        "/publications",
        _AREA,
        "List publications",
        index,
        Page[PublicationRow],
        asks=OfComponent,
        listed="publications",
    ),
    Endpoint("GET", _ONE, _AREA, "Read a publication", one, PublicationTold),
    Endpoint(
        "POST",
        "/strategies/<int:strategy_id>/publications",
        _AREA,
        "Prepare a publication",
        prepare,
        PublicationTold,
        Prepared,
    ),
    Endpoint("POST", f"{_ONE}/withholdings", _AREA, "Withhold something", withhold, PublicationTold, Withheld),
    Endpoint(
        "POST",
        f"{_ONE}/withholdings/<int:withholding_id>/removal",
        _AREA,
        "Withhold it no longer",
        show_again,
        PublicationTold,
    ),
    Endpoint("POST", f"{_ONE}/drop", _AREA, "Give it up", drop, PublicationTold),
    Endpoint("POST", f"{_ONE}/release", _AREA, "Release it", release, PublicationTold, Released),
    Endpoint("POST", f"{_ONE}/withdrawal", _AREA, "Withdraw it", withdraw, PublicationTold, Reason),
)
