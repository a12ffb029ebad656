"""The guidance library: written or offered, published to Components, acknowledged, superseded, withdrawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

import rfc8785
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.dialects.postgresql import insert

from cxworkflow.calendar import day_of
from cxworkflow.db import held, session
from cxworkflow.errors import Conflict, Fault, InvalidInput, NotFound, NotNow
from cxworkflow.models import (
    Acknowledgement,
    Component,
    Guidance,
    GuidanceAudience,
    GuidanceKind,
    Person,
    PolicyEdition,
    Role,
)
from cxworkflow.permissions import Permission, require
from cxworkflow.services import duty_drafts, guidance_notices, library, record
from cxworkflow.services.words import said
from cxworkflow.uploads.examining import Examined
from cxworkflow.wording import long_date

LONGEST = 200_000  # characters
MOST_TAGS = 10


@dataclass(frozen=True)
class Words:
    """What a piece of the library says, as it was typed."""

    title: str
    tags: str
    text: str
    file: Examined | None = None


def write(edition: PolicyEdition, kind: GuidanceKind, words: Words, *, by: Person, at: datetime) -> Guidance:
    """Begin a piece of the library, which the Directorate alone sees until it is published."""
    role = require(by, Permission.PUBLISH_GUIDANCE, at=at)
    return _begun(edition, kind, words, None, role, "wrote-guidance", by=by, at=at)


def offer(edition: PolicyEdition, component: Component, words: Words, *, by: Person, at: datetime) -> Guidance:
    """Offer a lesson of a Component, for the Directorate to publish."""
    role = require(by, Permission.OFFER_LESSON, component, at=at)
    return _begun(edition, GuidanceKind.LESSON, words, component, role, "offered-lesson", by=by, at=at)


def revise(
    piece: Guidance, words: Words, *, without_file: bool = False, revision: int, by: Person, at: datetime
) -> Guidance:
    """Save another text of what is not published yet; `revision` is the one that was read. Raises Conflict, NotNow."""
    role = require(by, Permission.PUBLISH_GUIDANCE, at=at)
    piece = held(piece)
    refuse_published(piece)
    if piece.revision != revision:
        raise Conflict("Somebody else saved this while you were writing. Nothing was overwritten.")
    file_id = _kept(words.file, by, at) or (None if without_file else piece.file_id)
    piece.title, piece.tags, piece.text = _checked(words, has_file=file_id is not None)
    piece.file_id, piece.revision = file_id, piece.revision + 1
    piece.written_at, piece.by_id = at, by.id
    record.write("wrote-guidance", by=by, as_role=role, at=at, details=_told(piece))
    return piece


def publish(
    piece: Guidance,
    components: Sequence[Component] | None,
    *,
    acknowledge_by: date | None,
    by: Person,
    at: datetime,
) -> None:
    """Publish to some Components, or to all (None), to be acknowledged until a day if one is set.

    It supersedes the version before it. Raises InvalidInput, NotAllowed, NotNow.
    """
    role = require(by, Permission.PUBLISH_GUIDANCE, at=at)
    piece = held(piece)
    refuse_published(piece)
    if acknowledge_by is not None and acknowledge_by <= day_of(at):
        raise InvalidInput(None, [Fault("acknowledge", "Give Components time to read it. Choose a day after today.")])
    if components is not None and not components:
        raise InvalidInput(None, [Fault("components", "Choose at least one Component, or all of them.")])
    told = library.audience_of_all(piece.edition, on=day_of(at)) if components is None else list(components)
    for before in session().scalars(select(Guidance).where(*_standing(piece))):
        before.superseded_at = at
    piece.to_all, piece.acknowledge_by = components is None, acknowledge_by
    piece.published_at, piece.published_by_id, piece.sha256 = at, by.id, _sha256(piece)
    session().flush()
    session().add_all([GuidanceAudience(guidance_id=piece.id, component_id=each.id) for each in told])
    details = {
        **_told(piece),
        "components": [each.code for each in told],
        "acknowledge_by": acknowledge_by.isoformat() if acknowledge_by else None,
        "text_sha256": piece.sha256,
    }
    event = record.write("published-guidance", by=by, as_role=role, at=at, details=details)
    guidance_notices.published(piece, told, event, at=at)


def renew(piece: Guidance, *, by: Person, at: datetime) -> Guidance:
    """Begin a new version of what is published, with the text as it stands; the present one stays until then."""
    role = require(by, Permission.PUBLISH_GUIDANCE, at=at)
    piece = held(piece)
    refuse_unpublished(piece)
    waiting = select(Guidance.id).where(Guidance.series == piece.series, Guidance.published_at.is_(None))
    if session().scalar(waiting) is not None:
        raise NotNow("A new version is being written already.")
    last = session().scalar(select(func.max(Guidance.number)).where(Guidance.series == piece.series)) or 0
    following = Guidance(
        edition_id=piece.edition_id,
        series=piece.series,
        number=last + 1,
        kind=piece.kind,
        title=piece.title,
        tags=piece.tags,
        text=piece.text,
        file_id=piece.file_id,
        component_id=piece.component_id,
        written_at=at,
        by_id=by.id,
    )
    session().add(following)
    session().flush()
    record.write("wrote-guidance", by=by, as_role=role, at=at, details=_told(following))
    return following


def withdraw(piece: Guidance, *, reason: str, by: Person, at: datetime) -> None:
    """Withdraw what is published: it stays to be read, marked as withdrawn, with the reason."""
    role = require(by, Permission.PUBLISH_GUIDANCE, at=at)
    piece = held(piece)
    refuse_unpublished(piece)
    reason = said(reason, "reason", needed="Say why it is withdrawn: everybody who was told of it reads this.")
    piece.withdrawn_at, piece.withdrawn_by_id, piece.withdrawn_reason = at, by.id, reason
    details = {**_told(piece), "reason": reason}
    event = record.write("withdrew-guidance", by=by, as_role=role, at=at, details=details)
    guidance_notices.withdrawn(piece, event, at=at)


def acknowledge(piece: Guidance, component: Component, *, by: Person, at: datetime) -> None:
    """Say that a Component has read it; once is enough. Raises NotAllowed, NotFound, NotNow."""
    role = require(by, Permission.ACKNOWLEDGE, component, at=at)
    piece = held(piece)
    refuse_unpublished(piece)
    if session().get(GuidanceAudience, (piece.id, component.id)) is None:
        raise NotFound(f"This was not published to {component.code}.")
    once = insert(Acknowledgement).on_conflict_do_nothing().returning(Acknowledgement.id)
    facts = {"guidance_id": piece.id, "component_id": component.id, "acknowledged_at": at, "by_id": by.id}
    if session().scalar(once.values(**facts)) is None:
        raise NotNow(f"{component.code} has acknowledged this already.")
    record.write("acknowledged", by=by, as_role=role, at=at, component=component, details=_told(piece))


def refuse_published(piece: Guidance) -> None:
    """Raise NotNow for what is published, whose words stay."""
    if piece.published_at is not None:
        raise NotNow("This is published, so it stays as it is. Begin a new version of it instead.")


def refuse_unpublished(piece: Guidance) -> None:
    """Raise NotNow for what is not in force: not published yet, superseded, or withdrawn."""
    if piece.published_at is None:
        raise NotNow("This is not published yet.")
    if piece.withdrawn_at is not None:
        raise NotNow(f"This was withdrawn on {long_date(piece.withdrawn_at)}: {piece.withdrawn_reason}")
    if piece.superseded_at is not None:
        raise NotNow("A newer version has taken the place of this one. Open that.")


def _begun(
    edition: PolicyEdition,
    kind: GuidanceKind,
    words: Words,
    component: Component | None,
    role: Role,
    verb: str,
    *,
    by: Person,
    at: datetime,
) -> Guidance:
    title, tags, text = _checked(words, has_file=words.file is not None)
    piece = Guidance(
        edition_id=edition.id,
        number=1,
        kind=kind,
        title=title,
        tags=tags,
        text=text,
        file_id=_kept(words.file, by, at),
        component_id=component.id if component else None,
        written_at=at,
        by_id=by.id,
    )
    session().add(piece)
    session().flush()
    session().refresh(piece)
    event = record.write(verb, by=by, as_role=role, at=at, component=component, details=_told(piece))
    if component is not None:
        guidance_notices.offered(piece, component, event, at=at)
    return piece


def _checked(words: Words, *, has_file: bool) -> tuple[str, str, str]:
    title = said(words.title, "title", needed="Give it a title.", longest=200)
    tags = list(dict.fromkeys(each.strip().casefold() for each in said(words.tags, "tags", longest=400).split(",")))
    tags = [each for each in tags if each]
    if len(tags) > MOST_TAGS:
        raise InvalidInput(None, [Fault("tags", f"Use {MOST_TAGS} tags at most, with commas between them.")])
    text = said(words.text, "text", longest=LONGEST)
    if not text and not has_file:
        raise InvalidInput(None, [Fault("text", "Write the text, or attach a file that holds it.")])
    return title, ", ".join(tags), text


def _kept(file: Examined | None, by: Person, at: datetime) -> int | None:
    return duty_drafts.keep(file, by=by, at=at).id if file else None


def _standing(piece: Guidance) -> tuple[ColumnElement[bool], ...]:
    """The version of a piece that is in force."""
    of_it = Guidance.series == piece.series, Guidance.id != piece.id, Guidance.published_at.is_not(None)
    return (*of_it, Guidance.superseded_at.is_(None))


def _sha256(piece: Guidance) -> str:
    told = {"kind": piece.kind.value, "title": piece.title, "tags": piece.tags, "text": piece.text}
    file = {"name": piece.file.name, "sha256": piece.file.sha256} if piece.file else None
    return sha256(rfc8785.dumps({**told, "version": piece.number, "file": file})).hexdigest()


def _told(piece: Guidance) -> dict[str, object]:
    return {"guidance": piece.id, "kind": piece.kind.value, "title": piece.title, "number": piece.number}
