"""Versions: what was submitted, frozen under its SHA-256."""

from datetime import date, datetime
from typing import Any

from pydantic import Field
from sqlalchemy import select

from cxworkflow.api.asked import Asked
from cxworkflow.api.endpoint import Endpoint, Page, Paged, Shape
from cxworkflow.api.paging import page
from cxworkflow.api.shapes import Somebody
from cxworkflow.models import Area, Version
from cxworkflow.queries import strategies as queries


class VersionRow(Shape):
    """A version in a list."""

    number: int
    title: str
    sha256: str
    edition: str = Field(description="The SHA-256 of the edition of the policy under which it was submitted.")
    submitted_at: datetime
    submitted_by: Somebody
    due_on: date | None
    days_late: int
    late_reason: str | None

    @classmethod
    def of(cls, version: Version) -> "VersionRow":
        """This version."""
        return cls(**_told(version))


class AttachedFile(Shape):
    """A file that belongs to a version."""

    clause: str
    name: str
    size: int
    sha256: str


class VersionTold(VersionRow):
    """A version with its text."""

    content: dict[str, dict[str, Any]] = Field(description="The answers by clause and field.")
    rows: dict[str, dict[str, list[str]]] = Field(description="By clause and field, the name that each row keeps.")
    attachments: list[AttachedFile]


def index(asked: Asked, strategy_id: int) -> Page[VersionRow]:
    """The versions of a strategy, the first one first."""
    strategy = queries.known(asked.by, strategy_id, at=asked.at)
    assert isinstance(asked.query, Paged)
    rows, further = page(select(Version).where(Version.strategy_id == strategy.id), Version.id, asked.query)
    return Page[VersionRow](items=[VersionRow.of(each) for each in rows], next=further)


def one(asked: Asked, strategy_id: int, number: int) -> VersionTold:
    """A version as it was submitted."""
    version = queries.version(queries.visible(asked.by, strategy_id, at=asked.at), number)
    return VersionTold(
        **_told(version),
        content=version.content,
        rows=version.row_names,
        attachments=[AttachedFile.model_validate(each) for each in version.attachments],
    )


def _told(version: Version) -> dict[str, Any]:
    names = ("number", "title", "sha256", "submitted_at", "due_on", "days_late", "late_reason")
    plain = {name: getattr(version, name) for name in names}
    return {**plain, "edition": version.edition.sha256, "submitted_by": Somebody.of(version.by)}


_ALL = "/strategies/<int:strategy_id>/versions"
ENDPOINTS = (
    Endpoint("GET", _ALL, Area.STRATEGIES, "List versions", index, Page[VersionRow], asks=Paged),
    Endpoint("GET", f"{_ALL}/<int:number>", Area.STRATEGIES, "Read a version", one, VersionTold),
)
