"""What is still to be sent stands in no index by person: to owe a reminder costs one entry less, at a random place."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

INDEX, COLUMNS = "ix_notice_person_id_read_at", ["person_id", "read_at"]


def upgrade() -> None:
    op.drop_index(INDEX, "notice")
    op.create_index(INDEX, "notice", COLUMNS, postgresql_where=sa.text("not open"))


def downgrade() -> None:
    op.drop_index(INDEX, "notice")
    op.create_index(INDEX, "notice", COLUMNS)
