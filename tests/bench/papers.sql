-- Statements that fill the database for the benchmark of pages, each with the values of `papers.populate`.

insert into component (department, code, name, kind, hisp, files, from_on)
  select 'dhs', 'C' || n, 'Component ' || n, 'operational', false, 'self', :signed_on
  from generate_series(1, cast(:strategies as int)) as n
  order by n;

insert into person (name, email, departments)
  select 'Lead of Component ' || n, 'lead.' || n || '@agency.example', '{dhs}'
  from generate_series(1, cast(:strategies as int)) as n
  order by n;

insert into person (name, email, departments)
  select 'Reviewer ' || n, 'reviewer.' || n || '@agency.example', '{dhs}'
  from generate_series(1, 20) as n;

insert into person (name, email, departments)
  values ('CIO', 'cio@agency.example', '{dhs}'), ('Lead', 'directorate@agency.example', '{dhs}');

insert into appointment (person_id, role, component_id, department, from_on)
  select id, 'lead', id, department, :signed_on
  from component;

insert into appointment (person_id, role, department, from_on)
  select id, case when name like 'Reviewer %' then 'directorate-reviewer' when name = 'CIO' then 'cio' else
    'directorate-lead' end, 'dhs', :signed_on
  from person
  where id > cast(:strategies as int);

insert into strategy (edition_id, component_id, title, title_revision, status, begun_at)
  select policy_edition.id, component.id, 'Strategy of ' || component.code, 1, 'draft', :signed_on
  from component
  cross join policy_edition
  order by component.id;

insert into version (strategy_id, number, title, content, sha256, submitted_at, by_id, by_role, days_late, edition_id)
  select strategy.id, number, title, cast(:content as jsonb), repeat('0', 64), cast(:today as date) - 60 + 20 * number
    - (strategy.id % 20)::int + strategy.id * interval '7 seconds', component_id, 'lead', 0, edition_id
  from strategy
  cross join generate_series(1, 3) as number
  order by strategy.id, number;

update strategy set status = (array['draft', 'draft', 'draft', 'draft', 'returned', 'returned', 'returned',
    'submitted', 'submitted', 'submitted', 'recommended', 'approved', 'approved', 'approved', 'approved', 'approved',
    'implemented', 'implemented', 'implemented', 'implemented'])[1 + (strategy.component_id - 1) % 20],
    current_version_id = version.id, submitted_at = version.submitted_at, approved_version_id = case when (array['draft', 'draft', 'draft', 'draft',
    'returned', 'returned', 'returned', 'submitted', 'submitted', 'submitted', 'recommended', 'approved', 'approved',
    'approved', 'approved', 'approved', 'implemented', 'implemented', 'implemented', 'implemented'])[1 +
    (strategy.component_id - 1) % 20] in ('approved', 'implemented') then version.id end
  from version
  where strategy_id = strategy.id and number = 3;

insert into answer (strategy_id, clause, content, row_names, revision, saved_at, by_id)
  select strategy.id, each.key, each.value, '{}', 1, :signed_on, component_id
  from strategy
  cross join jsonb_each(cast(:content as jsonb)) as each
  order by strategy.id;

insert into answer_revision (strategy_id, clause, revision, content, saved_at, by_id)
  select strategy_id, clause, revision, content, saved_at, by_id
  from answer
  order by id;

insert into review (version_id, reviewer_id, assigned_at, by_id)
  select id, cast(:strategies as int) + 1 + (strategy_id + n * 7) % 20, submitted_at, cast(:strategies as int) + 22
  from version
  cross join generate_series(0, 1) as n;

insert into decision (strategy_id, version_id, sha256, outcome, reason, decided_at, by_id, by_role)
  select version.strategy_id, version.id, sha256, case when number < 3 or status = 'returned' then 'returned' else
    'approved' end, 'As said.', version.submitted_at + interval '9 days', cast(:strategies as int) + 21, 'cio'
  from version
  join strategy on strategy.id = version.strategy_id
  where number < 3 or status in ('returned', 'approved', 'implemented');

insert into comment (strategy_id, version_id, clause, kind, audience, text, made_at, by_id)
  select id, current_version_id, 'IV.c.3', 'must-change', 'component', 'Say
  from when.', :today, cast(:strategies as int) + 1
  from strategy
  where status in ('returned', 'submitted');

insert into rubric_mark (strategy_id, version_id, clause, mark, reason, marked_at, by_id)
  select id, current_version_id, clause, (array['meets', 'partly', 'not'])[1 + (id + length(clause)) % 3], 'Thin.',
    cast(:today as date), cast(:strategies as int) + 1 + id % 20
  from strategy
  cross join unnest(cast(:clauses as text[])) as clause
  order by id;

insert into clock (edition_id, kind, component_id, strategy_id, cycle, started_on, original_due_on, due_on,
    due_set_on, stopped_on, revision, swept_revision)
  select edition_id, 'strategy', component_id, id, '', cast(:signed_on as date), cast(:today as date) - 20 + (id %
    180)::int, cast(:today as date) - 20 + (id % 180)::int, cast(:signed_on as date), case when status <> 'draft' then
    cast(:today as date) - 60 - (id % 20)::int end, 1, 1
  from strategy
  where true;

insert into clock (edition_id, kind, component_id, strategy_id, cycle, started_on, original_due_on, due_on,
    due_set_on, stopped_on, revision, swept_revision)
  select edition_id, case when status = 'returned' then 'revision' else 'review' end, component_id, id, '',
    cast(:today as date) - (id % 20)::int, cast(:today as date) + 15 - (id % 20)::int, cast(:today as date) + 15 - (id
    % 20)::int, cast(:today as date) - (id % 20)::int, cast(null as date), 1, 1
  from strategy
  where status in ('submitted', 'returned');

insert into clock (edition_id, kind, component_id, strategy_id, cycle, started_on, original_due_on, due_on,
    due_set_on, stopped_on, revision, swept_revision)
  select edition_id, 'implementation', component_id, id, '', cast(:today as date) - (id % 40)::int, cast(:today as
    date) + 170 - (id % 200)::int, cast(:today as date) + 170 - (id % 200)::int, cast(:today as date) - (id %
    40)::int, case when status = 'implemented' then cast(:today as date) - 1 end, 1, 1
  from strategy
  where status in ('approved', 'implemented');

select audit_append(array_agg(jsonb_build_object('event', nextval('event_id_seq'), 'what', 'submit', 'at',
    to_char(cast(version.submitted_at as timestamptz), 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'by', version.by_id, 'as', 'lead',
    'component', component_id, 'strategy', strategy.id, 'version', version.id, 'request', '', 'details',
    '{}'::jsonb)::text
  order by version.id))
  from version
  join strategy on strategy.id = version.strategy_id
  group by strategy.id / 500;
