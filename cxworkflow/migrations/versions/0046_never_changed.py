"""What is append-only can't be changed by the application's role either, whatever becomes of the trigger."""

from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

NEVER_CHANGED = (
    "acknowledgement",
    "concurrence",
    "coordination_asked",
    "duty_draft",
    "duty_signature",
    "guidance_audience",
    "kept_file",
)


def upgrade() -> None:
    op.execute(f"revoke update on {', '.join(NEVER_CHANGED)} from cxworkflow_app")


def downgrade() -> None:
    op.execute(f"grant update on {', '.join(NEVER_CHANGED)} to cxworkflow_app")
