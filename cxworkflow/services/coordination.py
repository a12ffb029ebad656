"""Coordination of the Directorate's papers: drafts put to Components, their answers, what becomes of comments."""

from collections.abc import Sequence
from datetime import date, datetime
from hashlib import sha256

from sqlalchemy import func, select

from cxworkflow.calendar import day_of
from cxworkflow.db import held, session
from cxworkflow.errors import Conflict, Fault, InvalidInput, NotFound, NotNow
from cxworkflow.models import (
    Component,
    Concurrence,
    ConcurrenceComment,
    Disposition,
    DutyDraft,
    Person,
    PolicyEdition,
    Position,
    Round,
    RoundAsked,
)
from cxworkflow.permissions import Permission, require
from cxworkflow.scope import SYSTEM, within
from cxworkflow.services import coordination_notices, duty_drafts, record
from cxworkflow.services.words import said
from cxworkflow.wording import long_date

Remark = tuple[str, str]  # where in the draft, and what is said of it
MOST = 50  # comments in an answer


def circulate(
    edition: PolicyEdition,
    what: str,
    components: Sequence[Component],
    *,
    until_on: date,
    note: str = "",
    base: int,
    by: Person,
    at: datetime,
) -> Round:
    """Put the last draft of a paper (`base`: its state, as it was read) to Components, to be answered until a day.

    Raises Conflict, InvalidInput, NotAllowed, NotFound, and NotNow while another round is open.
    """
    role = require(by, Permission.COORDINATE, at=at)
    edition = held(edition)
    draft = circulable(edition, what)
    if draft.id != base:
        raise Conflict("Somebody saved another state of this draft meanwhile. Read it before you circulate it.")
    if until_on <= day_of(at):
        raise InvalidInput(None, [Fault("until", "Components need time to answer. Choose a day after today.")])
    if not components:
        raise InvalidInput(None, [Fault("components", "Choose at least one Component.")])
    note = said(note, "note", longest=2_000)
    earlier = select(func.count()).where(Round.edition_id == edition.id, Round.what == what)
    made = Round(
        edition_id=edition.id,
        what=what,
        number=(session().scalar(earlier) or 0) + 1,
        draft_id=draft.id,
        note=note,
        opened_at=at,
        until_on=until_on,
        by_id=by.id,
    )
    session().add(made)
    session().flush()
    session().add_all([RoundAsked(round_id=made.id, component_id=each.id) for each in components])
    details = {
        **_told(made),
        "until_on": until_on.isoformat(),
        "components": [each.code for each in components],
        "text_sha256": draft.sha256,
    }
    event = record.write("circulated", by=by, as_role=role, at=at, details=details)
    coordination_notices.circulated(made, components, event, at=at)
    return made


def circulable(edition: PolicyEdition, what: str) -> DutyDraft:
    """The last draft of a paper, if it can be put to Components now; raises NotFound, NotNow."""
    duty_drafts.refuse_signed(edition, duty_drafts.paper(edition, what))
    draft = duty_drafts.latest(edition, what)
    if draft is None:
        raise NotNow("There is no draft yet. Save one first.")
    if open_round(edition, what) is not None:
        raise NotNow("A round is open. Close it first: a paper is coordinated in one round at a time.")
    if session().scalar(select(Round.id).where(Round.draft_id == draft.id)) is not None:
        raise NotNow(f"Draft {draft.number} was circulated already. Save the next draft first.")
    return draft


def answer(
    asked: Round,
    component: Component,
    position: Position,
    *,
    reason: str = "",
    comments: Sequence[Remark] = (),
    by: Person,
    at: datetime,
) -> Concurrence:
    """Answer for a Component: concur, concur with comments, or non-concur with a reason. A late answer is taken, too.

    Answered again while the round is open, this one counts. Raises InvalidInput, NotAllowed, NotFound, NotNow.
    """
    role = require(by, Permission.CONCUR, component, at=at)
    asked = held(asked)
    if session().get(RoundAsked, (asked.id, component.id)) is None:
        raise NotFound(f"{component.code} was not asked in this round.")
    refuse_closed(asked)
    before = counting(asked).get(component.id)
    if before is not None and any(each.disposition for each in before.comments):
        raise NotNow(f"The Directorate has begun to settle the comments of {component.code}, so its answer stays.")
    reason = said(
        reason, "reason", needed="Say why: whoever does not concur gives a reason." * (position is Position.NON_CONCUR)
    )
    kept = _checked(position, comments)
    given = Concurrence(
        round_id=asked.id,
        component_id=component.id,
        position=position,
        reason=reason,
        answered_at=at,
        late=day_of(at) > asked.until_on,
        by_id=by.id,
        comments=[ConcurrenceComment(component_id=component.id, place=place, text=text) for place, text in kept],
    )
    session().add(given)
    details = {
        **_told(asked),
        "position": position.value,
        "comments": len(kept),
        "late": given.late,
        "text_sha256": sha256("\n".join([reason, *(text for _, text in kept)]).encode()).hexdigest(),
    }
    event = record.write("answered-round", by=by, as_role=role, at=at, component=component, details=details)
    coordination_notices.answered(asked, component, given, event, at=at)
    return given


def refuse_closed(asked: Round) -> None:
    """Raise NotNow for a round that takes no answers any more."""
    if asked.closed_at is not None:
        raise NotNow(
            f"This round was closed on {long_date(asked.closed_at)}, so it takes no answer any more. "
            "Tell the CX Directorate, or answer in the next round."
        )


def close(asked: Round, *, by: Person, at: datetime) -> list[Component]:
    """Close a round; returns the Components that gave no answer. Raises NotAllowed, NotNow."""
    role = require(by, Permission.COORDINATE, at=at)
    asked = held(asked)
    if asked.closed_at is not None:
        raise NotNow(f"This round was closed on {long_date(asked.closed_at)} already.")
    silent = without_answer(asked)
    asked.closed_at, asked.closed_by_id = at, by.id
    details = {**_told(asked), "no_answer": [each.code for each in silent]}
    record.write("closed-round", by=by, as_role=role, at=at, details=details)
    return silent


def dispose(
    comment: ConcurrenceComment, disposition: Disposition, *, reason: str = "", by: Person, at: datetime
) -> None:
    """Say what becomes of a comment: accepted, accepted in part, or declined, with a reason for the last two.

    Raises InvalidInput, NotAllowed, NotNow for an answer that was replaced and for a signed paper.
    """
    role = require(by, Permission.COORDINATE, at=at)
    asked = held(comment.concurrence.round)
    duty_drafts.refuse_signed(asked.edition, duty_drafts.paper(asked.edition, asked.what))
    given = counting(asked).get(comment.component_id)
    if given is None or given.id != comment.concurrence_id:
        raise NotNow("This Component has answered anew, so this comment counts no more.")
    needed = "" if disposition is Disposition.ACCEPTED else "Say why it is not taken over as it stands."
    comment.disposed_reason = said(reason, "reason", needed=needed)
    comment.disposition, comment.disposed_at, comment.disposed_by_id = disposition, at, by.id
    details = {**_told(asked), "comment": comment.id, "disposition": disposition.value}
    component = comment.concurrence.component
    record.write("disposed-comment", by=by, as_role=role, at=at, component=component, details=details)


def open_round(edition: PolicyEdition, what: str) -> Round | None:
    """The round in which a paper is being coordinated."""
    of_it = Round.edition_id == edition.id, Round.what == what
    return session().scalar(select(Round).where(*of_it, Round.closed_at.is_(None)))


def counting(asked: Round) -> dict[int, Concurrence]:
    """The answer that counts of each Component in a round, as far as the one who asks may see them."""
    given = select(Concurrence).where(Concurrence.round_id == asked.id).order_by(Concurrence.id)
    return {each.component_id: each for each in session().scalars(given)}


def without_answer(asked: Round) -> list[Component]:
    """The Components that were asked and have not answered."""
    of_it = select(Component).join(RoundAsked, RoundAsked.component_id == Component.id)
    answered = select(Concurrence.component_id).where(Concurrence.round_id == asked.id)
    silent = of_it.where(RoundAsked.round_id == asked.id, Component.id.not_in(answered))
    with within(SYSTEM):
        return list(session().scalars(silent.order_by(Component.code)))


def _checked(position: Position, comments: Sequence[Remark]) -> list[Remark]:
    kept = [
        (said(place, f"place-{number}", longest=200), said(text, f"comment-{number}", longest=5_000))
        for number, (place, text) in enumerate(comments)
    ]
    for number, (place, text) in enumerate(kept):
        if place and not text:
            raise InvalidInput(None, [Fault(f"comment-{number}", "Write the comment, or empty where it belongs.")])
    kept = [each for each in kept if each[1]]
    if len(kept) > MOST:
        raise InvalidInput(None, [Fault("comment-0", f"An answer holds {MOST} comments at most.")])
    if position is Position.COMMENTS and not kept:
        raise InvalidInput(None, [Fault("comment-0", "Write at least one comment, or choose “Concur”.")])
    if position is Position.CONCUR and kept:
        raise InvalidInput(None, [Fault("position", "With comments, choose “Concur with comments” or “Non-concur”.")])
    return kept


def _told(asked: Round) -> dict[str, object]:
    rule = duty_drafts.paper(asked.edition, asked.what)
    return {"policy": asked.edition.code, "what": asked.what, "title": rule.title, "round": asked.number}
