"""How many Components stand on time, at risk and late: counted from few rows, of today or week by week.

The definition is the one of `standings.standing`, which says it of each row; here the same is counted from the clocks,
by their indexes. Both have to give the same figures, which tests hold.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, CompoundSelect, Select, and_, case, cast, func, literal, null, or_, select, union_all

from cxworkflow.calendar import day_of
from cxworkflow.db import rows, session
from cxworkflow.models import Clock, Component, PolicyEdition, Strategy
from cxworkflow.policies import ClockRule
from cxworkflow.queries.present_clock import kinds, side_by_side
from cxworkflow.queries.standings import Standing, counted, filing_on, term_is_cut
from cxworkflow.queries.written import written_once
from cxworkflow.services import policies
from cxworkflow.services.policies import Beside

SELF, APPROVED, SOON = "self", "approved", "soon"
LATE = Standing.LATE.value


@dataclass(frozen=True)
class Week:
    """How many Components stood how at the end of a day, the last of a week or today."""

    on: date
    counts: dict[Standing, int]


def tally(edition: PolicyEdition, others: Beside, *, at: datetime) -> dict[Standing, int]:
    """How many Components that file stand how: one statement."""
    on = day_of(at)
    if side_by_side(edition.policy):
        standing = {Standing(each): number for each, number in rows(counted(edition, others, on))}
        return {each: standing.get(each, 0) for each in Standing}
    last = [rule.kind for rule in _binding(edition) if _is_last(rule)]
    found = Counter[tuple[str, str]]()
    for kind, what, number in rows(_counted(edition, on, others)):
        found[kind if kind in last else "", what] += number
    return _stand(edition, found, last, on)


@written_once
def _counted(edition: PolicyEdition, on: date, others: Beside) -> CompoundSelect[Any]:
    """Kind of clock, what it counts for, and how often."""
    rules = _binding(edition)
    near = [and_(Clock.kind == rule.kind, Clock.due_on <= on + timedelta(days=rule.at_risk_days)) for rule in rules]
    of_it = and_(Clock.edition_id == edition.id, Clock.kind.in_([rule.kind for rule in rules]))
    last = [rule.kind for rule in rules if _is_last(rule)]
    counting = and_(of_it, Clock.stopped_on.is_(None), Clock.paused_on.is_(None))
    what = case((Clock.due_on < on, LATE), else_=SOON)
    due = select(Clock.kind, what.label("what"), func.count().label("number"))
    parts = [
        due.where(counting, or_(*near)).group_by(Clock.kind, what),
        _numbers(LATE, of_it, Clock.paused_on.is_not(None), Clock.paused_on > Clock.due_on),
        _numbers(LATE, of_it, Clock.kind.in_(last), Clock.stopped_on > Clock.due_on, ~Clock.lifted),
        _numbers(APPROVED, of_it, Clock.kind.in_(last), ~Clock.lifted),
        _who_files(edition, others, on),
    ]
    return union_all(*parts)


def weeks(edition: PolicyEdition, count: int, *, on: date) -> list[Week]:
    """The last weeks, each as of its Sunday, and today; by the clocks’ dates as they are now.

    A clock that ran again after a withdrawal counts as if it had never stopped.
    """
    others = policies.beside(edition)
    filing = {what: number for _, what, number in session().execute(_who_files(edition, others, on))}
    last_sunday = on - timedelta(days=(on.weekday() + 1) % 7 or 7)
    days = [last_sunday - timedelta(weeks=number) for number in range(count - 1)][::-1]
    days = [day for day in days if day >= edition.signed_on] + [on]
    rules = {rule.kind: rule for rule in _binding(edition)}
    last = [kind for kind, rule in rules.items() if _is_last(rule)]
    # Where several run at once, one of a Component's counts, so each is told for itself.
    whose = Clock.component_id if side_by_side(edition.policy) else cast(null(), BigInteger)
    dates = (Clock.kind, Clock.started_on, Clock.due_on, Clock.paused_on, Clock.stopped_on, whose)
    runs = select(*dates, func.count()).where(
        Clock.edition_id == edition.id, Clock.kind.in_(rules), Clock.component_id.is_not(None), ~Clock.lifted
    )
    if others.ids:  # what was done under it before a strategy was moved on counts where that is now
        runs = runs.where(Clock.component_id.in_(select(Component.id).where(policies.belongs(edition, others))))
    rows = session().execute(runs.group_by(*dates)).tuples().all()
    told = []
    for day in days:
        found = Counter({("", what): number for what, number in filing.items()})
        for kind, what, number in _as_of(day, _counting(day, rows), rules, last):
            found[kind if kind in last else "", what] += number
        told.append(Week(day, _stand(edition, found, last, day)))
    return told


def _counting(on: date, rows: Sequence[tuple[Any, ...]]) -> Iterable[tuple[Any, ...]]:
    """Of the clocks of one Component that run on a day the one that is due first; all that have stopped by then."""
    first: dict[int, tuple[Any, ...]] = {}
    for row in rows:
        _, started_on, due_on, _, stopped_on, whose, _ = row
        runs = started_on <= on and (stopped_on is None or stopped_on > on)
        if whose is None or not runs:
            yield row
        elif whose not in first or due_on < first[whose][2]:
            first[whose] = row
    yield from first.values()


def _as_of(
    on: date, rows: Iterable[tuple[Any, ...]], rules: dict[str, ClockRule], last: list[str]
) -> Iterable[tuple[str, str, int]]:
    """What the clocks counted for on a day."""
    for kind, started_on, due_on, paused_on, stopped_on, _, number in rows:
        if started_on > on:
            continue
        if kind in last:
            yield kind, APPROVED, number
        done, paused = stopped_on is not None and stopped_on <= on, paused_on is not None and paused_on <= on
        if done and kind not in last:
            continue
        if (stopped_on if done else paused_on if paused else on) > due_on:
            yield kind, LATE, number
        elif not done and not paused and due_on <= on + timedelta(days=rules[kind].at_risk_days):
            yield kind, SOON, number


def _stand(edition: PolicyEdition, found: Counter[tuple[str, str]], last: list[str], on: date) -> dict[Standing, int]:
    """Standings from what was counted, by kind for those that run until the implementation, the others together."""
    late = sum(number for (_, what), number in found.items() if what == LATE)
    soon = sum(found[kind, SOON] for kind in last)
    if term_is_cut(edition.policy, on):
        soon += found["", SELF] - sum(found[kind, APPROVED] for kind in last) - found["", LATE]
    else:
        soon += found["", SOON]
    return {
        Standing.ON_TIME: found["", SELF] + found["", ""] - late - soon,
        Standing.AT_RISK: soon,
        Standing.LATE: late,
    }


def _numbers(what: str, *conditions: Any) -> Select[Any]:
    return select(Clock.kind, literal(what), func.count()).where(*conditions).group_by(Clock.kind)


def _binding(edition: PolicyEdition) -> list[ClockRule]:
    return [rule for rule in kinds(edition.policy) if rule.set_by == "policy"]


def _is_last(rule: ClockRule) -> bool:
    return "implemented" in rule.stops


def _who_files(edition: PolicyEdition, others: Beside, on: date) -> CompoundSelect[Any]:
    """How many have to file, and how many do without having to.

    Both are counted in passing: to group them by a word would take longer than to read them.
    """
    begun = select(Strategy.component_id).where(Strategy.edition_id == edition.id)
    itself = Component.files == "self"
    counted = (
        filing_on(edition, others, on, or_(itself, Component.id.in_(begun)))
        .with_only_columns(func.count().filter(itself).label("have_to"), func.count().filter(~itself).label("do"))
        .cte("filing")
    )
    none = literal("")
    return union_all(select(none, literal(SELF), counted.c.have_to), select(none, literal(""), counted.c.do))
