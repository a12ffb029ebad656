"""Drafts of the Directorate's papers: every saved state is kept, numbered and hashed; what is circulated is frozen."""

from datetime import datetime
from hashlib import sha256
from typing import Any

import rfc8785
from sqlalchemy import select

from cxworkflow.db import held, session
from cxworkflow.errors import Conflict, Fault, InvalidInput, NotFound, NotNow
from cxworkflow.models import DutyDraft, KeptFile, Person, PolicyEdition, Round, Signature
from cxworkflow.permissions import Permission, require
from cxworkflow.policies import DeliverableRule
from cxworkflow.services import deliverables, record
from cxworkflow.services.words import said
from cxworkflow.uploads.examining import Examined

LONGEST = 200_000  # characters: a hundred pages
NOTHING = "Write the draft, or attach a file that holds it."


def save(
    edition: PolicyEdition,
    what: str,
    text: str,
    *,
    file: Examined | None = None,
    without_file: bool = False,
    base: int = 0,
    by: Person,
    at: datetime,
) -> DutyDraft:
    """Save a draft of a paper: the next state of the one at work, or the first of the next once that was circulated.

    `base` is the state that the writer saw (0: none). Without a new file the one of that state stays, unless it is to
    be left out. Raises Conflict, InvalidInput, NotAllowed, NotFound, and NotNow for a signed paper.
    """
    role = require(by, Permission.COORDINATE, at=at)
    edition = held(edition)
    rule = paper(edition, what)
    refuse_signed(edition, rule)
    text = said(text, "text", longest=LONGEST)
    last = latest(edition, what)
    if (last.id if last else 0) != base:
        raise Conflict("Somebody else saved this draft while you were writing. Nothing was overwritten.")
    kept = keep(file, by=by, at=at) if file else None
    file_id = kept.id if kept else None if without_file or last is None else last.file_id
    if not text and file_id is None:
        raise InvalidInput(None, [Fault("text", NOTHING)])
    if last is not None and (last.text, last.file_id) == (text, file_id):
        return last
    number, revision = _counted(last)
    draft = DutyDraft(
        edition_id=edition.id,
        what=what,
        number=number,
        revision=revision,
        text=text,
        file_id=file_id,
        sha256=_sha256(edition, what, number, text, kept or (last.file if last and file_id else None)),
        saved_at=at,
        by_id=by.id,
    )
    session().add(draft)
    session().flush()
    details = {"policy": edition.code, "what": what, "title": rule.title, "draft": number, "revision": revision}
    record.write("drafted-paper", by=by, as_role=role, at=at, details={**details, "text_sha256": draft.sha256})
    deliverables.note_begun(edition, what, role=role, by=by, at=at)
    return draft


def take_out(draft: DutyDraft, *, by: Person, at: datetime) -> KeptFile:
    """The file of a draft that a person may see; raises NotFound where it has none."""
    if draft.file is None:
        raise NotFound("This draft has no file.")
    title = draft.edition.policy.deliverable(draft.what).title
    details = {"what": f"the file of draft {draft.number} of “{title}”", "sha256": draft.file.sha256}
    record.write("exported", by=by, as_role=None, at=at, details=details)
    return draft.file


def latest(edition: PolicyEdition, what: str) -> DutyDraft | None:
    """The state of a paper that was saved last."""
    of_it = select(DutyDraft).where(DutyDraft.edition_id == edition.id, DutyDraft.what == what)
    return session().scalar(of_it.order_by(DutyDraft.number.desc(), DutyDraft.revision.desc()).limit(1))


def paper(edition: PolicyEdition, what: str) -> DeliverableRule:
    """The rule of a deliverable that has drafts; raises NotFound for any other."""
    rule = next((each for each in edition.policy.deliverables if each.id == what and each.drafted), None)
    if rule is None:
        raise NotFound(f"{edition.policy.short_title} asks for no paper of this name.")
    return rule


def refuse_signed(edition: PolicyEdition, rule: DeliverableRule) -> None:
    """Raise NotNow for a paper that is signed."""
    signed = select(Signature.id).where(Signature.edition_id == edition.id, Signature.what == rule.id)
    if session().scalar(signed) is not None:
        raise NotNow(f"“{rule.title}” is signed. A signed paper stays as it is.")


def _counted(last: DutyDraft | None) -> tuple[int, int]:
    if last is None:
        return 1, 1
    circulated = session().scalar(select(Round.id).where(Round.draft_id == last.id)) is not None
    return (last.number + 1, 1) if circulated else (last.number, last.revision + 1)


def keep(file: Examined, *, by: Person, at: datetime) -> KeptFile:
    """Keep a file that has passed every check."""
    kept = KeptFile(
        name=file.name,
        kind=file.kind.ending,
        size=len(file.content),
        sha256=file.sha256,
        content=file.content,
        kept_at=at,
        by_id=by.id,
    )
    session().add(kept)
    session().flush()
    return kept


def _sha256(edition: PolicyEdition, what: str, number: int, text: str, file: KeptFile | None) -> str:
    """Over the words and the file of a draft, as canonical JSON."""
    told: dict[str, Any] = {"policy": edition.code, "what": what, "draft": number, "text": text}
    named: dict[str, Any] = {"file": {"name": file.name, "sha256": file.sha256}} if file else {}
    return sha256(rfc8785.dumps({**told, **named})).hexdigest()
