"""The sweep's one statement: from running clocks to reminders owed, by sets, with an index for every step.

Each clock is found by its due date, each person by Component and role, so that the statement costs what it owes,
and not what there is. The lateral joins with `offset 0` keep the planner from reading a whole table or from matching
all with all, whatever it guesses about clocks and ladders that it has no statistics of.
"""

from sqlalchemy import text

from cxworkflow.services.recipients import AS_WHOM, CHAIN, HOLDERS

# `own` says whether a role is one of a Component or of the Department; `nearest` are the roles of which every holder
# is told straight away, kept as arrays, or each row would read them anew.
_LADDERS = """
    rung as (
        select * from unnest(cast(:edition_id as bigint[]), cast(:kind as text[]), cast(:rung as int[]))
            with ordinality as rung(edition_id, kind, rung, number)
    ),
    told as materialized (
        select number, department, role, own, cast(nearest as text[]) as nearest, nth
          from unnest(cast(:told_number as int[]), cast(:told_department as text[]), cast(:told_role as text[]),
                      cast(:told_own as boolean[]), cast(:told_nearest as text[]))
            with ordinality as told(number, department, role, own, nearest, nth)
    )
"""

# A verb may be at work on a changed clock; then the clock waits for the next sweep, and not the sweep for the verb.
# `due_on + 0` is in no index, so that a plan that knows no dates takes the few changed clocks and not all of some days.
_CHANGED = """
    changed as materialized (
        select id, edition_id, kind, component_id, strategy_id, commitment_id, due_on, original_due_on, due_set_on,
               stopped_on is null and paused_on is null as running
          from clock
         where swept_revision < revision and due_on + 0 between cast(:first_due as date) and cast(:last_due as date)
           for no key update skip locked
    )
"""

# The rungs that have come up since the last sweep, of every running clock, a range of an index; and all rungs reached
# by the clocks that have changed since then.
_UP = """
    clock.edition_id = rung.edition_id and clock.kind = rung.kind
                  and clock.stopped_on is null and clock.paused_on is null
                  and clock.due_on > cast(:since_day as date) - rung.rung
                  and clock.due_on <= cast(:on_day as date) - rung.rung
"""
_REACHED = f"""
    touched as (
        select up.id, up.component_id, up.strategy_id, up.commitment_id, up.due_on, up.original_due_on,
               rung.rung, rung.number, cast(:lately as boolean) as new
          from rung
          join lateral (
               select id, component_id, strategy_id, commitment_id, due_on, original_due_on from clock
                where {_UP}
                  and clock.due_on between cast(:first_due as date) and cast(:last_due as date)
                  and clock.due_on + rung.rung > clock.due_set_on
                  and clock.swept_revision >= clock.revision
               offset 0) as up on true
        union all
        select changed.id, changed.component_id, changed.strategy_id, changed.commitment_id, changed.due_on,
               changed.original_due_on, rung.rung, rung.number, false
          from changed
          join rung on rung.edition_id = changed.edition_id and rung.kind = changed.kind
         where changed.running and changed.due_on <= cast(:on_day as date) - rung.rung
           and changed.due_on + rung.rung > changed.due_set_on
    ),
    reached as materialized (
        select touched.*, touched.rung = max(touched.rung) over (partition by touched.id) as latest
          from touched
         where touched.new
            or (select true from notice where notice.clock_id = touched.id and notice.due_on = touched.due_on
                                          and notice.rung = touched.rung limit 1) is null
    )
"""  # noqa: S608  # nothing in it comes from outside

# Where a role is vacant, the next one up is told. The owner of a commitment is told in the role that they hold; where
# they hold none any more, the lead is. A Component has few appointments, and to find all of them takes less than to ask
# the index for each of the roles: hence `role || ''`.
_NEXT_UP = HOLDERS.format(
    component="held.component_id", department="held.department", on="cast(:on_day as date)", role="held.told_role"
)
_ADDRESSED = f"""
    held as materialized (
        select reached.*, told.department, told.nth, holder.person_id, holder.email, holder.role as held_role,
               told.role as told_role
          from reached
          join told on told.number = reached.number and told.role <> 'owner'
          left join lateral (
               select person.id as person_id, person.email, {AS_WHOM} as role
                 from appointment
                 join person on person.id = appointment.person_id and person.deactivated_at is null
                where coalesce(appointment.component_id, 0)
                    = case when told.own then coalesce(reached.component_id, 0) else 0 end
                  and appointment.role || '' = any(told.nearest)
                  and appointment.department = told.department
                  and appointment.from_on <= cast(:on_day as date)
                  and (appointment.until_on is null or appointment.until_on > cast(:on_day as date))
               offset 0) as holder on true
        union all
        select reached.*, told.department, told.nth, holder.person_id, holder.email, holder.role,
               coalesce(holder.owns_as, 'lead')
          from reached
          join told on told.number = reached.number and told.role = 'owner'
          left join lateral (
               select person.id as person_id, person.email, {AS_WHOM} as role, appointment.role as owns_as
                 from commitment
                 join person on person.id = commitment.owner_id and person.deactivated_at is null
                 join appointment on appointment.person_id = person.id and appointment.department = told.department
                  and appointment.from_on <= cast(:on_day as date)
                  and (appointment.until_on is null or appointment.until_on > cast(:on_day as date))
                where commitment.id = reached.commitment_id
                order by appointment.component_id = reached.component_id desc nulls last, appointment.id limit 1)
               as holder on true
    ),
    addressed as (
        select id, component_id, strategy_id, commitment_id, due_on, original_due_on, rung, number, latest,
               told_role, nth, person_id, email, held_role
          from held where person_id is not null
         union all
        select id, component_id, strategy_id, commitment_id, due_on, original_due_on, rung, number, latest,
               told_role, nth, holder.person_id, holder.email, holder.role
          from held
          join lateral ({_NEXT_UP}) as holder on true
         where held.person_id is null
    )
"""  # noqa: S608  # nothing in it comes from outside

# Put in order before the facts are there, which make rows wide. The tokens of a part begin with the same random digits
# and end in numbers: to ask for a random one for each row can take as long as to find its reader.
_OWED = """
    owed as (
        insert into notice (kind, person_id, to_role, to_address, component_id, strategy_id, clock_id,
                            rung, due_on, owed_on, owed_at, facts, state, attempt, closed_reason, token)
        select 'deadline', person_id, told_role, email, component_id, strategy_id, told.id,
               rung, due_on, due_on + rung, :at,
               case when promised is null then known
                    else known || jsonb_build_object('commitment', promised, 'commitment_id', commitment_id) end,
               case when latest then 'owed' else 'superseded' end, 0,
               case when not latest then :passed_over end,
               (cast(:token as text) || (100000000000 + row_number() over ()))::uuid
          from (
               select addressed.*, component.code, component.name, commitment.title as promised
                 from addressed
                 left join lateral (select code, name from component where component.id = addressed.component_id
                                     offset 0) as component on true
                 left join lateral (select title from commitment where id = addressed.commitment_id offset 0)
                      as commitment on true
                order by due_on, addressed.id, rung, nth, person_id) as told
         cross join lateral (
               select (cast(:facts as jsonb) -> (number - 1)::int) || jsonb_object(array[
                   'component', code, 'component_name', name, 'due_on', due_on::text,
                   'original_due_on', original_due_on::text, 'held_role', held_role]) as known) as facts
            on conflict (clock_id, due_on, rung, person_id) do nothing
        returning clock_id, rung, state
    )
"""

# Both of these see the rows as they were before the statement, so neither touches what it has just owed. A reminder
# that somebody holds is left to them: a verb closes it, a sender sends it.
_SETTLED = """
    replaced as (
        update notice set state = 'superseded', closed_reason = :replaced
         where id = any(array(
               select notice.id from notice
                where state = 'owed' and id = any(array(
                      select older.id from owed
                        join lateral (select id, kind, state from notice
                                       where notice.clock_id = owed.clock_id and notice.rung < owed.rung offset 0)
                             as older on older.kind = 'deadline' and older.state = 'owed'
                       where owed.state = 'owed' and cast(:backlog as boolean)))
                  for no key update skip locked))
    ),
    swept as (
        update clock set swept_revision = revision
         where cast(:up_to_date as boolean) and id = any(array(select id from changed))
    )
"""

# `held_back` says whether a changed clock was left to the next sweep.
_TOLD = """
    select count(*) filter (where state = 'owed') as owed, count(*) filter (where state <> 'owed') as superseded,
           (select count(*) from clock
             where swept_revision < revision
               and due_on + 0 between cast(:first_due as date) and cast(:last_due as date))
               > (select count(*) from changed) as held_back
      from owed
"""

_CHAIN = f"chain as (select * from {CHAIN})"  # noqa: S608  # nothing in it comes from outside
_PARTS = (_CHAIN, _LADDERS, _CHANGED, _REACHED, _ADDRESSED, _OWED, _SETTLED)
OWE = text(f"with {', '.join(_PARTS)} {_TOLD}")

# How many rungs have come up for the clocks of each due date.
COMING = text(
    f"""
    with {_LADDERS}
    select up.due_on, count(*)
      from rung join lateral (select due_on from clock where {_UP} offset 0) as up on true
     group by up.due_on order by up.due_on
    """  # noqa: S608  # nothing in it comes from outside
)
