"""An approval carries its conditions, a return the changes that it asks for."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

CHECKS = (
    ("conditions_of_an_approval", "outcome = 'approved' or conditions = '[]'"),
    ("changes_of_a_return", "outcome = 'returned' or must_changes = '[]'"),
)


def upgrade() -> None:
    for column in ("conditions", "must_changes"):
        op.add_column("decision", sa.Column(column, JSONB(), nullable=False, server_default=sa.text("'[]'")))
    for name, condition in CHECKS:
        op.create_check_constraint(op.f(f"ck_decision_{name}"), "decision", condition)


def downgrade() -> None:
    for name, _ in CHECKS:
        op.drop_constraint(op.f(f"ck_decision_{name}"), "decision")
    for column in ("conditions", "must_changes"):
        op.drop_column("decision", column)
