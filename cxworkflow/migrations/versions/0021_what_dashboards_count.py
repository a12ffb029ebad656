"""Since when a paper waits stands on its strategy; indexes for what dashboards count and for a paper's decisions."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("strategy", sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "update strategy set submitted_at = version.submitted_at from version "
        "where version.id = strategy.current_version_id"
    )
    op.execute(
        "set constraints all immediate"
    )  # what waits for the end of the transaction keeps the table from changing
    op.execute("set constraints all deferred")
    op.create_check_constraint(
        op.f("ck_strategy_submitted_at_a_time"), "strategy", "(submitted_at is null) = (current_version_id is null)"
    )
    op.create_index(
        "ix_strategy_waiting",
        "strategy",
        ["edition_id", "submitted_at"],
        postgresql_where=sa.text("status in ('submitted', 'recommended')"),
    )
    op.create_index(op.f("ix_decision_strategy_id"), "decision", ["strategy_id"])
    op.create_index(
        "ix_clock_kept", "clock", ["edition_id", "kind", "component_id"], postgresql_where=sa.text("not lifted")
    )
    op.create_index(
        "ix_clock_done_late",
        "clock",
        ["edition_id", "kind"],
        postgresql_where=sa.text("stopped_on > due_on and not lifted"),
    )
    op.create_index(
        "ix_clock_paused", "clock", ["edition_id", "kind"], postgresql_where=sa.text("paused_on is not null")
    )
    op.add_column(
        "event",
        sa.Column(
            "whom_id",
            sa.BigInteger(),
            sa.Computed("(details ->> 'whom'::text)::bigint", persisted=True),
            nullable=True,
        ),
    )
    # The latest lines of a Component, without sorting all that it ever had.
    op.create_index("ix_event_component_id_at_id", "event", ["component_id", "at", "id"])
    op.drop_index("ix_event_component_id", table_name="event")


def downgrade() -> None:
    op.drop_column("event", "whom_id")
    op.create_index("ix_event_component_id", "event", ["component_id"])
    op.drop_index("ix_event_component_id_at_id", table_name="event")
    op.drop_index("ix_clock_paused", table_name="clock")
    op.drop_index("ix_clock_done_late", table_name="clock")
    op.drop_index("ix_clock_kept", table_name="clock")
    op.drop_index(op.f("ix_decision_strategy_id"), table_name="decision")
    op.drop_index("ix_strategy_waiting", table_name="strategy")
    op.drop_constraint(op.f("ck_strategy_submitted_at_a_time"), "strategy", type_="check")
    op.drop_column("strategy", "submitted_at")
