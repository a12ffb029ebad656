"""Who said it: author, reviewer and approver are three people, and each has the role that their word needs.

Like those of 0026, these guards see every row.
"""

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

HAS_A_CONFLICT = """
create function has_a_conflict(person bigint, paper bigint, at timestamptz)
returns boolean language sql stable as $$
    select exists (select from answer_revision where strategy_id = paper and by_id = person)
        or exists (select from version where strategy_id = paper and by_id = person)
        or exists (select from recusal where strategy_id = paper and person_id = person)
        or exists (select from strategy s where s.id = paper
                      and in_role(person, '{contributor,lead,executive,ocio-hq-lead}', s.component_id, at))
$$
"""
SAID_BY_ANOTHER = """
create function said_by_another() returns trigger language plpgsql as $$
declare
    said jsonb := to_jsonb(new);
    who bigint := coalesce(said ->> 'reviewer_id', said ->> 'by_id');
    at timestamptz := coalesce(
        said ->> 'assigned_at', said ->> 'marked_at', said ->> 'made_at', said ->> 'decided_at');
    leads boolean := in_role(who, '{directorate-lead}', null, at);
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
    if tg_table_name = 'review' and (
        has_a_conflict((said ->> 'by_id')::bigint, paper.id, at)
        or not in_role((said ->> 'by_id')::bigint, '{directorate-lead}', null, at)) then
        raise exception 'reviewers are named by the Directorate lead' using errcode = 'check_violation';
    end if;
    if not (leads and not as_cio
            or as_cio and in_role(who, '{cio}', null, at)
            or tg_table_name = 'review' and in_role(who, '{directorate-reviewer}', null, at)
            or not decides and in_role(who, '{directorate-reviewer}', null, at) and exists (
                select from review
                 where version_id = new.version_id and reviewer_id = who and declined_at is null)) then
        raise exception 'a % by somebody without the role for it', tg_table_name
            using errcode = 'check_violation';
    end if;
    return null;
end $$
"""
SAID_FOR_THE_COMPONENT = """
create function said_for_the_component() returns trigger language plpgsql as $$
declare
    said jsonb := to_jsonb(new);
    at timestamptz := coalesce(said ->> 'submitted_at', said ->> 'reported_at');
begin
    if not exists (select from strategy s where s.id = new.strategy_id
                      and in_role(new.by_id, '{lead,executive,ocio-hq-lead}', s.component_id, at)) then
        raise exception 'a % by somebody who may not speak for the Component', tg_table_name
            using errcode = 'check_violation';
    end if;
    return null;
end $$
"""
WRITTEN_FOR_THE_COMPONENT = """
create function written_for_the_component() returns trigger language plpgsql as $$
begin
    if not exists (
        select from strategy s where s.id = new.strategy_id and s.status in ('draft', 'returned')
           and (in_role(new.by_id, '{lead,ocio-hq-lead}', s.component_id, new.saved_at)
                or in_role(new.by_id, '{contributor}', s.component_id, new.saved_at) and exists (
                    select from assignment a
                     where a.strategy_id = s.id and a.clause = new.clause and a.person_id = new.by_id))) then
        raise exception 'a section is written in a draft, by its Component' using errcode = 'check_violation';
    end if;
    return null;
end $$
"""
OUT_BY_WHOM = """
create function out_by_whom() returns trigger language plpgsql as $$
declare
    leads boolean := in_role(new.by_id, '{directorate-lead}', null, new.recused_at);
begin
    if not exists (
        select from strategy s
         where s.id = new.strategy_id and s.current_version_id is not null
           and s.status not in ('approved', 'implemented')
           and (new.person_id = new.by_id
                and (leads or in_role(new.by_id, '{directorate-reviewer}', null, new.recused_at))
                or leads and not has_a_conflict(new.by_id, s.id, new.recused_at) and exists (
                    select from review r join version v on v.id = r.version_id
                     where v.strategy_id = s.id and r.reviewer_id = new.person_id))) then
        raise exception 'out of a review is who steps out, or whom the Directorate lead takes off'
            using errcode = 'check_violation';
    end if;
    return null;
end $$
"""
DECLINED_IN_REVIEW = """
create function declined_in_review() returns trigger language plpgsql as $$
begin
    if (old.version_id, old.reviewer_id, old.assigned_at, old.by_id)
       is distinct from (new.version_id, new.reviewer_id, new.assigned_at, new.by_id)
       or not exists (
        select from strategy where current_version_id = new.version_id and status = 'submitted'
           and not has_a_conflict(new.reviewer_id, id, new.declined_at)) then
        raise exception 'a review is declined while its version waits for it' using errcode = 'check_violation';
    end if;
    return null;
end $$
"""
SETTLED_BY_HAND = """
create function settled_by_hand() returns trigger language plpgsql as $$
begin
    raise exception 'a person settles e-mails that failed or are in doubt, no others' using errcode = 'check_violation';
end $$
"""
FUNCTIONS = {
    "has_a_conflict(bigint, bigint, timestamptz)": HAS_A_CONFLICT,
    "said_by_another()": SAID_BY_ANOTHER,
    "said_for_the_component()": SAID_FOR_THE_COMPONENT,
    "written_for_the_component()": WRITTEN_FOR_THE_COMPONENT,
    "out_by_whom()": OUT_BY_WHOM,
    "declined_in_review()": DECLINED_IN_REVIEW,
    "settled_by_hand()": SETTLED_BY_HAND,
}
# Table and what is done to it: the function that looks at it afterwards.
LOOKED_AT = {
    ("review", "insert"): "said_by_another",
    ("rubric_mark", "insert"): "said_by_another",
    ("comment", "insert"): "said_by_another",
    ("recommendation", "insert"): "said_by_another",
    ("decision", "insert"): "said_by_another",
    ("version", "insert"): "said_for_the_component",
    ("implementation_report", "insert"): "said_for_the_component",
    ("answer", "insert or update"): "written_for_the_component",
    ("answer_revision", "insert"): "written_for_the_component",
    ("recusal", "insert"): "out_by_whom",
    ("review", "update"): "declined_in_review",
}
# What a person does by hand is done in the role of pages; the sweep and the sender work as the system.
BY_HAND = "current_user = 'cxworkflow_app' and old.state <> new.state and old.state not in ('failed', 'in_doubt')"


def upgrade() -> None:
    for signature, definition in FUNCTIONS.items():
        op.execute(definition)
        op.execute(f"alter function {signature} security definer set search_path = public, pg_temp")
        op.execute(f"revoke execute on function {signature} from public")
    for (table, done), function in LOOKED_AT.items():
        op.execute(f"create trigger {function} after {done} on {table} for each row execute function {function}()")
    op.execute(
        f"create trigger settled_by_hand after update on notice for each row when ({BY_HAND}) "
        "execute function settled_by_hand()"
    )


def downgrade() -> None:
    op.execute("drop trigger settled_by_hand on notice")
    for (table, _), function in LOOKED_AT.items():
        op.execute(f"drop trigger {function} on {table}")
    for signature in reversed(FUNCTIONS):
        op.execute(f"drop function {signature}")
