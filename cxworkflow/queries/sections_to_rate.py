"""The sections that reviewers have before them, one by one: what the workload counts."""

from typing import Any

from sqlalchemy import Boolean, Integer, Select, Text, and_, column, literal_column, or_, values

from cxworkflow.models import Component, Person, PolicyEdition, Review, RubricMark, Strategy
from cxworkflow.queries.paging import both_ways
from cxworkflow.queries.queue import under_review

PLACE = literal_column("place", Integer)
ORDERS = {
    **both_ways("code", "By Component, A to Z", "By Component, Z to A", Component.code, Person.name, PLACE),
    **both_ways("reviewer", "By reviewer, A to Z", "By reviewer, Z to A", Person.name, Component.code, PLACE),
}


def find(edition: PolicyEdition, *, reviewer: int | None, rated: bool | None) -> Select[Any]:
    """Strategy, Component, clause, title, reviewer and mark: of all of them, or of those that are wanted."""
    always = {each.clause for each in edition.policy.sections_for(hisp=False)}
    asked = (
        values(column("clause", Text), column("title", Text), column("place", Integer), column("always", Boolean))
        .data(
            [
                (each.clause, each.title, place, each.clause in always)
                for place, each in enumerate(edition.policy.sections_for(hisp=True))
            ]
        )
        .alias("asked")
    )
    its_mark = and_(
        RubricMark.version_id == Review.version_id,
        RubricMark.by_id == Review.reviewer_id,
        RubricMark.clause == asked.c.clause,
    )
    found = (
        under_review(edition)
        .join(asked, or_(asked.c.always, Component.hisp))
        .join(Person, Person.id == Review.reviewer_id)
        .outerjoin(RubricMark, its_mark)
        .with_only_columns(
            Strategy.id.label("strategy_id"),
            Component.code,
            asked.c.clause,
            asked.c.title,
            asked.c.place,
            Person.name.label("reviewer"),
            RubricMark.mark,
        )
    )
    if reviewer is not None:
        found = found.where(Person.id == reviewer)
    if rated is not None:
        found = found.where(RubricMark.id.is_not(None) if rated else RubricMark.id.is_(None))
    return found
