"""The signature under one of the Directorate's papers: by the CIO, who did not write it, on exactly what was read."""

from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import func, select

from cxworkflow.calendar import day_of
from cxworkflow.db import held, session
from cxworkflow.errors import Conflict, NotAllowed, NotFound, NotNow
from cxworkflow.letters import letter
from cxworkflow.markdown import blocks
from cxworkflow.models import (
    Component,
    ConcurrenceComment,
    DutyDraft,
    Person,
    PolicyEdition,
    Round,
    RoundAsked,
    Signature,
)
from cxworkflow.models.people import titled
from cxworkflow.permissions import Permission, require
from cxworkflow.services import coordination, coordination_notices, deliverables, duty_drafts, record
from cxworkflow.wording import long_date


def sign(edition: PolicyEdition, what: str, *, draft_sha256: str, by: Person, at: datetime) -> Signature:
    """Sign the last draft of a paper, whose SHA-256 is the one that was read; it is done from then on.

    Raises Conflict for a draft that is not the last, NotAllowed for whoever wrote it, NotFound, and NotNow before it
    was coordinated, while a round is open, or while a comment waits for its disposition.
    """
    role = require(by, Permission.SIGN, at=at)
    edition = held(edition)
    rule = duty_drafts.paper(edition, what)
    duty_drafts.refuse_signed(edition, rule)
    draft = duty_drafts.latest(edition, what)
    if draft is None:
        raise NotNow("There is no draft yet that could be signed.")
    if wrote(edition, what, by):
        raise NotAllowed("Whoever wrote a paper does not sign it: you saved a draft of this one. Nothing was changed.")
    if draft.sha256 != draft_sha256:
        raise Conflict(f"This is not the last draft. Read draft {draft.number} as it stands, and sign that one.")
    _refuse_uncoordinated(edition, what)
    as_whom = by.as_whom(role, None, on=day_of(at))
    pdf = letter("paper", _facts(draft, rule.title, by, as_whom, at), at=at)
    signature = Signature(
        edition_id=edition.id,
        what=what,
        draft=draft,
        sha256=draft.sha256,
        pdf=pdf,
        pdf_sha256=sha256(pdf).hexdigest(),
        by_role=as_whom,
        signed_at=at,
        by_id=by.id,
    )
    session().add(signature)
    details = {
        "policy": edition.code,
        "what": what,
        "title": rule.title,
        "draft": draft.number,
        "sha256": draft.sha256,
        "letter_sha256": signature.pdf_sha256,
    }
    event = record.write("signed-paper", by=by, as_role=role, at=at, details=details)
    asked = select(Component).join(RoundAsked).join(Round).where(Round.edition_id == edition.id, Round.what == what)
    coordination_notices.signed(signature, rule.title, session().scalars(asked.distinct()).all(), event, at=at)
    deliverables.note_done(edition, what, role=role, by=by, at=at)
    return signature


def find(edition: PolicyEdition, what: str) -> Signature | None:
    """The signature under a paper, if there is one."""
    return session().scalar(select(Signature).where(Signature.edition_id == edition.id, Signature.what == what))


def take_out(edition: PolicyEdition, what: str, *, by: Person, at: datetime) -> bytes:
    """The signed PDF, the same bytes each time; raises NotFound. It is for everybody who is signed in."""
    found = find(edition, what)
    if found is None:
        raise NotFound("This paper is not signed yet.")
    details = {"what": f"the signed paper “{edition.policy.deliverable(what).title}”"}
    record.write("exported", by=by, as_role=None, at=at, details=details)
    return found.pdf


def wrote(edition: PolicyEdition, what: str, person: Person) -> bool:
    """Whether a person saved any state of any draft of a paper."""
    theirs = DutyDraft.edition_id == edition.id, DutyDraft.what == what, DutyDraft.by_id == person.id
    return session().scalar(select(DutyDraft.id).where(*theirs).limit(1)) is not None


def undisposed(edition: PolicyEdition, what: str) -> int:
    """How many comments that count still wait for what becomes of them."""
    rounds = session().scalars(select(Round).where(Round.edition_id == edition.id, Round.what == what)).all()
    counting = [given.id for asked in rounds for given in coordination.counting(asked).values()]
    waiting = ConcurrenceComment.concurrence_id.in_(counting), ConcurrenceComment.disposition.is_(None)
    return session().scalar(select(func.count()).where(*waiting)) or 0


def _refuse_uncoordinated(edition: PolicyEdition, what: str) -> None:
    if coordination.open_round(edition, what) is not None:
        raise NotNow("A round of coordination is open. It has to be closed before the paper can be signed.")
    closed = select(Round.id).where(Round.edition_id == edition.id, Round.what == what).limit(1)
    if session().scalar(closed) is None:
        raise NotNow("No Component has been asked yet. The paper has to be coordinated before it can be signed.")
    if waiting := undisposed(edition, what):
        raise NotNow(
            f"{waiting} comment{'s' * (waiting != 1)} of Components still wait{'s' * (waiting == 1)} for what becomes "
            "of them. The Directorate says so on the page of the round."
        )


def _facts(draft: DutyDraft, title: str, by: Person, as_whom: str, at: datetime) -> dict[str, Any]:
    policy, file = draft.edition.policy, draft.file
    return {
        "title": title,
        "policy": f"{policy.short_title}, {policy.title}",
        "code": policy.short_title,
        "date": long_date(at),
        "blocks": blocks(draft.text),
        "file": {"name": file.name, "sha256": file.sha256} if file else None,
        "draft": draft.number,
        "sha256": draft.sha256,
        "signed_by": by.name,
        "signed_as": titled(as_whom),
    }
