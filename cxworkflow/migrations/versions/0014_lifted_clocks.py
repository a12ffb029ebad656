"""A clock can be lifted: what it counts to is no longer asked for.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

KINDS = ("started", "stopped", "restarted", "extended", "paused", "resumed", "recomputed")


def upgrade() -> None:
    """No clock has been lifted so far."""
    op.add_column("clock", sa.Column("lifted", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_check_constraint("lifted_is_stopped", "clock", "stopped_on is not null or not lifted")
    _know((*KINDS, "lifted"))


def downgrade() -> None:
    """Lifted clocks count as stopped."""
    op.execute("alter table clock_change disable trigger user")
    op.execute("update clock_change set kind = 'stopped' where kind = 'lifted'")
    op.execute("alter table clock_change enable trigger user")
    _know(KINDS)
    op.drop_constraint(op.f("ck_clock_lifted_is_stopped"), "clock", type_="check")
    op.drop_column("clock", "lifted")


def _know(kinds: tuple[str, ...]) -> None:
    """The kinds of change that there can be."""
    name = op.f("ck_clock_change_kind_known")
    op.drop_constraint(name, "clock_change", type_="check")
    op.create_check_constraint(name, "clock_change", sa.column("kind").in_(kinds))
