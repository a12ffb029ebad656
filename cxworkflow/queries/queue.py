"""What lies before the Directorate and the CIO: how long each paper has, who reviews it, and who has how much to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ARRAY,
    BindParameter,
    ColumnElement,
    Date,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    column,
    exists,
    func,
    literal,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased, lazyload

from cxworkflow.calendar import day_of, moment
from cxworkflow.db import rows
from cxworkflow.lifecycle import Status
from cxworkflow.models import (
    Appointment,
    Clock,
    Comment,
    Component,
    Kind,
    Person,
    PolicyEdition,
    Review,
    Role,
    RubricMark,
    Strategy,
    Version,
)
from cxworkflow.queries.paging import Order, both_ways
from cxworkflow.queries.written import written_once

STAGES = (Status.SUBMITTED, Status.RECOMMENDED)
NOBODY = 0  # instead of a reviewer's number
# How long a paper waits since it was submitted, in days, each from one to another.
AGES = {"week": (0, 7), "two-weeks": (8, 14), "month": (15, 30), "longer": (31, 36_500)}


@dataclass(frozen=True)
class Wanted:
    """What the queue is narrowed down to; None: all of it. `reviewer` is a person's number, or NOBODY."""

    stage: Status | None = None
    age: str | None = None
    reviewer: int | None = None


NAMES = ARRAY(Text, as_tuple=True)
# Spelled out, as in the index that finds them: a value that is bound might be another one next time.
WAITING = text("strategy.status in ('submitted', 'recommended')")
Target = aliased(Clock, name="target")  # until when the Directorate means to have reviewed it
Asked = Review.declined_at.is_(None)
ORDERS = {
    **both_ways("waits", "Waiting longest first", "Waiting shortest first", Strategy.submitted_at, Strategy.id),
    **both_ways("due", "Due first", "Due last", Target.due_on, Component.code),
    **both_ways("code", "By Component, A to Z", "By Component, Z to A", Component.code),
    **both_ways("stage", "By stage", "By stage, backwards", Strategy.status, Component.code),
}


WORK_ORDERS = {
    "-papers": Order("Most papers first", (column("papers").desc(), Person.name, Person.id)),
    "papers": Order("Fewest papers first", (column("papers"), Person.name, Person.id)),
    **both_ways("oldest", "Waiting longest first", "Waiting shortest first", column("oldest_at"), Person.name),
    **both_ways("name", "By name, A to Z", "By name, Z to A", Person.name, Person.id),
}


def find(edition: PolicyEdition, wanted: Wanted, *, at: datetime) -> Select[Any]:
    """The papers that wait, each with what a list says of it, to be read in one of the `ORDERS`."""
    return _found(edition, wanted, day_of(at))


@written_once
def _found(edition: PolicyEdition, wanted: Wanted, on: date) -> Select[Any]:
    reviews = [rule.kind for rule in edition.policy.clocks if rule.starts == "submitted"]
    found = (
        select(
            Strategy.id,
            Strategy.status,
            Strategy.submitted_at,
            Component.code,
            Component.name,
            Version.number,
            _asked_to_review(),
            _open_must_changes(),
            Target.due_on,
            Target.paused_on,
        )
        .join(Component, Component.id == Strategy.component_id)
        .join(Version, Version.id == Strategy.current_version_id)
        .outerjoin(
            Target,
            and_(
                Target.edition_id == edition.id,
                Target.component_id == Strategy.component_id,
                Target.kind.in_(reviews),
                Target.stopped_on.is_(None),
            ),
        )
        .where(Strategy.edition_id == edition.id, WAITING)
    )
    if wanted.stage is not None:
        found = found.where(Strategy.status == wanted.stage)
    if wanted.age is not None:
        found = found.where(_waits(wanted.age, on))
    if wanted.reviewer is not None:
        asked = exists().where(Review.version_id == Strategy.current_version_id, Asked)
        of_it = ~asked if wanted.reviewer == NOBODY else asked.where(Review.reviewer_id == wanted.reviewer)
        found = found.where(of_it)
    return found


def _asked_to_review() -> ColumnElement[tuple[str, ...]]:
    """The names of a version's reviewers, in the order in which they were asked."""
    names = func.array_agg(aggregate_order_by(Person.name, Review.id), type_=NAMES)
    asked = select(names).join(Review, Review.reviewer_id == Person.id).where(Review.version_id == Version.id, Asked)
    return func.coalesce(asked.correlate(Version).scalar_subquery(), literal((), NAMES), type_=NAMES).label("reviewers")


def ages(edition: PolicyEdition, *, at: datetime) -> dict[Status, dict[str, int]]:
    """How many papers have waited how long, before the Directorate and before the CIO: one statement."""
    found = {status: counts for status, *counts in rows(_counted(edition, day_of(at)))}
    return {stage: dict(zip(AGES, found.get(stage, [0] * len(AGES)), strict=True)) for stage in STAGES}


@written_once
def _counted(edition: PolicyEdition, on: date) -> Select[Any]:
    of_each = (func.count().filter(_waits(name, on)) for name in AGES)
    return select(Strategy.status, *of_each).where(Strategy.edition_id == edition.id, WAITING).group_by(Strategy.status)


def _open_must_changes() -> ColumnElement[int]:
    """How many must-changes of a strategy nobody has confirmed as done."""
    still_open = and_(Comment.kind == Kind.MUST_CHANGE, Comment.settled_at.is_(None))
    counted = select(func.count()).select_from(Comment).where(Comment.strategy_id == Strategy.id, still_open)
    return counted.correlate(Strategy).scalar_subquery().label("must_changes")


_ON: BindParameter[date] = bindparam("on", type_=Date)
_HELD = select(Appointment.person_id).where(
    Appointment.component_id.is_(None),
    Appointment.role.in_((Role.REVIEWER, Role.DIRECTORATE_LEAD)),
    Appointment.from_on <= _ON,
    or_(Appointment.until_on.is_(None), Appointment.until_on > _ON),
)
_REVIEWERS = select(Person.id, Person.name).where(Person.id.in_(_HELD)).order_by(Person.name, Person.id)


def reviewers(*, on: date) -> Sequence[tuple[int, str]]:
    """Who reviews for the Directorate on a day: number and name, by name."""
    return rows(_REVIEWERS, on=on)


def workload(edition: PolicyEdition) -> Select[Any]:
    """By reviewer: Person, papers to review, sections to rate and rated, when the first of them was submitted.

    A paper counts while it is submitted: after the recommendation its review is over.
    """
    asked = len(edition.policy.sections_for(hisp=False))
    more = len(edition.policy.sections_for(hisp=True)) - asked
    rated = (
        select(RubricMark.version_id, RubricMark.by_id, func.count().label("rated"))
        .join(Strategy, Strategy.current_version_id == RubricMark.version_id)
        .where(Strategy.edition_id == edition.id, WAITING, Strategy.status == Status.SUBMITTED)
        .group_by(RubricMark.version_id, RubricMark.by_id)
        .subquery()
    )
    given = (
        under_review(edition)
        .outerjoin(rated, and_(rated.c.version_id == Review.version_id, rated.c.by_id == Review.reviewer_id))
        .with_only_columns(
            Review.reviewer_id.label("reviewer_id"),
            func.count().label("papers"),
            func.sum(asked + more * Component.hisp.cast(Integer)).label("sections"),
            func.coalesce(func.sum(rated.c.rated), 0).label("rated"),
            func.min(Strategy.submitted_at).label("oldest_at"),
        )
        .group_by(Review.reviewer_id)
        .subquery()
    )
    return (
        select(Person, given.c.papers, given.c.sections, given.c.rated, given.c.oldest_at)
        .join(given, given.c.reviewer_id == Person.id)
        .options(lazyload(Person.appointments))
    )


def under_review(edition: PolicyEdition) -> Select[Any]:
    """The reviews that somebody has before them, with strategy and Component."""
    return (
        select(Review)
        .join(Strategy, Strategy.current_version_id == Review.version_id)
        .join(Component, Component.id == Strategy.component_id)
        .where(Strategy.edition_id == edition.id, WAITING, Strategy.status == Status.SUBMITTED, Asked)
    )


def _waits(age: str, on: date) -> ColumnElement[bool]:
    """Submitted so many days ago, as calendar days go."""
    least, most = AGES[age]
    return and_(
        Strategy.submitted_at < moment(on - timedelta(days=least - 1)),
        Strategy.submitted_at >= moment(on - timedelta(days=most)),
    )
