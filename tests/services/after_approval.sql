-- What follows approval, at the same size as `tests/bench/papers.sql` and after it: for tests that read plans.

insert into appointment (person_id, role, department, from_on)
  select id, 'auditor', 'dhs', cast(:today as date) - 200
  from person where name = 'Reviewer 20';

insert into commitment (strategy_id, version_id, kind, clause, field, row_key, position, title, original_title, due_on,
    original_due_on, owner_id, unit, baseline, target, better, state, percent, reported_on, made_at)
  select strategy.id, current_version_id, case when n % 4 = 0 then 'metric' else 'activity' end, 'IV.c.3', 'metrics',
    'row-' || n, n, 'Promise ' || n, 'Promise ' || n, cast(:today as date) - 60 + ((strategy.id + n * 7) % 180)::int,
    cast(:today as date) - 60 + ((strategy.id + n * 7) % 180)::int, component_id,
    case when n % 4 = 0 then 'percent' end, case when n % 4 = 0 then 40 end, case when n % 4 = 0 then 80 end,
    case when n % 4 = 0 then 'up' end, case when strategy.id % 5 = 0 then 'accepted' else 'open' end, 0,
    case when strategy.id % 5 = 0 then cast(:today as date) - 3 end, :today
  from strategy
  cross join generate_series(1, 12) as n
  where status in ('approved', 'implemented')
  order by strategy.id, n;

insert into reading (strategy_id, commitment_id, value, as_of, entered_at, by_id)
  select strategy_id, commitment.id, 40 + 5 * n, cast(:today as date) - 100 + 20 * n, :today, owner_id
  from commitment
  cross join generate_series(1, 4) as n
  where kind = 'metric'
  order by commitment.id, n;

insert into attachment_content (component_id, sha256, content)
  select component_id, encode(sha256(convert_to(id::text, 'UTF8')), 'hex'), convert_to(id::text, 'UTF8')
  from strategy;

insert into attachment (strategy_id, clause, component_id, sha256, name, kind, size, attached_at, by_id)
  select id, 'IV.c.3', component_id, encode(sha256(convert_to(id::text, 'UTF8')), 'hex'), 'figures ' || n || '.png',
    'png', 4, :today, component_id
  from strategy
  cross join generate_series(1, 2) as n
  order by id;

update component set hisp = true where id % 10 = 7;

insert into service (component_id, name, channels, omb_control_number, from_on, revision, added_at, by_id)
  select id, 'Service ' || n, '["website", "mail"]', '', cast(:today as date) - 1500, 1, :today, id
  from component
  cross join generate_series(1, 2) as n
  where hisp
  order by id, n;

insert into quarter_report (component_id, cycle, fiscal_year, fiscal_quarter, state, revision, reason, submitted_at,
    submitted_by_id, cleared_at, cleared_by_id, sent_at, sent_by_id)
  select component.id, year || '-Q' || quarter, year, quarter, 'sent', 1, '', :today, component.id, :today,
    cast(:strategies as int) + 21, :today, component.id
  from component
  cross join generate_series(1, 4) as quarter
  cross join generate_series(1, 3) as back
  cross join lateral (select extract(year from cast(:today as date))::int - back) as of_it (year)
  where hisp
  order by component.id, year, quarter;

insert into quarter_entry (report_id, component_id, service_id, channel, revision, form, numbers, entered_at, by_id)
  select quarter_report.id, service.component_id, service.id, channel, 1, 'trust-and-drivers',
    cast(:numbers as jsonb), :today, service.by_id
  from quarter_report
  join service on service.component_id = quarter_report.component_id
  cross join unnest(array['website', 'mail']) as channel
  order by quarter_report.id, service.id;

insert into webhook (url, kinds, component_id, key_mark, registered_at, by_id, department)
  select 'https://there.example/' || n, '{submit}', case when n > 1 then n end, 'mark', :today,
    cast(:strategies as int) + 21, 'dhs'
  from generate_series(1, 20) as n;

insert into webhook_delivery (webhook_id, event_id, owed_at, state, attempt, delivered_at)
  select 1, id, at, 'delivered', 1, at
  from event
  order by id;

update webhook_delivery set state = 'owed', delivered_at = null, attempt = 0 where id % 500 = 0
