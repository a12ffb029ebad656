"""The kinds of Components that a department has are found by an index, however many Components it has."""

from alembic import op

revision = "0054"
down_revision = "0053"


def upgrade() -> None:
    op.create_index("ix_component_department_kind", "component", ["department", "kind"])


def downgrade() -> None:
    op.drop_index("ix_component_department_kind", "component")
