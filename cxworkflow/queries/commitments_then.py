"""How the commitments made under a policy stood at the end of a day: by what was said of them until then."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import text

from cxworkflow.calendar import moment
from cxworkflow.db import session
from cxworkflow.models import PolicyEdition

# A commitment's present state may be of later days. What was promised, proposed, answered, reported and checked stays
# with its time, so its state on any day follows from these.
THEN = """
    select m.id, m.strategy_id, m.kind, m.target, m.better,
           coalesce(moved.due_on, m.original_due_on) as due_on,
           case when dropped.id is not null then 'dropped'
                when said.id is null or (said.outcome = 'sent-back' and said.checked_at < :until) then 'open'
                when said.outcome = 'accepted' and said.checked_at < :until then 'accepted'
                else 'reported' end as state
      from commitment m
      join strategy s on s.id = m.strategy_id and s.edition_id in (select id from policy_edition where code = :policy)
      left join lateral (select c.id from commitment_change c
                          where c.commitment_id = m.id and c.drops and c.accepted and c.decided_at < :until
                          limit 1) dropped on true
      left join lateral (select c.due_on from commitment_change c
                          where c.commitment_id = m.id and c.accepted and c.due_on is not null
                            and c.decided_at < :until
                          order by c.id desc limit 1) moved on true
      left join lateral (select d.id, d.outcome, d.checked_at from completion d
                          where d.commitment_id = m.id and d.reported_at < :until
                          order by d.id desc limit 1) said on true
     where m.made_at < :until
"""
_COUNTED = text(
    f"""
    select kind, state, state = 'open' and due_on < :on as overdue, count(*)
      from ({THEN}) m group by 1, 2, 3
    """  # noqa: S608  # nothing of it comes from outside
)
# The last reading by then that had not been corrected by then.
_METRICS = text(
    f"""
    select case when r.value is null then 'not-read'
                when case m.better when 'down' then r.value <= m.target else r.value >= m.target end then 'reached'
                else 'not-yet' end as result, count(*)
      from ({THEN}) m
      left join lateral (select r.value from reading r
                          where r.commitment_id = m.id and r.as_of <= :on and r.entered_at < :until
                            and not exists (select from reading later
                                             where later.corrects_id = r.id and later.entered_at < :until)
                          order by r.as_of desc, r.id desc limit 1) r on true
     where m.target is not null and m.state <> 'dropped'
     group by result
    """  # noqa: S608  # nothing of it comes from outside
)


@dataclass
class Kept:
    """How many commitments of a kind stood how; `overdue` are those of the open ones whose day was over."""

    states: Counter[str] = field(default_factory=Counter)
    overdue: int = 0


def commitments_kept(edition: PolicyEdition, on: date) -> dict[str, Kept]:
    """By kind, how the commitments stood at the end of a day; one that had been dropped by then is "dropped"."""
    found: dict[str, Kept] = {}
    for kind, state, overdue, count in session().execute(_COUNTED, _asked(edition, on)):
        of_kind = found.setdefault(kind, Kept())
        of_kind.states[state] += count
        of_kind.overdue += count if overdue else 0
    return found


def metrics_against_targets(edition: PolicyEdition, on: date) -> dict[str, int]:
    """How many metrics of approved strategies had reached their target by then, had not, or had no reading."""
    return dict(session().execute(_METRICS, _asked(edition, on)).tuples().all())


def _asked(edition: PolicyEdition, on: date) -> dict[str, object]:
    return {"policy": edition.code, "on": on, "until": moment(on + timedelta(days=1))}
