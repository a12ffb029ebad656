"""How each Component stood under a policy at the end of a day, a row for each, read as they come."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import text

from cxworkflow.calendar import ChangeKind, moment
from cxworkflow.db import session
from cxworkflow.models import PolicyEdition
from cxworkflow.models.people import called
from cxworkflow.policies import Policy
from cxworkflow.policies.together import together
from cxworkflow.services import policies
from cxworkflow.wording import days, long_date

AT_ONCE = 200  # rows of a stream that are in memory
# Of each clock, what its history says at the end of the day: the last line by then.
_ROWS = text(
    """
    with edition as (select id, sha256, loaded_at from policy_edition where code = :policy),
    -- Who had not begun a strategy went by the latest edition of that day.
    latest as (select id from edition order by loaded_at < :until desc,
                      case when loaded_at < :until then id else -id end desc limit 1)
    select c.code, c.name, c.formerly, c.kind,
           s.id as strategy_id, first.days_late, first.late_reason, last.number, last.submitted_at, last.content,
           d.decided_at as approved_at, r.reported_at,
           sc.kind as strategy_clock, sc.due_on as strategy_due_on, sc.happened_on as strategy_changed_on,
           ic.kind as implementation_clock, ic.due_on as implementation_due_on,
           ic.happened_on as implementation_changed_on
      from component c
      left join strategy s on s.component_id = c.id and s.edition_id in (select id from edition)
                          and s.begun_at < :until
      left join lateral (select e.id from event m join edition e on e.sha256 = m.details ->> 'from'
                          where m.strategy_id = s.id and m.verb = 'moved' and m.at >= :until
                          order by m.id limit 1) moved_later on true
      cross join lateral (select coalesce(moved_later.id, s.edition_id, (select id from latest)) as id) counts
      left join lateral (select v.days_late, v.late_reason from version v
                          where v.strategy_id = s.id and v.submitted_at < :until
                          order by v.number limit 1) first on true
      left join lateral (select d.decided_at, d.version_id from decision d
                          where d.strategy_id = s.id and d.outcome = 'approved' and d.decided_at < :until) d on true
      left join lateral (select v.number, v.submitted_at, v.content from version v
                          where v.strategy_id = s.id and v.submitted_at < :until
                          order by v.id = d.version_id desc nulls last, v.number desc limit 1) last on true
      left join lateral (select r.reported_at from implementation_report r
                          where r.strategy_id = s.id and r.outcome = 'accepted'
                            and r.checked_at < :until limit 1) r on true
      left join lateral (select ch.kind, ch.due_on, ch.happened_on from clock k
                           join clock_change ch on ch.clock_id = k.id and ch.at < :until
                          where k.edition_id = counts.id and k.component_id = c.id and k.kind = any (:strategy_kinds)
                          order by ch.id desc limit 1) sc on true
      left join lateral (select ch.kind, ch.due_on, ch.happened_on from clock k
                           join clock_change ch on ch.clock_id = k.id and ch.at < :until
                          where k.edition_id = counts.id and k.component_id = c.id
                            and k.kind = any (:implementation_kinds)
                          order by ch.id desc limit 1) ic on true
     where c.department = :department
       -- Who had to file by then is told by the clocks, where there are any: the register says who has to today.
       and (s.id is not null or sc.kind <> 'lifted' or sc.kind is null and c.files = 'self' and not exists (
                select from clock k where k.edition_id = counts.id and k.component_id = c.id
                                      and k.kind = any (:strategy_kinds)))
       and c.from_on <= :on and (c.until_on is null or c.until_on > :on)
     order by c.code
    """
)


@dataclass(frozen=True)
class ClockThen:
    """A clock as its history said at the end of a day: what happened last to it, when, and its due date by then."""

    kind: ChangeKind
    due_on: date
    changed_on: date

    def days_late(self, on: date) -> int:
        """How many days it was past its due date when it stopped or stood still, or is on the day."""
        if self.kind is ChangeKind.LIFTED:
            return 0
        until = self.changed_on if self.kind in (ChangeKind.STOPPED, ChangeKind.PAUSED) else on
        return max(0, (until - self.due_on).days)

    @property
    def open(self) -> bool:
        """Whether it was still counting, or only paused."""
        return self.kind not in (ChangeKind.STOPPED, ChangeKind.LIFTED)


@dataclass(frozen=True)
class Standing:
    """One Component at the end of a day."""

    code: str
    name: str
    kind: str
    strategy_id: int | None
    version: int | None
    submitted_at: datetime | None
    approved_at: datetime | None
    implemented_at: datetime | None
    strategy: ClockThen | None
    implementation: ClockThen | None
    late_reason: str | None
    content: dict[str, Any]
    on: date

    @property
    def state(self) -> str:
        """How far its strategy was."""
        if self.implemented_at:
            return "Implemented"
        if self.approved_at:
            return "Approved"
        if self.submitted_at:
            return "Submitted"
        return "Begun" if self.strategy_id else "Not begun"

    @property
    def days_late(self) -> int:
        """By how many days what the policy asks was late, or is overdue; of two, the one that counts now."""
        if self.implementation is not None:
            late = self.implementation.days_late(self.on)
            if late or self.implementation.open:
                return late
        return self.strategy.days_late(self.on) if self.strategy is not None else 0

    @property
    def why(self) -> str:
        """Why it is late, or was, in words; empty where it is on time."""
        if not self.days_late:
            return ""
        if self.implementation is not None and self.implementation.days_late(self.on):
            due = long_date(self.implementation.due_on)
            late = days(self.implementation.days_late(self.on))
            return f"Implemented {late} late" if self.implemented_at else f"Not implemented: due {due}, {late} ago"
        assert self.strategy is not None
        late, due = days(self.strategy.days_late(self.on)), long_date(self.strategy.due_on)
        if self.submitted_at is None or self.strategy.open:
            return f"Not submitted: due {due}, {late} ago"
        return f"Submitted {late} late" + (f": {self.late_reason}" if self.late_reason else "")


def standings(edition: PolicyEdition, on: date) -> Iterator[Standing]:
    """Every Component that had to file by then, or had begun to, by its code; only some of the rows are in memory.

    Each stands by the edition of the policy that counted for it at the end of that day.
    """
    asked = {
        "policy": edition.code,
        "department": edition.policy.department,
        "on": on,
        "until": moment(on + timedelta(days=1)),
        "strategy_kinds": _kinds(edition, "submitted"),
        "implementation_kinds": _kinds(edition, "implemented"),
    }
    found = session().execute(_ROWS, asked, execution_options={"yield_per": AT_ONCE})
    try:
        for row in found.mappings():
            yield _standing(row, on)
    finally:
        found.close()


def whole(edition: PolicyEdition) -> Policy:
    """The policy with the sections of all its editions, to count what was answered under any of them."""
    known = [each.policy for each in reversed(policies.editions_of(edition.code))]
    first, *later = known
    for each in later:
        first = each.model_copy(update={"sections": tuple(together(first, each))})
    return first


def _kinds(edition: PolicyEdition, stopped_by: str) -> list[str]:
    return sorted(
        {
            rule.kind
            for each in policies.editions_of(edition.code)
            for rule in each.policy.clocks
            if rule.holder == "component" and rule.set_by == "policy" and stopped_by in rule.stops
        }
    )


def _standing(row: Any, on: date) -> Standing:
    return Standing(
        code=row["code"],
        name=called(row["name"], row["formerly"], on),
        kind=row["kind"],
        strategy_id=row["strategy_id"],
        version=row["number"],
        submitted_at=row["submitted_at"],
        approved_at=row["approved_at"],
        implemented_at=row["reported_at"],
        strategy=_clock(row, "strategy"),
        implementation=_clock(row, "implementation"),
        late_reason=row["late_reason"],
        content=row["content"] or {},
        on=on,
    )


def _clock(row: Any, name: str) -> ClockThen | None:
    kind = row[f"{name}_clock"]
    if kind is None:
        return None
    return ClockThen(ChangeKind(kind), row[f"{name}_due_on"], row[f"{name}_changed_on"])
