"""The order by which offices close is kept with the day.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Cite the order beside the reason; what was noted before cites none."""
    op.add_column("office_closure", sa.Column("authority", sa.Text(), nullable=False, server_default=""))
    op.alter_column("office_closure", "authority", server_default=None)


def downgrade() -> None:
    """Take it away again."""
    op.drop_column("office_closure", "authority")
