"""What guards commitments: a promise stays as it was made, and its state rests on what was reported and checked.

Evidence stays once a report cites it. As in 0026 and 0027, these guards see every row.
"""

from alembic import op

from cxworkflow.migrations import row_policies

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

ME = "(select nullif(current_setting('cxworkflow.person', true), '')::bigint)"
SEES_DRAFTS = "(select string_to_array(current_setting('cxworkflow.see_draft', true), ',') && '{always}')"
IN_SIGHT = f"({SEES_DRAFTS} or strategy_id = any ((select strategies_in_sight())::bigint[]))"
BY_ME = f"{IN_SIGHT} and by_id = {ME}"
# Table: who sees a row, adds one (None: the system), changes one.
POLICIES: dict[str, tuple[str, str | None, str | None]] = {
    "commitment": (IN_SIGHT, None, IN_SIGHT),
    "progress": (IN_SIGHT, BY_ME, None),
    "completion": (IN_SIGHT, BY_ME, IN_SIGHT),
    "evidence": (IN_SIGHT, BY_ME, None),
    "citation": (IN_SIGHT, IN_SIGHT, None),
    "commitment_change": (IN_SIGHT, BY_ME, IN_SIGHT),
    "reading": (IN_SIGHT, BY_ME, None),
}
NEVER_CHANGED = ("progress", "citation", "reading")
MOVES = ("title", "due_on", "owner_id", "state", "percent", "reported_on")  # of a commitment; the rest stays
ANSWERS = {
    "completion": ("outcome", "answer", "checked_at", "checked_by_id"),
    "commitment_change": ("accepted", "answer", "decided_at", "decided_by_id"),
}

AS_EVIDENCE = f"""
create function in_evidence(of_component bigint, of_sha256 text) returns boolean
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
    return exists (select from evidence where component_id = of_component and sha256 = of_sha256 and {IN_SIGHT});
end $$
"""
KEPT_EVIDENCE = """
create function keep_evidence() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' then
        raise exception 'a piece of evidence is never changed' using errcode = 'restrict_violation';
    elsif exists (select from citation where evidence_id = old.id) then
        raise exception 'evidence that a report cites can''t be removed' using errcode = 'restrict_violation';
    end if;
    return old;
end $$
"""
# What is said of a commitment is said by its Component: by who may speak for it, or by who answers for the commitment.
SAID_OF_A_COMMITMENT = """
create function said_of_a_commitment() returns trigger language plpgsql as $$
declare
    said jsonb := to_jsonb(new);
    at timestamptz := coalesce(said ->> 'made_at', said ->> 'reported_at', said ->> 'attached_at',
                               said ->> 'proposed_at', said ->> 'entered_at');
    about commitment;
    paper strategy;
begin
    select * into about from commitment where id = new.commitment_id;
    select * into paper from strategy where id = about.strategy_id;
    if new.strategy_id is distinct from paper.id
       or said ? 'component_id' and (said ->> 'component_id')::bigint is distinct from paper.component_id then
        raise exception 'a % is of the strategy of its commitment', tg_table_name using errcode = 'check_violation';
    end if;
    if paper.status not in ('approved', 'implemented') or about.state in ('accepted', 'dropped')
          and tg_table_name <> 'reading' then
        raise exception 'nothing more is said of a commitment that is settled' using errcode = 'check_violation';
    end if;
    if not (in_role(new.by_id, '{lead,executive,ocio-hq-lead}', paper.component_id, at)
            or about.owner_id = new.by_id and in_role(new.by_id, '{contributor}', paper.component_id, at)) then
        raise exception 'a % by somebody who does not answer for the commitment', tg_table_name
            using errcode = 'check_violation';
    end if;
    if tg_table_name = 'reading' and (
        (said ->> 'as_of')::date > (at at time zone 'America/New_York')::date
        or said ->> 'corrects_id' is not null and not exists (
            select from reading where id = (said ->> 'corrects_id')::bigint and commitment_id = new.commitment_id)) then
        raise exception 'a reading is of a day that has come, and corrects one of the same metric'
            using errcode = 'check_violation';
    end if;
    return null;
end $$
"""
CITES_ITS_OWN = """
create function cites_its_own() returns trigger language plpgsql as $$
begin
    if not exists (
        select from completion c join evidence e on e.commitment_id = c.commitment_id
         where c.id = new.completion_id and c.outcome is null and e.id = new.evidence_id
           and c.strategy_id = new.strategy_id) then
        raise exception 'an open report cites evidence of its own commitment' using errcode = 'check_violation';
    end if;
    return null;
end $$
"""
# One answer to what was reported or proposed, by the Directorate or the CIO, who have no part in the Component.
ANSWERED_ONCE = """
create function answered_once() returns trigger language plpgsql as $$
declare
    before jsonb := to_jsonb(old);
    said jsonb := to_jsonb(new);
    who bigint := coalesce(said ->> 'checked_by_id', said ->> 'decided_by_id');
    at timestamptz := coalesce(said ->> 'checked_at', said ->> 'decided_at');
begin
    if at is null or coalesce(before ->> 'checked_at', before ->> 'decided_at') is not null
       or before - tg_argv is distinct from said - tg_argv then
        raise exception 'a % is answered once, and not changed otherwise', tg_table_name
            using errcode = 'restrict_violation';
    end if;
    if has_a_conflict(who, new.strategy_id, at)
       or not (in_role(who, '{directorate-lead,cio}', null, at)
               or in_role(who, '{directorate-reviewer}', null, at) and exists (
                    select from strategy s join review r on r.version_id = s.current_version_id
                     where s.id = new.strategy_id and r.reviewer_id = who and r.declined_at is null)) then
        raise exception 'a % is answered by the Directorate, and by nobody of the Component', tg_table_name
            using errcode = 'check_violation';
    end if;
    return new;
end $$
"""
KEPT_PROMISE = f"""
create function keep_promise() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' or to_jsonb(old) - '{{{",".join(MOVES)}}}'::text[]
                           is distinct from to_jsonb(new) - '{{{",".join(MOVES)}}}'::text[] then
        raise exception 'a commitment stays what the approved version says' using errcode = 'restrict_violation';
    end if;
    return new;
end $$
"""
COMMITMENT_RESTS = """
create function commitment_rests() returns trigger language plpgsql as $$
declare
    said jsonb := to_jsonb(new);
    it commitment;
    last completion;
    dropped boolean;
begin
    select * into it from commitment where id = coalesce(said ->> 'commitment_id', said ->> 'id')::bigint;
    select * into last from completion where commitment_id = it.id order by id desc limit 1;
    dropped := exists (select from commitment_change where commitment_id = it.id and drops and accepted);
    if not (case it.state
            when 'open' then last is null and not dropped
            when 'reported' then last.id is not null and last.outcome is null
            when 'sent-back' then last.outcome is not distinct from 'sent-back'
            when 'accepted' then last.outcome is not distinct from 'accepted'
            else dropped end)
       or it.reported_on is not null
          and it.reported_on <> (last.reported_at at time zone 'America/New_York')::date then
        raise exception 'a commitment that is % rests on what was not said of it', it.state
            using errcode = 'check_violation';
    end if;
    if it.title is distinct from coalesce(
            (select title from commitment_change where commitment_id = it.id and accepted and title is not null
              order by decided_at desc, id desc limit 1), it.original_title)
       or it.due_on is distinct from coalesce(
            (select due_on from commitment_change where commitment_id = it.id and accepted and due_on is not null
              order by decided_at desc, id desc limit 1), it.original_due_on) then
        raise exception 'a commitment says what was accepted last' using errcode = 'check_violation';
    end if;
    return null;
end $$
"""
FUNCTIONS = {
    "in_evidence(bigint, text)": AS_EVIDENCE,
    "keep_evidence()": KEPT_EVIDENCE,
    "said_of_a_commitment()": SAID_OF_A_COMMITMENT,
    "cites_its_own()": CITES_ITS_OWN,
    "answered_once()": ANSWERED_ONCE,
    "keep_promise()": KEPT_PROMISE,
    "commitment_rests()": COMMITMENT_RESTS,
}
SAID = ("progress", "completion", "evidence", "commitment_change", "reading")
RESTING = ("commitment", "completion", "commitment_change")


def upgrade() -> None:
    for signature, definition in FUNCTIONS.items():
        op.execute(definition)
        op.execute(f"alter function {signature} security definer set search_path = public, pg_temp")
        op.execute(f"revoke execute on function {signature} from public")
    op.execute("grant execute on function in_evidence(bigint, text) to cxworkflow_app")
    refuse = "execute function refuse_change()"
    for table in NEVER_CHANGED:
        op.execute(f"create trigger append_only before update or delete on {table} for each row {refuse}")
    for table in POLICIES:
        op.execute(f"create trigger keep_all before truncate on {table} for each statement {refuse}")
    for table, function in (("evidence", "keep_evidence"), ("commitment", "keep_promise")):
        op.execute(
            f"create trigger {function} before update or delete on {table} for each row execute function {function}()"
        )
    for table, columns in ANSWERS.items():
        op.execute(
            f"create trigger answered_once before update on {table} for each row "
            f"execute function answered_once({', '.join(columns)})"
        )
        op.execute(f"create trigger keep_each before delete on {table} for each row {refuse}")
    for table in SAID:
        op.execute(
            f"create trigger said_of_a_commitment after insert on {table} for each row "
            "execute function said_of_a_commitment()"
        )
    op.execute("create trigger cites_its_own after insert on citation for each row execute function cites_its_own()")
    for table in RESTING:
        op.execute(
            f"create constraint trigger commitment_rests after insert or update on {table} "
            "deferrable initially deferred for each row execute function commitment_rests()"
        )
    _let_see()


def _let_see() -> None:
    op.execute(f"revoke update on {', '.join((*NEVER_CHANGED, 'evidence'))} from cxworkflow_app")
    op.execute("grant delete on evidence to cxworkflow_app")
    for table, (seen, added, changed) in POLICIES.items():
        op.execute(f"alter table {table} enable row level security, force row level security")
        op.execute(f"create policy system on {table} to cxworkflow_system using (true) with check (true)")
        op.execute(f"create policy seen on {table} for select to cxworkflow_app using ({seen})")
        if added is not None:
            op.execute(f"create policy added on {table} for insert to cxworkflow_app with check ({added})")
        if changed is not None:
            op.execute(
                f"create policy changed on {table} for update to cxworkflow_app "
                f"using ({changed}) with check ({changed})"
            )
    op.execute(f"create policy removed on evidence for delete to cxworkflow_app using ({IN_SIGHT})")
    seen_before = row_policies.POLICIES["attachment_content"][0]
    op.execute(f"alter policy seen on attachment_content using ({seen_before} or in_evidence(component_id, sha256))")


def downgrade() -> None:
    op.execute(f"alter policy seen on attachment_content using ({row_policies.POLICIES['attachment_content'][0]})")
    op.execute("drop policy removed on evidence")
    op.execute("revoke delete on evidence from cxworkflow_app")
    for table, (_, added, changed) in POLICIES.items():
        for policy in ("system", "seen", *(["added"] if added else []), *(["changed"] if changed else [])):
            op.execute(f"drop policy {policy} on {table}")
        op.execute(f"alter table {table} no force row level security, disable row level security")
        op.execute(f"drop trigger keep_all on {table}")
    for signature in reversed(FUNCTIONS):
        op.execute(f"drop function {signature} cascade")
    for table in NEVER_CHANGED:
        op.execute(f"drop trigger append_only on {table}")
    for table in ANSWERS:
        op.execute(f"drop trigger keep_each on {table}")
