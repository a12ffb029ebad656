"""A Component that is renamed, moved or merged keeps its past: former names, its place, what it continues."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("component", sa.Column("part_of", sa.Text(), nullable=True))
    for name in ("continues", "formerly"):
        column = sa.Column(name, postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False)
        op.add_column("component", column)


def downgrade() -> None:
    for name in ("formerly", "continues", "part_of"):
        op.drop_column("component", name)
