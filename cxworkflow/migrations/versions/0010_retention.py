"""Legal holds, and the one way in which something is disposed of: proposed, not held, confirmed by a second person."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# Both see every row, whoever asks: they run as the owner of the tables.
AS_OWNER = "security definer set search_path = public, pg_temp"
IS_HELD = f"""
create function is_held(of_edition bigint, of_component bigint, of_person bigint, today date)
returns boolean language sql stable {AS_OWNER} as $$
    select exists (
        select from legal_hold h
         where h.lifted_at is null and h.from_on <= today and (h.until_on is null or h.until_on > today)
           and (h.person_id = of_person
                or h.edition_id = of_edition and (h.component_id is null or h.component_id = of_component)
                -- Whoever did something under a policy that is held is held with it.
                or of_person is not null and exists (
                    select from event e join strategy s on s.id = e.strategy_id
                     where e.by_id = of_person and s.edition_id = h.edition_id
                       and (h.component_id is null or s.component_id = h.component_id))))
$$
"""  # noqa: S608  # nothing in it comes from outside
EASTERN = "at time zone 'America/New_York'"
DUE = f"""
create function due_for_disposal(of_kind text, before date, today date)
returns table (id bigint, about text, parts bigint, since date, held boolean) language sql stable {AS_OWNER} as $$
    select s.id, c.code || ', ' || p.title,
           (select count(*) from answer_revision r where r.strategy_id = s.id),
           (d.decided_at {EASTERN})::date,
           is_held(s.edition_id, s.component_id, null, today) or exists (
               select from answer_revision r
                where r.strategy_id = s.id and is_held(null, null, r.by_id, today))
      from strategy s
      join decision d on d.strategy_id = s.id and d.outcome = 'approved'
      join component c on c.id = s.component_id
      join policy_edition p on p.id = s.edition_id
     where of_kind = 'drafts' and (d.decided_at {EASTERN})::date < before
       and exists (select from answer_revision r where r.strategy_id = s.id)
    union all
    select n.id, n.kind || coalesce(', ' || c.code, ''), 1, (coalesce(n.sent_at, n.owed_at) {EASTERN})::date,
           is_held(coalesce(s.edition_id, k.edition_id), n.component_id, n.person_id, today)
      from notice n
      left join strategy s on s.id = n.strategy_id
      left join clock k on k.id = n.clock_id
      left join component c on c.id = n.component_id
     where of_kind = 'e-mails' and n.state in ('sent', 'superseded', 'failed') and not n.facts ? 'disposed_on'
       and (coalesce(n.sent_at, n.owed_at) {EASTERN})::date < before
    union all
    select p.id, p.name, 1, coalesce((select max(a.until_on) from appointment a where a.person_id = p.id),
                                     (p.deactivated_at {EASTERN})::date),
           is_held(null, null, p.id, today)
      from person p
     where of_kind = 'people' and p.email not like 'removed-%@invalid'
       and (p.deactivated_at {EASTERN})::date < before
       and not exists (select from appointment a
                        where a.person_id = p.id and (a.until_on is null or a.until_on >= before))
    union all
    select r.id, r.quarter, 1, (r.confirmed_at {EASTERN})::date,
           exists (select from legal_hold h
                    where h.person_id is not null and h.lifted_at is null
                      and h.from_on <= today and (h.until_on is null or h.until_on > today))
      from account_review r
     where of_kind = 'account-reviews' and r.statement <> '[]' and (r.confirmed_at {EASTERN})::date < before
     order by 4, 1
$$
"""  # noqa: S608  # nothing in it comes from outside
CARRY_OUT = f"""
create function carry_out_disposal(wanted bigint, confirmer bigint, at timestamptz)
returns void language plpgsql {AS_OWNER} as $$
declare
    found_one disposal;
    ids bigint[];
    today date := (at {EASTERN})::date;
begin
    select * into found_one from disposal where id = wanted for update;
    if not found or found_one.done_at is not null or found_one.withdrawn_at is not null then
        raise exception 'there is no such proposal' using errcode = 'restrict_violation';
    end if;
    if found_one.before_on > today - interval '1 year' then
        raise exception 'nothing is disposed of within a year' using errcode = 'restrict_violation';
    end if;
    select array_agg((item ->> 'id')::bigint) into ids from jsonb_array_elements(found_one.items) as item;
    if exists (select unnest(ids) except
               select id from due_for_disposal(found_one.kind, found_one.before_on, today) where not held) then
        raise exception 'some of it is held, or not due' using errcode = 'restrict_violation';
    end if;
    case found_one.kind
    when 'drafts' then
        alter table answer_revision disable trigger append_only;
        delete from answer_revision where strategy_id = any (ids);
        alter table answer_revision enable trigger append_only;
    when 'e-mails' then
        alter table notice disable trigger keep_sent;
        update notice set to_address = '', facts = jsonb_strip_nulls(jsonb_build_object(
            'disposed_on', today, 'held_role', facts -> 'held_role', 'version', facts -> 'version',
            'component', facts -> 'component')) where id = any (ids);
        alter table notice enable trigger keep_sent;
        alter table attempt disable trigger append_only;
        update attempt set answer = '' where notice_id = any (ids);
        alter table attempt enable trigger append_only;
    when 'people' then
        delete from identity where person_id = any (ids);
        delete from sign_in_link where person_id = any (ids);
        update person set email = 'removed-' || id || '@invalid' where id = any (ids);
    when 'account-reviews' then
        alter table account_review disable trigger append_only;
        update account_review set statement = '[]' where id = any (ids);
        alter table account_review enable trigger append_only;
    end case;
    update disposal set done_at = at, confirmed_by_id = confirmer where id = wanted;
end $$
"""  # noqa: S608  # nothing in it comes from outside
FUNCTIONS = (
    "is_held(bigint, bigint, bigint, date)",
    "due_for_disposal(text, date, date)",
    "carry_out_disposal(bigint, bigint, timestamptz)",
)


def upgrade() -> None:
    op.create_table(
        "legal_hold",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("edition_id", sa.BigInteger(), nullable=True),
        sa.Column("component_id", sa.BigInteger(), nullable=True),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("citation", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by_id", sa.BigInteger(), nullable=True),
        sa.Column("lifted_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(person_id is null) = (edition_id is not null)", name=op.f("ck_legal_hold_of_a_policy_or_a_person")
        ),
        sa.CheckConstraint(
            "component_id is null or edition_id is not null", name=op.f("ck_legal_hold_component_under_a_policy")
        ),
        sa.CheckConstraint("reason <> '' and citation <> ''", name=op.f("ck_legal_hold_says_why")),
        sa.CheckConstraint("until_on is null or until_on > from_on", name=op.f("ck_legal_hold_dates_in_order")),
        sa.CheckConstraint(
            "(lifted_at is null) = (lifted_by_id is null)", name=op.f("ck_legal_hold_lifted_by_somebody")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_legal_hold_by_id")),
        sa.ForeignKeyConstraint(["component_id"], ["component.id"], name=op.f("fk_legal_hold_component_id")),
        sa.ForeignKeyConstraint(["edition_id"], ["policy_edition.id"], name=op.f("fk_legal_hold_edition_id")),
        sa.ForeignKeyConstraint(["lifted_by_id"], ["person.id"], name=op.f("fk_legal_hold_lifted_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_legal_hold_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_hold")),
    )
    op.create_index(op.f("ix_legal_hold_by_id"), "legal_hold", ["by_id"])
    op.create_table(
        "disposal",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("before_on", sa.Date(), nullable=False),
        sa.Column("items", JSONB(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by_id", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("confirmed_by_id <> by_id", name=op.f("ck_disposal_two_people")),
        sa.CheckConstraint("(done_at is null) = (confirmed_by_id is null)", name=op.f("ck_disposal_done_is_confirmed")),
        sa.CheckConstraint("done_at is null or withdrawn_at is null", name=op.f("ck_disposal_done_or_withdrawn")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_disposal_by_id")),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["person.id"], name=op.f("fk_disposal_confirmed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disposal")),
    )
    op.create_index(op.f("ix_disposal_by_id"), "disposal", ["by_id"])
    op.create_index(
        "uq_disposal_one_open",
        "disposal",
        ["kind"],
        unique=True,
        postgresql_where=sa.text("done_at is null and withdrawn_at is null"),
    )
    op.execute(
        """
        create function ends_once() returns trigger language plpgsql as $$
        declare ends text[] := tg_argv::text[];
        begin
            if to_jsonb(new) - ends <> to_jsonb(old) - ends or to_jsonb(old) ->> ends[0] is not null
               or to_jsonb(old) ->> ends[1] is not null then
                raise exception '% ends once, and is not changed otherwise', tg_table_name
                    using errcode = 'restrict_violation';
            end if;
            return new;
        end $$
        """
    )
    for table, ends in (
        ("legal_hold", ("lifted_at", "lifted_by_id", "lifted_reason")),
        ("disposal", ("done_at", "withdrawn_at", "confirmed_by_id")),
    ):
        arguments = ", ".join(f"'{each}'" for each in ends)
        op.execute(
            f"create trigger ends_once before update on {table} for each row execute function ends_once({arguments})"
        )
        op.execute(f"create trigger keep_each before delete on {table} for each row execute function refuse_change()")
        op.execute(
            f"create trigger keep_all before truncate on {table} for each statement execute function refuse_change()"
        )
        op.execute(f"revoke update on {table} from cxworkflow_app")
    op.execute("grant update (lifted_at, lifted_by_id, lifted_reason) on legal_hold to cxworkflow_app")
    op.execute("grant update (withdrawn_at) on disposal to cxworkflow_app")
    # What has expired by itself is removed by a job.
    op.execute("grant delete on sign_in_link to cxworkflow_app")
    for function in (IS_HELD, DUE, CARRY_OUT):
        op.execute(function)
    for signature in FUNCTIONS:
        op.execute(f"revoke all on function {signature} from public")
        op.execute(f"grant execute on function {signature} to cxworkflow_app")


def downgrade() -> None:
    for signature in reversed(FUNCTIONS):
        op.execute(f"drop function {signature}")
    op.execute("revoke delete on sign_in_link from cxworkflow_app")
    op.drop_table("disposal")
    op.drop_table("legal_hold")
    op.execute("drop function ends_once()")
