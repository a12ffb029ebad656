"""Reviewers rate each section, and may decline a review."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rubric_mark",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("strategy_id", sa.BigInteger(), nullable=False),
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.Column("mark", sa.String(40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("mark = 'meets' or reason <> ''", name=op.f("ck_rubric_mark_less_says_why")),
        sa.CheckConstraint("mark in ('meets', 'partly', 'not')", name=op.f("ck_rubric_mark_mark_known")),
        sa.ForeignKeyConstraint(["strategy_id"], ["strategy.id"], name=op.f("fk_rubric_mark_strategy_id")),
        sa.ForeignKeyConstraint(["version_id"], ["version.id"], name=op.f("fk_rubric_mark_version_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_rubric_mark_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rubric_mark")),
        sa.UniqueConstraint("version_id", "by_id", "clause", name=op.f("uq_rubric_mark_version_id_by_id_clause")),
    )
    op.create_index("ix_rubric_mark_strategy_id", "rubric_mark", ["strategy_id"])
    op.create_index("ix_rubric_mark_by_id", "rubric_mark", ["by_id"])
    op.add_column("review", sa.Column("declined_at", sa.DateTime(timezone=True)))
    op.add_column("review", sa.Column("declined_because", sa.Text()))
    op.create_check_constraint(
        op.f("ck_review_declined_says_why"),
        "review",
        "(declined_at is not null) = (coalesce(declined_because, '') <> '')",
    )
    op.execute(
        """
        create function rated_in_review() returns trigger language plpgsql as $$
        begin
            if not exists (select from strategy where strategy.id = new.strategy_id
                              and strategy.current_version_id = new.version_id and strategy.status = 'submitted') then
                raise exception 'a version is rated while it is under review' using errcode = 'check_violation';
            end if;
            return new;
        end $$
        """
    )
    op.execute(
        "create trigger rated_in_review before insert or update on rubric_mark for each row "
        "execute function rated_in_review()"
    )
    op.execute("create trigger keep_each before delete on rubric_mark for each row execute function refuse_change()")
    op.execute(
        "create trigger keep_all before truncate on rubric_mark for each statement execute function refuse_change()"
    )
    op.execute(
        "create trigger keep_declined before update on review for each row when (old.declined_at is not null) "
        "execute function refuse_change()"
    )


def downgrade() -> None:
    op.execute("drop trigger keep_declined on review")
    op.drop_constraint(op.f("ck_review_declined_says_why"), "review")
    op.drop_column("review", "declined_because")
    op.drop_column("review", "declined_at")
    op.drop_table("rubric_mark")
    op.execute("drop function rated_in_review()")
