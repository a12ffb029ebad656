"""Notices written for less: references checked by the statement, not by the row, and no index on what a claim changes.

A check of every reference of every row took as long as all else that owing a reminder takes. Nothing that a notice
refers to is ever removed, so one look for all rows of a statement is as good, and takes no locks.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# Table: what it refers to.
REFERENCES = {"notice": ("person", "component", "strategy", "clock"), "attempt": ("notice",)}
REFERRED_TO = ("person", "component", "strategy", "clock")  # and notice, which can't be removed anyway
# As PostgreSQL gives it back.
OPEN = "state::text = 'owed'::text or state::text = 'sending'::text or state::text = 'in_doubt'::text"


def upgrade() -> None:
    for table, others in REFERENCES.items():
        for other in others:
            op.drop_constraint(f"fk_{table}_{other}_id", table, type_="foreignkey")
        _refer(table, others)
    # Whoever is named by a row that nobody locks must be there for ever.
    op.execute(
        """
        create function refuse_removal() returns trigger language plpgsql as $$
        begin
            raise exception 'a row of % can''t be removed: others name it', tg_table_name
                using errcode = 'restrict_violation';
        end $$
        """
    )
    for other in REFERRED_TO:
        op.execute(f"create trigger keep_each before delete on {other} for each row execute function refuse_removal()")
        op.execute(
            f"create trigger keep_all before truncate on {other} for each statement execute function refuse_removal()"
        )
    op.create_check_constraint(
        "reminder_says_of_which_rung", "notice", "(kind = 'deadline') = (num_nulls(clock_id, due_on, rung) = 0)"
    )
    # The range of an index by which reminders are found is also what makes each of them one of a kind.
    op.drop_index("ix_notice_clock_id_due_on_rung", "notice")
    op.create_index("uq_notice_reminder", "notice", ["clock_id", "due_on", "rung", "person_id"], unique=True)
    op.drop_constraint("uq_notice_key", "notice", type_="unique")
    op.alter_column("notice", "key", nullable=True)
    _unguarded("update notice set key = null where kind = 'deadline'")
    op.create_check_constraint("any_other_has_a_key", "notice", "(kind = 'deadline') = (key is null)")
    op.create_index("uq_notice_key", "notice", ["key"], unique=True, postgresql_where=sa.text("key is not null"))
    op.drop_index("ix_notice_component_id", "notice")
    # A claim changes the state, but not whether there is something left to do.
    op.drop_index("ix_notice_waiting", "notice")
    op.drop_index("ix_notice_leased", "notice")
    op.add_column("notice", sa.Column("open", sa.Boolean(), sa.Computed(OPEN, persisted=True), nullable=False))
    op.create_index("ix_notice_open", "notice", ["next_try_at", "id"], postgresql_where=sa.text("open"))
    op.execute("alter table notice set (fillfactor = 50)")


def _unguarded(statement: str) -> None:
    """Change notices that are sent, too."""
    op.execute("alter table notice disable trigger keep_sent")
    op.execute(statement)
    op.execute("alter table notice enable trigger keep_sent")


def _refer(table: str, others: tuple[str, ...]) -> None:
    """Let rows of a table refer only to what is there; what they refer to never changes."""
    missing = " or ".join(
        f"added.{other}_id is not null and (select true from {other} where {other}.id = added.{other}_id) is null"  # noqa: S608  # the names stand above
        for other in others
    )
    op.execute(
        f"""
        create function {table}_refers() returns trigger language plpgsql as $$
        begin
            if exists (select from added where {missing}) then
                raise exception 'a row of {table} refers to what is not there' using errcode = 'foreign_key_violation';
            end if;
            return null;
        end $$
        """
    )
    op.execute(
        f"create trigger refers after insert on {table} referencing new table as added "
        f"for each statement execute function {table}_refers()"
    )
    columns = ", ".join(f"{other}_id" for other in others)
    op.execute(
        f"create trigger keeps_referring before update of {columns} on {table} for each row "
        f"when (({', '.join(f'old.{other}_id' for other in others)}) is distinct from "
        f"({', '.join(f'new.{other}_id' for other in others)})) execute function refuse_change()"
    )


def downgrade() -> None:
    op.execute("alter table notice reset (fillfactor)")
    op.drop_index("ix_notice_open", "notice")
    op.drop_column("notice", "open")
    op.create_index("ix_notice_leased", "notice", ["lease_until"], postgresql_where=sa.text("state = 'sending'"))
    op.create_index(
        "ix_notice_waiting", "notice", ["next_try_at"], postgresql_where=sa.text("state in ('owed', 'in_doubt')")
    )
    op.create_index("ix_notice_component_id", "notice", ["component_id"])
    op.drop_index("uq_notice_key", "notice")
    op.drop_constraint("any_other_has_a_key", "notice", type_="check")
    _unguarded(
        "update notice set key = concat_ws('/', 'deadline', clock_id, due_on, rung, person_id) where kind = 'deadline'"
    )
    op.alter_column("notice", "key", nullable=False)
    op.create_unique_constraint("uq_notice_key", "notice", ["key"])
    op.drop_index("uq_notice_reminder", "notice")
    op.drop_constraint("reminder_says_of_which_rung", "notice", type_="check")
    op.create_index("ix_notice_clock_id_due_on_rung", "notice", ["clock_id", "due_on", "rung"])
    for other in REFERRED_TO:
        op.execute(f"drop trigger keep_all on {other}")
        op.execute(f"drop trigger keep_each on {other}")
    op.execute("drop function refuse_removal()")
    for table, others in REFERENCES.items():
        op.execute(f"drop trigger keeps_referring on {table}")
        op.execute(f"drop trigger refers on {table}")
        op.execute(f"drop function {table}_refers()")
        for other in others:
            op.create_foreign_key(f"fk_{table}_{other}_id", table, other, [f"{other}_id"], ["id"])
