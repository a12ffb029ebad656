"""The guidance library: written or offered, published, acknowledged, renewed, withdrawn."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field

from cxworkflow.api.asked import Asked
from cxworkflow.api.endpoint import Endpoint, Page, Paged, Sent, Shape, Told, Word
from cxworkflow.api.paging import page
from cxworkflow.api.shapes import Reason, Somebody
from cxworkflow.db import session
from cxworkflow.errors import Fault, InvalidInput
from cxworkflow.models import Area, Guidance, GuidanceKind
from cxworkflow.permissions import Permission, may, require
from cxworkflow.queries import guidance as queries
from cxworkflow.services import guidance
from cxworkflow.uploads.kinds import KINDS
from cxworkflow.web import library_forms


class PieceRow(Shape):
    """A version of a piece of the library, in a list."""

    id: int
    kind: GuidanceKind
    title: str
    number: int = Field(description="Which version of the piece.")
    tags: list[str]
    state: str = Field(description="draft, offered, published, superseded or withdrawn")
    published_at: datetime | None
    acknowledge_by: date | None
    component: str | None = Field(description="The Component that offered it.")

    @classmethod
    def of(cls, piece: Guidance) -> "PieceRow":
        """This piece."""
        return cls(**_told(piece))


class FileTold(Shape):
    """The file of a piece."""

    name: str
    media_type: str
    size: int
    sha256: str


class PublishedTo(Shape):
    """A Component to which it was published, and who has acknowledged it there."""

    component: str
    acknowledged_at: datetime | None
    by: Somebody | None


class PieceTold(PieceRow):
    """A piece with its text. Its ETag names the saved state."""

    text: str
    file: FileTold | None
    revision: int
    by: Somebody
    to_all: bool
    sha256: str | None = Field(description="Of what was published.")
    published_to: list[PublishedTo]
    withdrawn_reason: str
    other_versions: list[int] = Field(description="Their ids, the latest first.")


class WantedPieces(Paged):
    """Pieces, all or some."""

    kind: GuidanceKind | None = None
    state: Literal["published", "draft", "offered", "superseded", "withdrawn"] | None = None
    tag: Word | None = None


class Written(Sent):
    """A new piece; who only may offer a lesson offers one."""

    title: str = Field(max_length=200)
    text: str = Field(max_length=200_000)
    tags: list[Word] = Field([], max_length=10)
    kind: GuidanceKind = GuidanceKind.GUIDANCE


class Revised(Sent):
    """Another text, in place of the one that is there."""

    title: str = Field(max_length=200)
    text: str = Field(max_length=200_000)
    tags: list[Word] = Field([], max_length=10)
    without_file: bool = Field(default=False, description="Whether its file goes.")


class PublishedAs(Sent):
    """To whom it is published."""

    components: list[Word] | None = Field(None, max_length=500, description="Their codes; null: all.")
    acknowledge_by: date | None = None


def index(asked: Asked) -> Page[PieceRow]:
    """What of the library the person may know of."""
    narrowed = asked.query
    assert isinstance(narrowed, WantedPieces)
    told = {"kind": narrowed.kind, "state": narrowed.state, "tag": narrowed.tag}
    rows, further = page(queries.find(asked.by, at=asked.at, **told), Guidance.id, narrowed)
    return Page[PieceRow](items=[PieceRow.of(each) for each in rows], next=further)


def one(asked: Asked, guidance_id: int) -> Told:
    """A piece, to whom it was published, and who has acknowledged it."""
    piece = found(asked, guidance_id)
    told = PieceTold(
        **_told(piece),
        text=piece.text,
        file=_file(piece),
        revision=piece.revision,
        by=Somebody.of(piece.by),
        to_all=piece.to_all,
        sha256=piece.sha256,
        published_to=[
            PublishedTo(
                component=each.component.code,
                acknowledged_at=each.acknowledged.acknowledged_at if each.acknowledged else None,
                by=Somebody.of(each.acknowledged.by) if each.acknowledged else None,
            )
            for each in queries.told(asked.by, piece, at=asked.at)
        ],
        withdrawn_reason=piece.withdrawn_reason,
        other_versions=[each.id for each in queries.versions(asked.by, piece, at=asked.at)],
    )
    return Told(told, str(piece.revision))


def write(asked: Asked) -> Told:
    """Begin a piece, which the Directorate alone sees until it is published; or offer a lesson of one’s Component."""
    library_forms.require_a_writer()
    edition, given = library_forms.edition(), asked.body(Written)
    words = guidance.Words(given.title, ", ".join(given.tags), given.text)
    if may(asked.by, Permission.PUBLISH_GUIDANCE, at=asked.at):
        piece = guidance.write(edition, given.kind, words, by=asked.by, at=asked.at)
    else:
        piece = guidance.offer(edition, library_forms.offering()[0], words, by=asked.by, at=asked.at)
    return again(asked, piece.id)


def revise(asked: Asked, guidance_id: int) -> Told:
    """Save another text of what is not published, in place of the very state that was read."""
    piece = to_publish(asked, guidance_id)
    revision, given = asked.builds_on(piece.revision), asked.body(Revised)
    words = guidance.Words(given.title, ", ".join(given.tags), given.text)
    guidance.revise(piece, words, without_file=given.without_file, revision=revision, by=asked.by, at=asked.at)
    return again(asked, guidance_id)


def publish(asked: Asked, guidance_id: int) -> Told:
    """Publish it to all Components or to some, who are told."""
    piece, given = to_publish(asked, guidance_id), asked.body(PublishedAs)
    offered = {each.code: each for each in library_forms.offered_to(piece)}
    if unknown := [code for code in given.components or () if code not in offered]:
        raise InvalidInput(None, [Fault("components", f"It can't be published to {', '.join(unknown)}.")])
    chosen = None if given.components is None else [offered[code] for code in dict.fromkeys(given.components)]
    guidance.publish(piece, chosen, acknowledge_by=given.acknowledge_by, by=asked.by, at=asked.at)
    return again(asked, guidance_id)


def renew(asked: Asked, guidance_id: int) -> Told:
    """Begin a new version with the text as it stands; the present one stays in force until that is published."""
    piece = found(asked, guidance_id)
    return again(asked, guidance.renew(piece, by=asked.by, at=asked.at).id)


def withdraw(asked: Asked, guidance_id: int) -> Told:
    """Withdraw it with a reason; everybody who was told of it is told."""
    piece = found(asked, guidance_id)
    guidance.withdraw(piece, reason=asked.words(Reason).reason, by=asked.by, at=asked.at)
    return again(asked, guidance_id)


def acknowledge(asked: Asked, guidance_id: int) -> Told:
    """Say that one’s Components have read it."""
    library_forms.acknowledge(found(asked, guidance_id))
    return again(asked, guidance_id)


def found(asked: Asked, guidance_id: int) -> Guidance:
    """The piece; raises NotFound also where the person may not know of it."""
    return queries.one(asked.by, guidance_id, at=asked.at)


def to_publish(asked: Asked, guidance_id: int) -> Guidance:
    """The piece, for who publishes guidance, while it is not published; raises NotAllowed, NotFound, NotNow."""
    piece = found(asked, guidance_id)
    require(asked.by, Permission.PUBLISH_GUIDANCE, at=asked.at)
    guidance.refuse_published(piece)
    return piece


def again(asked: Asked, guidance_id: int) -> Told:
    """The piece as it stands after a verb."""
    session().flush()
    session().expire_all()
    return one(asked, guidance_id)


def _file(piece: Guidance) -> FileTold | None:
    kept = piece.file
    if kept is None:
        return None
    return FileTold(name=kept.name, media_type=KINDS[kept.kind].media_type, size=kept.size, sha256=kept.sha256)


def _told(piece: Guidance) -> dict[str, Any]:
    names = ("id", "kind", "title", "number", "state", "published_at", "acknowledge_by")
    told = {name: getattr(piece, name) for name in names}
    return {**told, "tags": piece.tag_list, "component": piece.component.code if piece.component else None}


_ONE = "/guidance/<int:guidance_id>"
_AREA = Area.GUIDANCE
ENDPOINTS = (
    Endpoint(
        "GET",
        "/guidance",
        _AREA,
        "List the library",
        index,
        Page[PieceRow],
        asks=WantedPieces,
        listed="pieces of guidance",
    ),
    Endpoint("POST", "/guidance", _AREA, "Write a piece, or offer a lesson", write, PieceTold, Written),
    Endpoint("GET", _ONE, _AREA, "Read a piece", one, PieceTold, edits=True),
    Endpoint("PUT", _ONE, _AREA, "Save another text of it", revise, PieceTold, Revised, edits=True),
    Endpoint("POST", f"{_ONE}/publication", _AREA, "Publish it", publish, PieceTold, PublishedAs),
    Endpoint("POST", f"{_ONE}/version", _AREA, "Begin a new version", renew, PieceTold),
    Endpoint("POST", f"{_ONE}/withdrawal", _AREA, "Withdraw it", withdraw, PieceTold, Reason),
    Endpoint("POST", f"{_ONE}/acknowledgement", _AREA, "Acknowledge it", acknowledge, PieceTold),
)
