"""What the database itself refuses: changing the record, submitted versions or sent notices; unknown steps."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APPEND_ONLY = (
    "account_review",
    "answer_revision",
    "attempt",
    "clock_change",
    "decision",
    "event",
    "implementation_report",
    "recommendation",
    "recusal",
    "version",
)
STEPS = (
    ("draft", "submitted"),
    ("returned", "submitted"),
    ("submitted", "draft"),
    ("recommended", "draft"),
    ("submitted", "returned"),
    ("recommended", "returned"),
    ("submitted", "recommended"),
    ("submitted", "approved"),
    ("recommended", "approved"),
    ("approved", "implemented"),
)

# Strategies point to versions and versions to strategies, so these two came after both tables.
POINTERS = ("current_version_id", "approved_version_id")


def upgrade() -> None:
    for column in POINTERS:
        op.create_foreign_key(
            f"fk_strategy_{column}", "strategy", "version", [column], ["id"], deferrable=True, initially="DEFERRED"
        )
    op.execute(
        """
        create function refuse_change() returns trigger language plpgsql as $$
        begin
            raise exception '% is append-only: a row can be neither changed nor removed', tg_table_name
                using errcode = 'restrict_violation';
        end $$
        """
    )
    for table in APPEND_ONLY:
        op.execute(
            f"create trigger append_only before update or delete on {table} "
            "for each row execute function refuse_change()"
        )
        op.execute(
            f"create trigger keep_all before truncate on {table} for each statement execute function refuse_change()"
        )
    op.execute(
        "create trigger keep_sent before update on notice for each row "
        "when (old.state = 'sent') execute function refuse_change()"
    )
    op.execute("create trigger keep_each before delete on notice for each row execute function refuse_change()")
    op.execute("create trigger keep_all before truncate on notice for each statement execute function refuse_change()")
    steps = ", ".join(f"('{before}', '{after}')" for before, after in STEPS)
    op.execute(
        f"""
        create function refuse_unknown_step() returns trigger language plpgsql as $$
        begin
            if (old.status, new.status) not in ({steps}) then
                raise exception 'a strategy can''t go from % to %', old.status, new.status
                    using errcode = 'check_violation';
            end if;
            return new;
        end $$
        """
    )
    op.execute(
        "create trigger known_steps before update of status on strategy for each row "
        "when (old.status is distinct from new.status) execute function refuse_unknown_step()"
    )
    op.execute(
        """
        create function refuse_late_start() returns trigger language plpgsql as $$
        begin
            raise exception 'a strategy begins as a draft, not as %', new.status using errcode = 'check_violation';
        end $$
        """
    )
    op.execute(
        "create trigger begins_as_draft before insert on strategy for each row "
        "when (new.status <> 'draft') execute function refuse_late_start()"
    )
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
    # Whoever changes roles, and by whatever way: the sign-ins of that person end with it.
    op.execute(
        """
        create function end_sign_ins() returns trigger language plpgsql as $$
        begin
            if tg_table_name = 'person' then
                delete from sign_in where person_id = new.id;
            else
                delete from sign_in where person_id in (coalesce(old.person_id, new.person_id), new.person_id);
            end if;
            return null;
        end $$
        """
    )
    op.execute(
        "create trigger end_sign_ins after insert or update or delete on appointment "
        "for each row execute function end_sign_ins()"
    )
    op.execute(
        "create trigger end_sign_ins after update of email, deactivated_at on person for each row "
        "when (old.email <> new.email or new.deactivated_at is not null) execute function end_sign_ins()"
    )


def downgrade() -> None:
    op.execute("drop trigger end_sign_ins on person")
    op.execute("drop trigger end_sign_ins on appointment")
    op.execute("drop function end_sign_ins()")
    op.execute("drop trigger approved_is_decided on strategy")
    op.execute("drop function approved_is_decided()")
    op.execute("drop trigger begins_as_draft on strategy")
    op.execute("drop function refuse_late_start()")
    op.execute("drop trigger known_steps on strategy")
    op.execute("drop function refuse_unknown_step()")
    op.execute("drop trigger keep_all on notice")
    op.execute("drop trigger keep_each on notice")
    op.execute("drop trigger keep_sent on notice")
    for table in reversed(APPEND_ONLY):
        op.execute(f"drop trigger keep_all on {table}")
        op.execute(f"drop trigger append_only on {table}")
    op.execute("drop function refuse_change()")
    for column in POINTERS:
        op.drop_constraint(f"fk_strategy_{column}", "strategy", type_="foreignkey")
