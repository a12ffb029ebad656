"""Where a search looks: one SELECT for each kind of row, all with the same columns, and only rows within reach."""

from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    DateTime,
    Select,
    Text,
    cast,
    column,
    func,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB, REGCONFIG, TSQUERY, TSVECTOR

from cxworkflow.lifecycle import Status
from cxworkflow.models import Answer, Appointment, Comment, Component, Guidance, Person, Reply, Strategy, Version
from cxworkflow.policies.guidance import Passage
from cxworkflow.queries.excerpts import ENGLISH, Asked
from cxworkflow.queries.guidance import IN_FORCE, in_sight
from cxworkflow.queries.reach import Reach

MOST_VERSIONS = 200  # whose sections are looked through, the best first
BY_LENGTH = 1  # divides a rank by the logarithm of the length
NAMED = 1.0  # is added for a name that is found: whoever types one looks for it
TOLD_TO_ALL = 0.5  # guidance is short, which ranks high; what people wrote comes first


class Source(StrEnum):
    """What kind of row was found."""

    COMPONENT = "component"
    DRAFT = "draft"
    VERSION = "version"
    COMMENT = "comment"
    REPLY = "reply"
    GUIDANCE = "guidance"
    LIBRARY = "library"
    PERSON = "person"


def candidates(
    asked: Asked, reach: Reach, *, component: Component | None, on: date, guidance: Sequence[Passage]
) -> Iterable[Select[Any]]:
    """The rows that answer, as source, rank, row_id, clause, component_id, at; with a Component, its versions only."""
    whole = cast(asked.whole, TSQUERY)
    yield _drafts(whole, reach)
    yield _versions(whole, cast(asked.needed, TSQUERY), reach, component.id if component else None)
    yield from _comments(whole, reach)
    yield _guidance(whole, guidance)
    yield _library(whole, reach)
    yield _components(cast(asked.named, TSQUERY), on)


def people(asked: Asked, *, on: date, everybody: bool) -> Select[Any]:
    """The people who answer: those with a role in a Component, who stand on its page, or everybody."""
    named = cast(asked.named, TSQUERY)
    of = select(Appointment.component_id).where(
        Appointment.person_id == Person.id,
        Appointment.component_id.is_not(None),
        Appointment.from_on <= on,
        or_(Appointment.until_on.is_(None), Appointment.until_on > on),
    )
    on_a_page = or_(literal(everybody), of.exists() & Person.deactivated_at.is_(None))
    first = of.order_by(Appointment.id).limit(1).scalar_subquery()
    rank = func.ts_rank(Person.words, named, BY_LENGTH) + NAMED
    return _row(Source.PERSON, rank, Person.id, component=first).where(_answers(Person.words, named), on_a_page)


def _drafts(whole: Any, reach: Reach) -> Select[Any]:
    rank = func.ts_rank(Answer.words, whole, BY_LENGTH)
    return (
        _row(Source.DRAFT, rank, Answer.id, Answer.clause, Strategy.component_id, Answer.saved_at)
        .join(Strategy, Strategy.id == Answer.strategy_id)
        .where(
            _found(Answer.id, func.drafts_with(whole)),
            Strategy.status.in_((Status.DRAFT, Status.RETURNED)),
            reach.drafts(),
        )
    )


def _versions(whole: Any, needed: Any, reach: Reach, component_id: int | None) -> Select[Any]:
    """Sections of the versions submitted last: found by the words of the whole version, then each by its own.

    The best are taken after they were narrowed down to a Component, so that those of others leave room for its own.
    """
    of = cast(component_id, BigInteger)
    best = (
        select(Version.id, Version.content, Version.submitted_at, Strategy.component_id)
        .join(Strategy, Strategy.current_version_id == Version.id)
        .where(_found(Version.id, func.versions_with(needed, MOST_VERSIONS, of)), reach.submitted())
        .order_by(func.ts_rank(Version.words, needed).desc(), Version.id)
        .limit(MOST_VERSIONS)
        .subquery()
    )
    parts = func.jsonb_each(best.c.content).table_valued(column("key", Text), column("value", JSONB)).render_derived()
    words = func.searchable(parts.c.value, type_=TSVECTOR)
    rank = func.ts_rank(words, whole, BY_LENGTH)
    found = _row(Source.VERSION, rank, best.c.id, parts.c.key, best.c.component_id, best.c.submitted_at).select_from(
        best
    )
    return found.join(parts, literal(True)).where(_answers(words, whole))


def _comments(whole: Any, reach: Reach) -> Iterable[Select[Any]]:
    on_strategy = Strategy.id == Comment.strategy_id
    for source, row, ids in (
        (Source.COMMENT, Comment, func.comments_with(whole)),
        (Source.REPLY, Reply, func.replies_with(whole)),
    ):
        rank = func.ts_rank(row.words, whole, BY_LENGTH)
        found = _row(source, rank, row.id, Comment.clause, Strategy.component_id, row.made_at).select_from(Comment)
        if row is Reply:
            found = found.join(Reply, Reply.comment_id == Comment.id)
        yield found.join(Strategy, on_strategy).where(_found(row.id, ids), reach.said())


def _guidance(whole: Any, passages: Sequence[Passage]) -> Select[Any]:
    texts = cast([f"{each.title} {each.text}" for each in passages], ARRAY(Text))
    given = func.unnest(texts).table_valued("text", with_ordinality="place").render_derived()
    words = func.to_tsvector(ENGLISH, given.c.text, type_=TSVECTOR)
    rank = func.ts_rank(words, whole, BY_LENGTH) * TOLD_TO_ALL
    return _row(Source.GUIDANCE, rank, given.c.place).where(_answers(words, whole))


def _library(whole: Any, reach: Reach) -> Select[Any]:
    rank = func.ts_rank(Guidance.words, whole, BY_LENGTH)
    within = in_sight(reach.person, at=reach.at)
    return _row(Source.LIBRARY, rank, Guidance.id, at=Guidance.published_at).where(
        _answers(Guidance.words, whole), IN_FORCE, within
    )


def _components(named: Any, on: date) -> Select[Any]:
    words = func.to_tsvector(cast("simple", REGCONFIG), Component.code + " " + Component.name, type_=TSVECTOR)
    rank = func.ts_rank(words, named, BY_LENGTH) + NAMED
    in_force = Component.from_on <= on, or_(Component.until_on.is_(None), Component.until_on > on)
    return _row(Source.COMPONENT, rank, Component.id, component=Component.id).where(_answers(words, named), *in_force)


def _answers(words: Any, query: Any) -> ColumnElement[bool]:
    found: ColumnElement[bool] = words.bool_op("@@")(query)
    return found


def _found(column: Any, ids: Any) -> ColumnElement[bool]:
    """Whether the row is one of those that a function found by index, asked once: see migration 0045."""
    once = select(ids.cast(ARRAY(BigInteger)).label("ids")).scalar_subquery()
    among: ColumnElement[bool] = column.in_(select(func.unnest(once)))
    return among


def _row(
    source: Source, rank: Any, row_id: Any, clause: Any = None, component: Any = None, at: Any = None
) -> Select[Any]:
    """`at`: when it was written, submitted or published, where it has such a day."""
    return select(
        literal(source.value).label("source"),
        rank.label("rank"),
        cast(row_id, BigInteger).label("row_id"),
        (cast(null(), Text) if clause is None else clause).label("clause"),
        (cast(null(), BigInteger) if component is None else component).label("component_id"),
        (cast(null(), DateTime(timezone=True)) if at is None else at).label("at"),
    )
