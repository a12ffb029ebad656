"""A search as its page shows it: what was found of each kind, and one page of it, the best first, with excerpts."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from operator import attrgetter
from typing import Any

from sqlalchemy import CTE, ColumnElement, Row, cast, func, select, true, union_all
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import joinedload

from cxworkflow.calendar import day_of
from cxworkflow.db import session
from cxworkflow.models import Answer, Comment, Component, Person, PolicyEdition, Reply, Strategy, Version
from cxworkflow.models import Guidance as Library
from cxworkflow.permissions import Permission, may
from cxworkflow.policies import Field, Section
from cxworkflow.policies.answers import as_read
from cxworkflow.policies.guidance import Passage, passages
from cxworkflow.queries.candidates import Source, candidates, people
from cxworkflow.queries.clocks import editions
from cxworkflow.queries.excerpts import Asked, Excerpt, excerpts, understood
from cxworkflow.queries.names import with_person
from cxworkflow.queries.paging import Page
from cxworkflow.queries.reach import Reach
from cxworkflow.services.policies import section_of

SIZE = 20  # hits on a page
BEST, LATEST, OLDEST = "best", "latest", "oldest"  # the orders of what was found


class Kind(StrEnum):
    """What one may look for, each made up of some sources."""

    STRATEGIES = "strategies"
    COMMENTS = "comments"
    GUIDANCE = "guidance"
    COMPONENTS = "components"
    PEOPLE = "people"


SOURCES = {
    Kind.STRATEGIES: (Source.DRAFT, Source.VERSION),
    Kind.COMMENTS: (Source.COMMENT, Source.REPLY),
    Kind.GUIDANCE: (Source.GUIDANCE, Source.LIBRARY),
    Kind.COMPONENTS: (Source.COMPONENT,),
    Kind.PEOPLE: (Source.PERSON,),
}


@dataclass(frozen=True)
class Guidance:
    """A passage of a policy's pages."""

    edition: PolicyEdition
    passage: Passage


@dataclass(frozen=True)
class Hit:
    """One thing that was found; `section` where it stands in a strategy, `excerpt` where words around it are known."""

    source: Source
    found: Any  # Answer, Version, Comment, Reply, Guidance, Component or Person
    section: Section | None
    excerpt: Excerpt | None
    at: datetime | None = None  # when it was written, submitted or published

    @property
    def strategy(self) -> Strategy:
        """The strategy of a hit in one."""
        of: Strategy = (
            self.found.comment.version.strategy
            if self.source is Source.REPLY
            else (self.found.version.strategy if self.source is Source.COMMENT else self.found.strategy)
        )
        return of

    @property
    def edition(self) -> PolicyEdition:
        """The edition under which it was written: that of its version, or of the draft."""
        of_version = {Source.VERSION: "", Source.COMMENT: "version", Source.REPLY: "comment.version"}
        if self.source not in of_version:
            return self.strategy.edition
        of: PolicyEdition = attrgetter(".".join(filter(None, (of_version[self.source], "edition"))))(self.found)
        return of


@dataclass(frozen=True)
class Found:
    """A page of hits, and how many there are of each kind."""

    page: Page[Hit]
    tally: dict[Kind, int]


def find(
    person: Person,
    words: str,
    *,
    kind: Kind | None,
    component: Component | None,
    number: int,
    at: datetime,
    order: str = BEST,
    size: int = SIZE,
) -> Found | None:
    """What the words are found in, within the reach of the person's permissions; None if no word is left to look for.

    Of a strategy that is being written it is the draft that is searched, and of each the version submitted last.
    """
    asked = understood(words)
    if asked.is_empty:
        return None
    on, told = day_of(at), _guidance()
    everybody = may(person, Permission.SEE_PEOPLE, at=at)
    reach = Reach.of(person, at=at)
    every = union_all(
        *candidates(asked, reach, component=component, on=on, guidance=[each.passage for each in told]),
        people(asked, on=on, everybody=everybody),
    ).cte("every_hit")
    chosen = [source for each in Kind if kind in (None, each) for source in SOURCES[each]]
    counted, rows, number = _best(every, chosen, component, number, order=order, size=size)
    if not (asked.whole or counted):
        return None
    tally = {each: sum(counted.get(source, 0) for source in SOURCES[each]) for each in Kind}
    total = sum(counted.get(source, 0) for source in chosen)
    return Found(Page(_hits(rows, asked, told), number, total, size), tally)


def _best(
    every: CTE, chosen: Sequence[Source], component: Component | None, number: int, *, order: str, size: int
) -> tuple[dict[str, int], Sequence[Row[Any]], int]:
    """How many there are of each source, a page of those chosen, and its number: in one statement."""
    hits = select(every.c.source, every.c.rank, every.c.row_id, every.c.clause, every.c.at)
    hit = hits.where(every.c.component_id == component.id).cte("hit") if component is not None else hits.cte("hit")
    told = select(hit.c.source, func.count().label("many")).group_by(hit.c.source).subquery()
    tally = select(
        func.coalesce(func.jsonb_object_agg(told.c.source, told.c.many), cast({}, JSONB)).label("tally")
    ).cte()
    total = select(func.count()).where(hit.c.source.in_(chosen)).scalar_subquery()
    first = func.greatest(0, func.least(number - 1, (total - 1).op("/")(size))) * size
    best = select(hit).where(hit.c.source.in_(chosen)).order_by(*_by(order, hit)).limit(size).offset(first).subquery()
    rows = (
        session()
        .execute(
            select(tally.c.tally, *best.c).join_from(tally, best, true(), isouter=True).order_by(*_by(order, best))
        )
        .all()
    )
    counted: dict[str, int] = rows[0].tally
    shown = sum(counted.get(source, 0) for source in chosen)
    return counted, [row for row in rows if row.source is not None], max(1, min(number, -(-shown // size)))


def _by(order: str, hit: Any) -> tuple[ColumnElement[Any], ...]:
    """An order of hits; what has no day comes last, and within a day the best first."""
    days = {LATEST: (hit.c.at.desc().nulls_last(),), OLDEST: (hit.c.at.asc().nulls_last(),)}
    return (*days.get(order, ()), hit.c.rank.desc(), hit.c.source, hit.c.row_id, hit.c.clause)


def _guidance() -> list[Guidance]:
    return [Guidance(edition, passage) for edition in editions() for passage in passages(edition.policy)]


def _hits(rows: Sequence[Row[Any]], asked: Asked, told: Sequence[Guidance]) -> list[Hit]:
    known = {source: _load(source, [row.row_id for row in rows if row.source == source]) for source in Source}
    known[Source.GUIDANCE] = dict(enumerate(told, start=1))
    hits = []
    for row in rows:
        source = Source(row.source)
        found = known[source][row.row_id]
        hit = Hit(source, found, None, None)
        hits.append(Hit(source, found, section_of(hit.edition, row.clause) if row.clause else None, None, row.at))
    best = excerpts(asked, [list(_texts(hit)) for hit in hits])
    return [replace(hit, excerpt=excerpt) for hit, excerpt in zip(hits, best, strict=True)]


def _load(source: Source, ids: Sequence[int]) -> dict[int, Any]:
    if source not in _ROWS or not ids:
        return {}
    row, options = _ROWS[source]
    return {each.id: each for each in session().scalars(select(row).where(row.id.in_(ids)).options(*options()))}


_OF_VERSIONS = (joinedload(Version.edition), joinedload(Version.strategy).joinedload(Strategy.edition))
_ROWS: dict[Source, tuple[Any, Callable[[], Sequence[Any]]]] = {
    Source.DRAFT: (
        Answer,
        lambda: [
            joinedload(Answer.strategy).joinedload(Strategy.edition),
            joinedload(Answer.strategy).selectinload(Strategy.assignments),
        ],
    ),
    Source.VERSION: (Version, lambda: _OF_VERSIONS),
    Source.COMMENT: (
        Comment,
        lambda: [
            with_person(Comment.by),
            joinedload(Comment.version).options(*_OF_VERSIONS),
        ],
    ),
    Source.REPLY: (
        Reply,
        lambda: [
            with_person(Reply.by),
            joinedload(Reply.comment).joinedload(Comment.version).options(*_OF_VERSIONS),
        ],
    ),
    Source.LIBRARY: (Library, list),
    Source.COMPONENT: (Component, list),
    Source.PERSON: (Person, list),
}


def _texts(hit: Hit) -> Iterator[tuple[str, str]]:
    match hit.source:
        case Source.DRAFT | Source.VERSION:
            assert hit.section is not None
            content = hit.found.content
            yield from answered(hit.section, content if hit.source is Source.DRAFT else content[hit.section.clause])
        case Source.COMMENT | Source.REPLY:
            yield "", hit.found.text
        case Source.GUIDANCE:
            yield "", hit.found.passage.text
        case Source.LIBRARY:
            yield "", hit.found.text


def answered(section: Section, content: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The answers of a section that are text, as people read them: keys such as `metrics[1].name`, and texts."""
    if content.get("reason"):
        yield "reason", content["reason"]
    for field in section.fields:
        value = content.get(field.key)
        if field.type != "rows":
            yield from _text(field, field.key, value)
            continue
        for place, row in enumerate(value or []):
            for each in field.columns:
                yield from _text(each, f"{field.key}[{place}].{each.key}", row.get(each.key))


def _text(field: Field, key: str, value: Any) -> Iterator[tuple[str, str]]:
    if value and field.type in ("line", "text", "choice"):
        yield key, as_read(value, field)
