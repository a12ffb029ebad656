"""A section is assigned until a day, and can be taken back."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

DRAFT = (
    "(select string_to_array(current_setting('cxworkflow.see_draft', true), ',') && '{always}') "
    "or strategy_id = any ((select own_strategies())::bigint[])"
)


def upgrade() -> None:
    op.add_column("assignment", sa.Column("due_on", sa.Date(), nullable=True))
    op.create_index("ix_assignment_due_on", "assignment", ["due_on"], postgresql_where=sa.text("due_on is not null"))
    op.execute(f"create policy changed on assignment for update to cxworkflow_app using ({DRAFT}) with check ({DRAFT})")
    op.execute(f"create policy removed on assignment for delete to cxworkflow_app using ({DRAFT})")
    op.execute("grant delete on assignment to cxworkflow_app")


def downgrade() -> None:
    op.execute("revoke delete on assignment from cxworkflow_app")
    op.execute("drop policy removed on assignment")
    op.execute("drop policy changed on assignment")
    op.drop_index("ix_assignment_due_on", "assignment")
    op.drop_column("assignment", "due_on")
