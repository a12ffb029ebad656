"""What plain SQL still could: write a line of the record in another's name, advise on what is decided already.

And what it could not, though a verb does it: name a reviewer again whom somebody named who is out of the review since.
"""

from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

DECLARED = """
    declared text := nullif(current_setting('cxworkflow.person', true), '');
    acting text := case current_setting('role') when 'none' then session_user else current_setting('role') end;
    of_the_system boolean := acting = 'cxworkflow_system' or pg_has_role(acting, current_user, 'member');"""
# Whoever works as the system tells whose act it follows from, if it follows from one: nobody else acts in it. Whoever
# signs in is not declared before the line of it is written.
IN_WHOSE_NAME = """
    if exists (
        select from unnest(bodies) as each cross join lateral cast(each as jsonb) as line
         where (line ->> 'by' = declared) is not true
           and not (of_the_system and (declared is null or line ->> 'by' is null))
           and not (current_setting('cxworkflow.signing_in', true) = 'yes'
                    and line ->> 'what' in ('signed-in', 'signed-out', 'identity-linked'))) then
        raise exception 'a line of the record is in the name of who writes it' using errcode = 'check_violation';
    end if;"""
# As in 0008 but for these two parts.
APPEND = """
create or replace function audit_append(bodies text[]) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    seqs bigint[] := '{{}}';
    hashes text[] := '{{}}';
    last_seq bigint;
    last_hash text;
    now timestamptz;
    written text;
    body text;{declared}
begin{in_whose_name}
    perform from public.person
      where person.id in (select cast(cast(each as jsonb) ->> 'by' as bigint) from unnest(bodies) as each)
      order by person.id for key share;
    perform pg_advisory_xact_lock(7604);
    select event.seq, event.hash into last_seq, last_hash from public.event order by event.seq desc limit 1;
    if not found then
        last_seq := 0;
        last_hash := repeat('0', 64);
    end if;
    now := clock_timestamp();
    written := to_char(now at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
    foreach body in array bodies loop
        last_seq := last_seq + 1;
        last_hash := encode(sha256(convert_to(concat_ws(chr(10), last_hash, last_seq, written,
            encode(sha256(convert_to(body, 'UTF8')), 'hex')), 'UTF8')), 'hex');
        seqs := seqs || last_seq;
        hashes := hashes || last_hash;
    end loop;
    insert into public.event (seq, written_at, body, hash, id, at, verb, by_id, by_role, request_id, component_id,
                              strategy_id, clock_id, version_id, details)
    overriding system value
    select line.seq, now, line.body, line.hash, told.*
      from unnest(seqs, bodies, hashes) as line(seq, body, hash)
      cross join lateral jsonb_to_record(cast(line.body as jsonb))
           as told("event" bigint, "at" timestamptz, "what" text, "by" bigint, "as" text, "request" text,
                   "component" bigint, "strategy" bigint, "clock" bigint, "version" bigint, "details" jsonb);
    return last_seq;
end $$
"""
# As in 0026 but for the last condition.
SAID_OF_THE_PRESENT_VERSION = """
create or replace function said_of_the_present_version() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
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
       or tg_table_name = 'review' and paper.status <> 'submitted'{while_it_waits} then
        raise exception 'a % is of the version that is under review', tg_table_name
            using errcode = 'check_violation';
    end if;
    return null;
end $$
"""
WHILE_IT_WAITS = """
       or tg_table_name = 'recommendation' and paper.status not in ('submitted', 'recommended')"""
# As in 0027 but for one condition.
SAID_BY_ANOTHER = """
create or replace function said_by_another() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    said jsonb := to_jsonb(new);
    who bigint := coalesce(said ->> 'reviewer_id', said ->> 'by_id');
    at timestamptz := coalesce(
        said ->> 'assigned_at', said ->> 'marked_at', said ->> 'made_at', said ->> 'decided_at');
    leads boolean := in_role(who, '{{directorate-lead}}', null, at);
    decides boolean := tg_table_name = 'decision';
    as_cio boolean := decides and (said ->> 'outcome' = 'approved' or not leads);
    paper strategy;
begin
    select s.* into paper from strategy s join version v on v.strategy_id = s.id where v.id = new.version_id;
    if has_a_conflict(who, paper.id, at) then
        raise exception 'a % by somebody who wrote the paper, or is of its Component, or out of its review',
            tg_table_name using errcode = 'check_violation';
    end if;
    if as_cio and (
        exists (select from review r join version v on v.id = r.version_id
                 where v.strategy_id = paper.id and r.reviewer_id = who and r.declined_at is null)
        or exists (select from rubric_mark where strategy_id = paper.id and by_id = who)
        or exists (select from comment where strategy_id = paper.id and by_id = who)
        or exists (select from recommendation r join version v on v.id = r.version_id
                    where v.strategy_id = paper.id and r.by_id = who)) then
        raise exception 'the CIO decides on what somebody else reviewed'
            using errcode = 'check_violation';
    end if;
    if tg_table_name = 'review'{not_named_again} and (
        has_a_conflict((said ->> 'by_id')::bigint, paper.id, at)
        or not in_role((said ->> 'by_id')::bigint, '{{directorate-lead}}', null, at)) then
        raise exception 'reviewers are named by the Directorate lead' using errcode = 'check_violation';
    end if;
    if not (leads and not as_cio
            or as_cio and in_role(who, '{{cio}}', null, at)
            or tg_table_name = 'review' and in_role(who, '{{directorate-reviewer}}', null, at)
            or not decides and in_role(who, '{{directorate-reviewer}}', null, at) and exists (
                select from review
                 where version_id = new.version_id and reviewer_id = who and declined_at is null)) then
        raise exception 'a % by somebody without the role for it', tg_table_name
            using errcode = 'check_violation';
    end if;
    return null;
end $$
"""
# Who named a reviewer may have left, or be out of the review, when the reviewer is named again for the next version.
NOT_NAMED_AGAIN = """ and not exists (
        select from review r join version v on v.id = r.version_id
         where v.strategy_id = paper.id and r.version_id <> new.version_id and r.declined_at is null
           and r.reviewer_id = who and r.by_id = (said ->> 'by_id')::bigint)"""


def upgrade() -> None:
    op.execute(APPEND.format(declared=DECLARED, in_whose_name=IN_WHOSE_NAME))
    op.execute(SAID_OF_THE_PRESENT_VERSION.format(while_it_waits=WHILE_IT_WAITS))
    op.execute(SAID_BY_ANOTHER.format(not_named_again=NOT_NAMED_AGAIN))


def downgrade() -> None:
    op.execute(SAID_BY_ANOTHER.format(not_named_again=""))
    op.execute(SAID_OF_THE_PRESENT_VERSION.format(while_it_waits=""))
    op.execute(APPEND.format(declared="", in_whose_name=""))
