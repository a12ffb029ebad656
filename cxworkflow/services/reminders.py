"""The sweep: owes every reminder whose rung has been reached, by one statement over sets.

It looks at recorded state, never at a window of time: run late it owes the latest rung only and closes those
that it passed over with a reason; run twice it owes nothing twice, since a reminder's key is unique.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, text, update

from cxworkflow.db import session
from cxworkflow.ladder import firing_day, rungs_until
from cxworkflow.models import Clock, Notice, PolicyEdition
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
    touched as (
        -- The rungs that have come up since the last sweep, of every running clock: a range of an index.
        select clock.id, rung.rung
          from rung
          join clock on clock.edition_id = rung.edition_id and clock.kind = rung.kind
           and clock.stopped_on is null and clock.paused_on is null
           and clock.due_on > cast(:since_day as date) - rung.rung
           and clock.due_on <= cast(:on_day as date) - rung.rung
        union
        -- And all rungs reached by the clocks that have changed since then.
        select clock.id, rung.rung
          from clock
          join rung on rung.edition_id = clock.edition_id and rung.kind = clock.kind
         where clock.swept_revision < clock.revision and clock.stopped_on is null and clock.paused_on is null
           and clock.due_on <= cast(:on_day as date) - rung.rung
    ),
    reached as (
        select clock.id, clock.edition_id, clock.kind, clock.component_id, clock.strategy_id,
               clock.due_on, clock.original_due_on, touched.rung,
               touched.rung = max(touched.rung) over (partition by clock.id) as latest
          from touched
          join clock on clock.id = touched.id
         where clock.due_on + touched.rung > clock.due_set_on
           and not exists (select from notice where notice.clock_id = clock.id
                              and notice.due_on = clock.due_on and notice.rung = touched.rung)
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


def sweep(*, at: datetime, thorough: bool = False) -> Sweep:
    """Owe every reminder reached by `at` (a rung fires on its day at 06:00 Eastern) and not owed yet.

    What it looks at follows from the last committed sweep: the days since then, and the clocks changed since
    then. `thorough`, and a sweep after a long silence, looks at all that was ever reached.
    """
    on = firing_day(at)
    since = None if thorough else session().scalar(_SWEPT_LATELY)
    # A plan made for any number of rungs and clocks is ten times slower than one made for those at hand.
    session().execute(text("set local plan_cache_mode = force_custom_plan"))
    changed = session().execute(_CHANGED).all()
    values = {"on_day": on, "since_day": since or date.min, "at": at, "passed_over": PASSED_OVER}
    found = session().execute(_OWE, {**_ladders(on), **chain_arrays(), **values}).all()
    owed = [row for row in found if row.state == NoticeState.OWED.value]
    if owed:
        _replace_older({row.clock_id: row.rung for row in owed})
    if changed and (since is None or on >= since):
        session().execute(_SWEPT, {"ids": [row.id for row in changed], "revisions": [row.revision for row in changed]})
    session().execute(_DONE, {"on_day": on, "owed": len(owed)})
    return Sweep(on, len(owed), len(found) - len(owed))


# The day up to which everything was swept, if the last sweep is not long ago.
_SWEPT_LATELY = text("select swept_for_on from sweep_run where swept_at > clock_timestamp() - interval '10 minutes'")
_CHANGED = text("select id, revision from clock where swept_revision < revision")
# A change made while we swept has a higher revision, and stays to be looked at. So do all changes after a sweep that
# comes late, for an earlier day than was swept already: it has not looked at the days since.
_SWEPT = text(
    "update clock set swept_revision = seen.revision "
    "from unnest(cast(:ids as bigint[]), cast(:revisions as bigint[])) as seen(id, revision) "
    "where clock.id = seen.id and clock.swept_revision < seen.revision"
)
# A clock that stands too early for once must not take back what was swept.
_DONE = text(
    "insert into sweep_run (id, swept_at, swept_for_on, owed) values (1, clock_timestamp(), :on_day, :owed) "
    "on conflict (id) do update set swept_at = excluded.swept_at, owed = excluded.owed, "
    "swept_for_on = greatest(sweep_run.swept_for_on, excluded.swept_for_on)"
)


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
    editions = session().scalars(select(PolicyEdition).order_by(PolicyEdition.id)).all()
    oldest = _oldest_due([(edition.id, rule.kind) for edition in editions for rule in edition.policy.clocks])
    for edition in editions:
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


def _oldest_due(kinds: list[tuple[int, str]]) -> dict[tuple[int, str], date]:
    """The earliest due date of the running clocks of each kind: how far repeated rungs must reach."""
    edition_ids, names = [edition_id for edition_id, _ in kinds], [kind for _, kind in kinds]
    rows = session().execute(_EARLIEST, {"edition_ids": edition_ids, "kinds": names})
    return {(row.edition_id, row.kind): row.due_on for row in rows}


_EARLIEST = text(
    "select asked.edition_id, asked.kind, first.due_on "
    "from unnest(cast(:edition_ids as bigint[]), cast(:kinds as text[])) as asked(edition_id, kind) "
    "join lateral (select due_on from clock where clock.edition_id = asked.edition_id and clock.kind = asked.kind "
    "and stopped_on is null and paused_on is null order by due_on limit 1) as first on true"
)
