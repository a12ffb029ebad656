"""Comments on a version under review: made, answered, turned into another kind, settled."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from sqlalchemy import select, update

from cxworkflow.db import held, session
from cxworkflow.errors import Fault, InvalidInput, NotFound, NotNow
from cxworkflow.lifecycle import Action, after
from cxworkflow.models import Audience, Comment, Kind, Person, Reply, Role, Strategy, Version
from cxworkflow.permissions import Permission, may, require
from cxworkflow.policies import Section
from cxworkflow.policies.answers import row_words
from cxworkflow.services import record, strategies
from cxworkflow.services.words import said

KINDS = {Kind.MUST_CHANGE: "a must-change", Kind.SUGGESTION: "a suggestion", Kind.COMMENT: "a comment"}


def comment(
    strategy: Strategy,
    clause: str,
    text: str,
    *,
    kind: Kind = Kind.COMMENT,
    audience: Audience = Audience.COMPONENT,
    row: tuple[str, str] | None = None,
    version_number: int | None = None,
    by: Person,
    at: datetime,
) -> Comment:
    """Comment on a section of the version under review, or on one row of it (`row`: its field and its name).

    Raises Conflict if another version than this was read, InvalidInput where the Component could not read what it
    has to change.
    """
    strategy = held(strategy)
    role = require(by, Permission.COMMENT, strategy, at=at)
    after(strategy.status, Action.COMMENT)
    version = strategies.as_read(strategy, version_number)
    _place(version, clause, row)
    text = said(text, "text", needed="Write the comment before saving it.")
    _readable(kind, audience, strategy)
    remark = Comment(
        strategy_id=strategy.id,
        version=version,
        clause=clause,
        field=row[0] if row else None,
        row_name=row[1] if row else None,
        kind=kind,
        audience=audience,
        text=text,
        made_at=at,
        by_id=by.id,
    )
    session().add(remark)
    details = {
        "clause": clause,
        "row": row[1] if row else None,
        "kind": kind.value,
        "audience": audience.value,
        "text_sha256": sha256(text.encode()).hexdigest(),
    }
    record.write(Action.COMMENT.value, by=by, as_role=role, at=at, strategy=strategy, version=version, details=details)
    return remark


def answer(remark: Comment, text: str, *, by: Person, at: datetime) -> Reply:
    """Answer a comment, for those who read it. Raises NotFound for a comment that the person may not know of."""
    strategy = _strategy_of(remark)
    _known(remark, strategy, by=by, at=at)
    role = require(by, Permission.ANSWER, strategy, at=at)
    after(strategy.status, Action.ANSWER)
    text = said(text, "answer", needed="Write the answer before sending it.")
    reply = Reply(strategy_id=strategy.id, comment=remark, text=text, made_at=at, by_id=by.id)
    session().add(reply)
    details = {
        "clause": remark.clause,
        "comment": remark.id,
        "audience": remark.audience.value,
        "text_sha256": sha256(text.encode()).hexdigest(),
    }
    record.write(Action.ANSWER.value, by=by, as_role=role, at=at, strategy=strategy, details=details)
    return reply


def turn(remark: Comment, kind: Kind, *, by: Person, at: datetime) -> None:
    """Turn a comment into another kind, such as a must-change."""
    strategy = _strategy_of(remark)
    _known(remark, strategy, by=by, at=at)
    role = require(by, Permission.SETTLE, strategy, at=at)
    after(strategy.status, Action.COMMENT)
    if remark.settled_at is not None:
        raise NotNow("This comment is settled. Open it again first, then change what it is.")
    if kind is remark.kind:
        return
    _readable(kind, remark.audience, strategy)
    details = {
        "clause": remark.clause,
        "comment": remark.id,
        "audience": remark.audience.value,
        "before": remark.kind.value,
        "kind": kind.value,
    }
    remark.kind = kind
    record.write("turned", by=by, as_role=role, at=at, strategy=strategy, details=details)


def settle(remark: Comment, *, version_number: int | None = None, by: Person, at: datetime) -> None:
    """Note a comment as settled: a must-change as done in the version under review, which has to be the one read."""
    strategy = _strategy_of(remark)
    _known(remark, strategy, by=by, at=at)
    role = require(by, Permission.SETTLE, strategy, at=at)
    after(strategy.status, Action.COMMENT)
    version = strategies.as_read(strategy, version_number)
    if remark.settled_at is not None:
        raise NotNow("This comment is settled already. Nothing was changed.")
    remark.settled_at, remark.settled_by_id, remark.settled_in_id = at, by.id, version.id
    _written("settled", remark, strategy, version, by=by, role=role, at=at)


def reopen(remark: Comment, *, by: Person, at: datetime) -> None:
    """Open a settled comment again."""
    strategy = _strategy_of(remark)
    _known(remark, strategy, by=by, at=at)
    role = require(by, Permission.SETTLE, strategy, at=at)
    after(strategy.status, Action.COMMENT)
    if remark.settled_at is None:
        raise NotNow("This comment is open already. Nothing was changed.")
    remark.settled_at = remark.settled_by_id = remark.settled_in_id = None
    _written("reopened", remark, strategy, strategies.under_review(strategy), by=by, role=role, at=at)


def open_must_changes(strategy: Strategy) -> list[Comment]:
    """The must-changes that nobody has confirmed as done, in the order of the policy's sections."""
    wanted = select(Comment).where(
        Comment.strategy_id == strategy.id, Comment.kind == Kind.MUST_CHANGE, Comment.settled_at.is_(None)
    )
    return in_order(session().scalars(wanted.order_by(Comment.id)).all(), strategy)


def in_order(remarks: Iterable[Comment], strategy: Strategy) -> list[Comment]:
    """Comments in the order of the policy's sections; of what its present edition no longer asks, at the end."""
    places = {section.clause: place for place, section in enumerate(strategy.edition.policy.sections)}
    return sorted(remarks, key=lambda each: places.get(each.clause, len(places)))


def row_of(remark: Comment, section: Section) -> str:
    """The row that a comment is about, as it stood in its version: "Metric 2: Days to an answer"; "" for none."""
    if remark.field is None or remark.row_name is None:
        return ""
    version = remark.version
    position = version.row_names[remark.clause][remark.field].index(remark.row_name)
    return row_words(section, remark.field, position, version.content[remark.clause])


def tell_no_more(strategy: Strategy, *, at: datetime) -> None:
    """Note what was said to the Component as told: a letter or an e-mail of the same day says it."""
    said_to_it = (Comment.strategy_id == strategy.id) & (Comment.audience == Audience.COMPONENT)
    session().execute(update(Comment).where(said_to_it, Comment.told_at.is_(None)).values(told_at=at))


def _written(
    verb: str, remark: Comment, strategy: Strategy, version: Version, *, by: Person, role: Role, at: datetime
) -> None:
    details = {
        "clause": remark.clause,
        "comment": remark.id,
        "kind": remark.kind.value,
        "audience": remark.audience.value,
    }
    record.write(verb, by=by, as_role=role, at=at, strategy=strategy, version=version, details=details)


def _strategy_of(remark: Comment) -> Strategy:
    strategy = session().get(Strategy, remark.strategy_id)
    # Row-level security may show neither to who asks.
    if strategy is None or session().get(Comment, remark.id, populate_existing=True) is None:
        raise NotFound
    held(strategy)
    return strategy


def _known(remark: Comment, strategy: Strategy, *, by: Person, at: datetime) -> None:
    seeing = Permission.SEE_TEAM if remark.audience is Audience.TEAM else Permission.SEE_COMMENTS
    if not may(by, seeing, strategy, at=at):
        raise NotFound


def _place(version: Version, clause: str, row: tuple[str, str] | None) -> None:
    if clause not in version.content:
        raise NotFound(f"This version has no section {clause}.")
    if row is not None and row[1] not in version.row_names.get(clause, {}).get(row[0], ()):
        raise NotFound(f"Section {clause} of this version has no such row.")


def _readable(kind: Kind, audience: Audience, strategy: Strategy) -> None:
    if audience is Audience.TEAM and kind is not Kind.COMMENT:
        code = strategy.component.code
        reason = f"{code} has to be able to read {KINDS[kind]}. Show it to {code}, or make it a comment among the team."
        raise InvalidInput(None, [Fault("kind", reason)])
