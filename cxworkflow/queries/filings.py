"""What Components owe under each policy: what is theirs of a strategy that they have begun, and the clocks that run."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.orm import lazyload

from cxworkflow.db import rows, session
from cxworkflow.lifecycle import Status
from cxworkflow.models import Answer, Assignment, Clock, Comment, Component, Kind, PolicyEdition, Strategy
from cxworkflow.queries.clocks import OWN

BEING_WRITTEN = (Status.DRAFT, Status.RETURNED)
_CONTENTS = (
    select(func.jsonb_object_agg(Answer.clause, Answer.content))
    .where(Answer.strategy_id == Strategy.id, Strategy.status.in_(BEING_WRITTEN))
    .correlate(Strategy)
    .scalar_subquery()
)
_STILL_OPEN = and_(Comment.kind == Kind.MUST_CHANGE, Comment.settled_at.is_(None))
_MUST_CHANGES = (
    select(func.count()).where(Comment.strategy_id == Strategy.id, _STILL_OPEN).correlate(Strategy).scalar_subquery()
)
_OWN_STRATEGIES = (
    select(
        Strategy, _CONTENTS, _MUST_CHANGES, select(Assignment.id).where(Assignment.strategy_id == Strategy.id).exists()
    )
    .where(Strategy.component_id.in_(OWN))
    .options(lazyload(Strategy.component))
)
_OPEN_MUST_CHANGES = (
    select(Comment.strategy_id, func.count())
    .where(_STILL_OPEN, Comment.strategy_id.in_(bindparam("strategies", expanding=True)))
    .group_by(Comment.strategy_id)
)


@dataclass(frozen=True)
class Filing:
    """What a Component owes under one policy: its strategy, if it has begun one, and the clocks that run.

    Of a strategy that is being written, `contents` are the answers by clause.
    """

    edition: PolicyEdition
    component: Component
    strategy: Strategy | None
    clocks: Sequence[Clock]
    contents: Mapping[str, Any] = field(default_factory=dict)
    must_changes: int = 0  # that nobody has confirmed as done: all the Component reads
    has_writers: bool = False  # whether sections are given to contributors

    def clock_until(self, event: str) -> Clock | None:
        """The running clock that this event would stop, the one due first."""
        policy = self.edition.policy
        return next((clock for clock in self.clocks if event in policy.clock(clock.kind).stops), None)


@dataclass(frozen=True)
class Begun(Filing):
    """A filing whose strategy has been begun."""

    strategy: Strategy


def must_changes_of(strategies: Sequence[Strategy]) -> dict[int, int]:
    """How many must-changes nobody has confirmed as done, of each strategy that has any: all the Component reads."""
    if not strategies:
        return {}
    return dict(map(tuple, rows(_OPEN_MUST_CHANGES, strategies=[strategy.id for strategy in strategies])))


def filings_of(own: Iterable[Component], in_force: Sequence[PolicyEdition], clocks: Sequence[Clock]) -> list[Filing]:
    """What each of one's own Components owes, by its code; `clocks` are those of all of them that run."""
    # One that another covers files nothing itself.
    components = sorted((each for each in own if each.files != "covered"), key=lambda component: component.code)
    if not components:
        return []
    found = session().execute(_OWN_STRATEGIES, {"own": [component.id for component in components]}).all()
    strategies = {(row[0].edition.code, row[0].component_id): row for row in found}
    return [
        _filing(edition, component, strategies.get((edition.code, component.id)), clocks)
        for edition in in_force
        if edition.policy.sections
        for component in components
        if edition.policy.department == component.department
    ]


def _filing(latest: PolicyEdition, component: Component, row: Any, clocks: Sequence[Clock]) -> Filing:
    """What a Component files under a policy: by the edition under which it has begun, or else by the latest."""
    strategy, contents, must_changes, has_writers = row or (None, None, 0, False)
    edition = strategy.edition if strategy else latest
    theirs = [each for each in clocks if each.edition_id == edition.id and each.component_id == component.id]
    return Filing(edition, component, strategy, theirs, contents or {}, must_changes, has_writers)


def begun(strategy: Strategy, clocks: Sequence[Clock]) -> Begun:
    """Another's strategy, with those of these clocks that are its own."""
    theirs = [
        clock
        for clock in clocks
        if clock.edition_id == strategy.edition_id and clock.component_id == strategy.component_id
    ]
    return Begun(strategy.edition, strategy.component, strategy, theirs)
