"""What is in doubt is found by an index of its own: to look for it took the longer the more was owed.

`open` and the reason stand still while a notice is claimed, so a claim still costs no index entry.
"""

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_notice_in_doubt",
        "notice",
        ["next_try_at", "id"],
        postgresql_where=sa.text("open and closed_reason is not null"),
    )


def downgrade() -> None:
    op.drop_index("ix_notice_in_doubt", table_name="notice")
