"""The sweep: owes every reminder whose rung has been reached, by one statement over sets.

It looks at state, never at a window: run late it owes the latest rung only and closes those that it
passed over with a reason; run twice it owes nothing twice, since a reminder's key is unique.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select, text, update

from cxworkflow.db import session
from cxworkflow.ladder import firing_day, rungs_until
from cxworkflow.models import Clock, Notice, PolicyEdition, SweepRun
from cxworkflow.models.notice import NoticeState
from cxworkflow.services.recipients import CHAIN, HOLDERS, chain_arrays


@dataclass(frozen=True)
class Sweep:
    """What one sweep did."""

    on: date
    owed: int
    superseded: int


_OWE = text(
    f"""
    with chain as (select * from {CHAIN}),
    rung as (
        select * from unnest(cast(:edition_id as bigint[]), cast(:kind as text[]), cast(:rung as int[]))
            as rung(edition_id, kind, rung)
    ),
    told as (
        select * from unnest(cast(:told_edition_id as bigint[]), cast(:told_kind as text[]),
                             cast(:told_rung as int[]), cast(:told_role as text[]))
            with ordinality as told(edition_id, kind, rung, role, nth)
    ),
    title as (
        select * from unnest(cast(:title_edition_id as bigint[]), cast(:title_kind as text[]),
                             cast(:title_facts as jsonb[])) as title(edition_id, kind, facts)
    ),
    reached as (
        select clock.id, clock.edition_id, clock.kind, clock.component_id, clock.strategy_id,
               clock.due_on, clock.original_due_on, rung.rung,
               rung.rung = max(rung.rung) over (partition by clock.id) as latest
          from clock
          join rung on rung.edition_id = clock.edition_id and rung.kind = clock.kind
         where clock.stopped_on is null and clock.paused_on is null
           and clock.due_on + rung.rung between clock.due_set_on + 1 and cast(:on_day as date)
    )
    insert into notice (key, kind, person_id, to_role, to_address, component_id, strategy_id, clock_id,
                        rung, due_on, owed_on, owed_at, facts, state, attempt, closed_reason)
    select 'deadline/' || reached.id || '/' || reached.due_on || '/' || reached.rung || '/' || holder.person_id,
           'deadline', holder.person_id, told.role, holder.email, reached.component_id,
           reached.strategy_id, reached.id, reached.rung, reached.due_on, reached.due_on + reached.rung,
           :at,
           title.facts || jsonb_build_object(
               'component', component.code, 'component_name', component.name,
               'due_on', reached.due_on, 'original_due_on', reached.original_due_on, 'rung', reached.rung,
               'held_role', holder.role),
           case when reached.latest then 'owed' else 'superseded' end, 0,
           case when not reached.latest then :passed_over end
      from reached
      join told on told.edition_id = reached.edition_id and told.kind = reached.kind
       and told.rung = reached.rung
      join title on title.edition_id = reached.edition_id and title.kind = reached.kind
      left join component on component.id = reached.component_id
      join lateral ({HOLDERS.format(component="reached.component_id", on="cast(:on_day as date)", role="told.role")})
           as holder on true
     order by reached.due_on, reached.id, reached.rung, told.nth, holder.person_id
        on conflict (key) do nothing
    returning clock_id, rung, state
    """
)

PASSED_OVER = "A later reminder about the same date was already due when this one was found."
REPLACED = "A later reminder about the same date took its place before this one could be sent."


def sweep(*, at: datetime) -> Sweep:
    """Owe every reminder reached by `at` (a rung fires on its day at 06:00 Eastern) and not owed yet."""
    on = firing_day(at)
    # A plan made for any number of rungs and clocks is ten times slower than one made for those at hand.
    session().execute(text("set local plan_cache_mode = force_custom_plan"))
    rows = session().execute(_OWE, {**_ladders(on), **chain_arrays(), "on_day": on, "at": at, "passed_over": PASSED_OVER})
    found = rows.all()
    owed = [row for row in found if row.state == NoticeState.OWED.value]
    if owed:
        _replace_older({row.clock_id: row.rung for row in owed})
    session().merge(SweepRun(id=1, swept_at=session().scalar(select(func.clock_timestamp())), swept_for_on=on, owed=len(owed)))
    return Sweep(on, len(owed), len(found) - len(owed))


def close_unsent(clock: Clock, reason: str) -> None:
    """Close the reminders of a clock that were owed and not sent, when what they say is no longer so."""
    session().execute(
        update(Notice)
        .where(Notice.clock_id == clock.id, Notice.kind == "deadline", Notice.state == NoticeState.OWED)
        .values(state=NoticeState.SUPERSEDED, closed_reason=reason)
    )


def _replace_older(newest: dict[int, int]) -> None:
    session().execute(
        text(
            "update notice set state = 'superseded', closed_reason = :replaced "
            "from unnest(cast(:clock_ids as bigint[]), cast(:rungs as int[])) as newest(clock_id, rung) "
            "where notice.clock_id = newest.clock_id and notice.rung < newest.rung "
            "and notice.kind = 'deadline' and notice.state = 'owed'"
        ),
        {"replaced": REPLACED, "clock_ids": list(newest), "rungs": list(newest.values())},
    )


def _ladders(on: date) -> dict[str, list[object]]:
    """Every edition's ladders as arrays: the rungs that can have been reached, and whom each one tells."""
    arrays: dict[str, list[object]] = {
        name: []
        for name in (
            "edition_id", "kind", "rung", "told_edition_id", "told_kind", "told_rung", "told_role",
            "title_edition_id", "title_kind", "title_facts",
        )
    }  # fmt: skip
    oldest = _oldest_due()
    for edition in session().scalars(select(PolicyEdition).order_by(PolicyEdition.id)):
        for rule in edition.policy.clocks:
            first_due = oldest.get((edition.id, rule.kind))
            if first_due is None:
                continue
            ladder = edition.policy.ladder(rule.ladder)
            for rung in rungs_until(ladder.rungs, ladder.repeat_every, (on - first_due).days):
                _add(arrays, ("edition_id", "kind", "rung"), (edition.id, rule.kind, rung))
                for role in ladder.roles_at(rung):
                    _add(
                        arrays,
                        ("told_edition_id", "told_kind", "told_rung", "told_role"),
                        (edition.id, rule.kind, rung, role),
                    )
            facts = json.dumps(edition.policy.facts_of(rule))
            _add(arrays, ("title_edition_id", "title_kind", "title_facts"), (edition.id, rule.kind, facts))
    return arrays


def _add(arrays: dict[str, list[object]], names: tuple[str, ...], values: tuple[object, ...]) -> None:
    for name, value in zip(names, values, strict=True):
        arrays[name].append(value)


def _oldest_due() -> dict[tuple[int, str], date]:
    """The earliest due date of the running clocks of each kind: how far repeated rungs must reach."""
    earliest = (
        select(Clock.edition_id, Clock.kind, func.min(Clock.due_on))
        .where(Clock.stopped_on.is_(None), Clock.paused_on.is_(None))
        .group_by(Clock.edition_id, Clock.kind)
    )
    return {(row[0], row[1]): row[2] for row in session().execute(earliest)}
