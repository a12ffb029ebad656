"""Rows keep a name; comments have a kind, readers, answers and an end, and their words never change."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

WITH_ROWS = ("answer", "answer_revision", "version")
APPEND_ONLY = ("answer_revision", "version")
KINDS, AUDIENCES = ("must-change", "suggestion", "comment"), ("component", "team")

# For each list of objects in a section's content, the names 0.1, 0.2 and so on.
NAMED = """
    (select coalesce(jsonb_object_agg(key, (
               select jsonb_agg('0.' || place order by place)
                 from generate_series(1, jsonb_array_length(value)) as place)), '{{}}')
       from jsonb_each({content})
      where jsonb_typeof(value) = 'array' and jsonb_typeof(value -> 0) = 'object')
"""
OF_A_VERSION = f"""
    (select coalesce(jsonb_object_agg(section.key, {NAMED.format(content="section.value")}), '{{}}')
       from jsonb_each(content) as section)
"""  # noqa: S608  # put together from the lines above


def upgrade() -> None:
    for table in WITH_ROWS:
        op.add_column(table, sa.Column("row_names", JSONB(), nullable=False, server_default=sa.text("'{}'")))
    for table in APPEND_ONLY:
        op.execute(f"alter table {table} disable trigger append_only")
    for table in WITH_ROWS:
        names = OF_A_VERSION if table == "version" else NAMED.format(content="content")
        op.execute(f"update {table} set row_names = {names}")  # noqa: S608  # the same
    for table in APPEND_ONLY:
        op.execute(f"alter table {table} enable trigger append_only")
    _comments()
    _replies()
    _guards()


def _comments() -> None:
    op.add_column("comment", sa.Column("strategy_id", sa.BigInteger()))
    op.add_column("comment", sa.Column("field", sa.Text()))
    op.add_column("comment", sa.Column("row_name", sa.Text()))
    op.add_column("comment", sa.Column("kind", sa.String(40), server_default="comment", nullable=False))
    op.add_column("comment", sa.Column("audience", sa.String(40), server_default="component", nullable=False))
    op.add_column("comment", sa.Column("settled_at", sa.DateTime(timezone=True)))
    op.add_column("comment", sa.Column("settled_by_id", sa.BigInteger()))
    op.add_column("comment", sa.Column("settled_in_id", sa.BigInteger()))
    op.add_column("comment", sa.Column("told_at", sa.DateTime(timezone=True)))
    # Nobody is told by e-mail of what has stood there for long.
    op.execute(
        "update comment set told_at = made_at, "
        "strategy_id = (select strategy_id from version where version.id = comment.version_id)"
    )
    op.alter_column("comment", "strategy_id", nullable=False)
    for column in ("kind", "audience"):
        op.alter_column("comment", column, server_default=None)
    for column, table in (("strategy_id", "strategy"), ("settled_by_id", "person"), ("settled_in_id", "version")):
        op.create_foreign_key(f"fk_comment_{column}", "comment", table, [column], ["id"])
    for name, condition in (
        ("row_of_a_field", "(field is null) = (row_name is null)"),
        ("asked_in_the_open", "audience = 'component' or kind = 'comment'"),
        ("settled_by_whom", "num_nonnulls(settled_at, settled_by_id, settled_in_id) in (0, 3)"),
        ("kind_known", f"kind in {KINDS}"),
        ("audience_known", f"audience in {AUDIENCES}"),
    ):
        op.create_check_constraint(op.f(f"ck_comment_{name}"), "comment", condition)
    op.create_index("ix_comment_strategy_id", "comment", ["strategy_id"])
    op.create_index("ix_comment_settled_by_id", "comment", ["settled_by_id"])
    op.create_index(
        "ix_comment_open_must_change",
        "comment",
        ["strategy_id"],
        postgresql_where=sa.text("kind = 'must-change' and settled_at is null"),
    )
    op.create_index(
        "ix_comment_untold",
        "comment",
        ["strategy_id"],
        postgresql_where=sa.text("told_at is null and audience = 'component'"),
    )


def _replies() -> None:
    op.create_table(
        "reply",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("strategy_id", sa.BigInteger(), nullable=False),
        sa.Column("comment_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["strategy_id"], ["strategy.id"], name=op.f("fk_reply_strategy_id")),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_reply_comment_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_reply_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply")),
    )
    for column in ("strategy_id", "comment_id", "by_id"):
        op.create_index(f"ix_reply_{column}", "reply", [column])
    op.create_index("ix_reply_untold", "reply", ["strategy_id"], postgresql_where=sa.text("told_at is null"))


def _guards() -> None:
    """Words stay as they were said, and a comment is made on the version that is under review."""
    fixed = ["strategy_id", "version_id", "clause", "field", "row_name", "audience", "text", "made_at", "by_id"]
    changed = " or ".join(f"old.{column} is distinct from new.{column}" for column in fixed)
    op.execute(
        f"create trigger keep_words before update on comment for each row when ({changed}) "
        "execute function refuse_change()"
    )
    fixed = ["strategy_id", "comment_id", "text", "made_at", "by_id"]
    changed = " or ".join(f"old.{column} is distinct from new.{column}" for column in fixed)
    op.execute(
        f"create trigger keep_words before update on reply for each row when ({changed}) "
        "execute function refuse_change()"
    )
    for table in ("comment", "reply"):
        op.execute(f"create trigger keep_each before delete on {table} for each row execute function refuse_change()")
        op.execute(
            f"create trigger keep_all before truncate on {table} for each statement execute function refuse_change()"
        )
    op.execute(
        """
        create function said_in_review() returns trigger language plpgsql as $$
        begin
            if not exists (select from strategy where strategy.id = new.strategy_id
                              and strategy.current_version_id = new.version_id
                              and strategy.status in ('submitted', 'recommended')) then
                raise exception '% is about a version that is not under review', tg_table_name
                    using errcode = 'check_violation';
            end if;
            return new;
        end $$
        """
    )
    op.execute("create trigger said_in_review before insert on comment for each row execute function said_in_review()")


def downgrade() -> None:
    op.execute("drop trigger said_in_review on comment")
    op.execute("drop function said_in_review()")
    for table in ("comment", "reply"):
        for trigger in ("keep_words", "keep_each", "keep_all"):
            op.execute(f"drop trigger {trigger} on {table}")
    op.drop_table("reply")
    for name in (
        "ix_comment_untold",
        "ix_comment_open_must_change",
        "ix_comment_settled_by_id",
        "ix_comment_strategy_id",
    ):
        op.drop_index(name, "comment")
    for name in ("row_of_a_field", "asked_in_the_open", "settled_by_whom", "kind_known", "audience_known"):
        op.drop_constraint(op.f(f"ck_comment_{name}"), "comment")
    for column in (
        "told_at",
        "settled_in_id",
        "settled_by_id",
        "settled_at",
        "audience",
        "kind",
        "row_name",
        "field",
        "strategy_id",
    ):
        op.drop_column("comment", column)
    for table in WITH_ROWS:
        op.drop_column(table, "row_names")
