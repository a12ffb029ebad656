"""Lists of clocks are read in their order from an index, however many clocks there are."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_clock_listed", "clock", [sa.text("(stopped_on is not null)"), "due_on"])


def downgrade() -> None:
    op.drop_index("ix_clock_listed", "clock")
