"""A back-up is taken in the role of the system, which therefore may see where each sequence stands."""

from alembic import op

from cxworkflow.migrations.roles import LATER_SEQUENCES

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("grant select on all sequences in schema public to cxworkflow_system")
    op.execute(LATER_SEQUENCES)


def downgrade() -> None:
    op.execute(LATER_SEQUENCES.replace(" grant ", " revoke ").replace(" to ", " from "))
    op.execute("revoke select on all sequences in schema public from cxworkflow_system")
