"""What lists begin with has an index: the record by what was done, commitments by day, Components by code."""

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None

OPEN = "state not in ('accepted', 'dropped')"


def upgrade() -> None:
    op.create_index("ix_event_verb_at_id", "event", ["verb", "at", "id"])
    op.create_index("ix_component_code", "component", ["code"])
    # Of those that are settled, too: a list shows them among the others.
    op.drop_index("ix_commitment_due_on", table_name="commitment")
    op.create_index("ix_commitment_due_on", "commitment", ["due_on"])


def downgrade() -> None:
    op.drop_index("ix_commitment_due_on", table_name="commitment")
    op.create_index("ix_commitment_due_on", "commitment", ["due_on"], postgresql_where=sa.text(OPEN))
    op.drop_index("ix_component_code", table_name="component")
    op.drop_index("ix_event_verb_at_id", table_name="event")
