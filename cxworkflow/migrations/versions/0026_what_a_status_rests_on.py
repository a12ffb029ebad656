"""What a status rests on: what was said of the present version, with a line of the record for each step.

These guards see every row, whoever writes: they run as the owner of the tables, who is in `cxworkflow_system`. What
concerns several rows is looked at when the transaction ends, as it stands then.
"""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

STEPS = "'submit', 'withdraw', 'recommend', 'return', 'approve', 'implemented'"  # as the record calls them
OF_A_STEP = f"when (new.strategy_id is not null and new.verb in ({STEPS}))"
# Whether a person held one of these roles, for this Component or (null) for the Department, on the day of a moment.
IN_ROLE = """
create function in_role(person bigint, roles text[], of_component bigint, at timestamptz)
returns boolean language sql stable as $$
    select exists (
        select from appointment a
         where a.person_id = person and a.role = any (roles) and a.component_id is not distinct from of_component
           and a.from_on <= (at at time zone 'America/New_York')::date
           and (a.until_on is null or a.until_on > (at at time zone 'America/New_York')::date))
$$
"""
SAID_OF_THE_PRESENT_VERSION = """
create function said_of_the_present_version() returns trigger language plpgsql as $$
declare
    said jsonb := to_jsonb(new);
    paper strategy;
    read version;
begin
    select * into read from version where id = new.version_id;
    select * into paper from strategy where id = read.strategy_id;
    if paper.current_version_id is distinct from read.id
       or said ? 'strategy_id' and (said ->> 'strategy_id')::bigint is distinct from paper.id
       or said ? 'sha256' and said ->> 'sha256' is distinct from read.sha256
       or tg_table_name = 'review' and paper.status <> 'submitted' then
        raise exception 'a % is of the version that is under review', tg_table_name
            using errcode = 'check_violation';
    end if;
    return null;
end $$
"""
SUBMITTED_ANEW = """
create function submitted_anew() returns trigger language plpgsql as $$
begin
    if (old.current_version_id is distinct from new.current_version_id)
       <> (old.status <> 'submitted' and new.status = 'submitted') then
        raise exception 'a version comes under review by being submitted, each time another'
            using errcode = 'check_violation';
    end if;
    if (old.edition_id, old.component_id, old.begun_at)
       is distinct from (new.edition_id, new.component_id, new.begun_at)
       or old.title <> new.title and old.status not in ('draft', 'returned') then
        raise exception 'a strategy stays its Component''s, and its title what was submitted'
            using errcode = 'check_violation';
    end if;
    return new;
end $$
"""
RESTS_ON_WHAT_WAS_SAID = """
create function rests_on_what_was_said() returns trigger language plpgsql as $$
declare
    said jsonb := to_jsonb(new);
    paper strategy;
    decided text;
    advised boolean;
    reported boolean;
    line event;
begin
    select s.* into paper from strategy s where s.id = case
        when tg_table_name = 'strategy' then (said ->> 'id')::bigint
        when tg_table_name = 'recommendation' then (
            select strategy_id from version where id = (said ->> 'version_id')::bigint)
        else (said ->> 'strategy_id')::bigint end;
    if paper.current_version_id is distinct from (
        select id from version where strategy_id = paper.id order by number desc limit 1) then
        raise exception 'the version under review is the last one'
            using errcode = 'check_violation';
    end if;
    select outcome into decided from decision where version_id = paper.current_version_id;
    advised := exists (select from recommendation where version_id = paper.current_version_id);
    reported := exists (select from implementation_report where strategy_id = paper.id);
    if paper.approved_version_id is not null and paper.approved_version_id <> paper.current_version_id
       or reported <> (paper.status = 'implemented')
       or not (case paper.status
            when 'draft' then decided is null
            when 'submitted' then decided is null and not advised
            when 'recommended' then decided is null and advised
            when 'returned' then decided is not distinct from 'returned'
            else decided is not distinct from 'approved' end) then
        raise exception 'a strategy that is % rests on what was not said of its present version', paper.status
            using errcode = 'check_violation';
    end if;
    if tg_table_name = 'event' or tg_op = 'UPDATE' and to_jsonb(old) ->> 'status' <> said ->> 'status' then
        select * into line from event
         where strategy_id = paper.id and verb in (STEPS) order by id desc limit 1;
        if paper.status is distinct from line.details ->> 'to' then
            raise exception 'a strategy is % without a line of the record, or a line tells another status', paper.status
                using errcode = 'check_violation';
        end if;
        -- Whoever works as the system takes steps for others: an import, a rehearsal.
        if current_setting('role') = 'cxworkflow_app'
           and line.by_id is distinct from nullif(current_setting('cxworkflow.person', true), '')::bigint then
            raise exception 'the line of a step names who takes it' using errcode = 'check_violation';
        end if;
        -- Of a withdrawal, nothing but its line is there.
        if paper.status = 'draft'
           and not in_role(line.by_id, '{lead,executive,ocio-hq-lead}', paper.component_id, line.at) then
            raise exception 'a submission is taken back by who may speak for the Component'
                using errcode = 'check_violation';
        end if;
    end if;
    return null;
end $$
"""
FUNCTIONS = {
    "in_role(bigint, text[], bigint, timestamptz)": IN_ROLE,
    "said_of_the_present_version()": SAID_OF_THE_PRESENT_VERSION,
    "submitted_anew()": SUBMITTED_ANEW,
    "rests_on_what_was_said()": RESTS_ON_WHAT_WAS_SAID,
}
SAID = ("review", "recommendation", "decision")
RESTING = {
    "strategy": "insert or update",
    "version": "insert",
    "recommendation": "insert",
    "decision": "insert",
    "implementation_report": "insert",
    "event": "insert",
}


def upgrade() -> None:
    # Letters quote it.
    op.create_check_constraint(op.f("ck_version_sha256_is_one"), "version", "sha256 ~ '^[0-9a-f]{64}$'")
    for signature, definition in FUNCTIONS.items():
        op.execute(definition.replace("STEPS", STEPS))
        op.execute(f"alter function {signature} security definer set search_path = public, pg_temp")
        op.execute(f"revoke execute on function {signature} from public")
    # Afterwards, so that what a row says of itself is checked first.
    for table in SAID:
        op.execute(
            f"create trigger said_of_the_present_version after insert on {table} for each row "
            "execute function said_of_the_present_version()"
        )
    op.execute("create trigger submitted_anew before update on strategy for each row execute function submitted_anew()")
    for table, done in RESTING.items():
        op.execute(
            f"create constraint trigger rests_on_what_was_said after {done} on {table} "
            f"deferrable initially deferred for each row {OF_A_STEP if table == 'event' else ''} "
            "execute function rests_on_what_was_said()"
        )
    # What it looked for is part of that now.
    op.execute("drop trigger approved_is_decided on strategy")
    op.execute("drop function approved_is_decided()")


def downgrade() -> None:
    op.drop_constraint(op.f("ck_version_sha256_is_one"), "version")
    op.execute(
        """
        create function approved_is_decided() returns trigger language plpgsql as $$
        begin
            if new.approved_version_id is not null and not exists (
                select 1 from decision where decision.version_id = new.approved_version_id
                   and decision.strategy_id = new.id and decision.outcome = 'approved') then
                raise exception 'strategy % is approved without a decision', new.id
            using errcode = 'check_violation';
            end if;
            return null;
        end $$
        """
    )
    op.execute(
        "create constraint trigger approved_is_decided after insert or update on strategy "
        "deferrable initially deferred for each row execute function approved_is_decided()"
    )
    for table in RESTING:
        op.execute(f"drop trigger rests_on_what_was_said on {table}")
    op.execute("drop trigger submitted_anew on strategy")
    for table in SAID:
        op.execute(f"drop trigger said_of_the_present_version on {table}")
    for signature in reversed(FUNCTIONS):
        op.execute(f"drop function {signature}")
