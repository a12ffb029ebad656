"""The roles that the application works in: they own nothing and may do what the verbs need, nothing more."""

from alembic import op

from cxworkflow.migrations.roles import LATER_TABLES, MAKE_ROLES

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NEVER_CHANGED = (
    "account_review",
    "answer_revision",
    "attempt",
    "clock_change",
    "decision",
    "event",
    "implementation_report",
    "recommendation",
    "recusal",
    "version",
)
REMOVED = ("heartbeat", "sign_in")


def upgrade() -> None:
    for statement in MAKE_ROLES:
        op.execute(statement)
    op.execute("grant usage on schema public to cxworkflow_app")
    # Tables of later migrations, too. Where rows are removed, or never changed, the migration says so itself.
    op.execute(LATER_TABLES)
    op.execute("grant select, insert, update on all tables in schema public to cxworkflow_app")
    op.execute(f"revoke update on {', '.join(NEVER_CHANGED)} from cxworkflow_app")
    op.execute("revoke insert, update on alembic_version from cxworkflow_app")
    op.execute(f"grant delete on {', '.join(REMOVED)} to cxworkflow_app")


def downgrade() -> None:
    # The roles stay: other databases of the server may have them in use.
    op.execute("alter default privileges in schema public revoke all on tables from cxworkflow_app")
    op.execute("revoke all on all tables in schema public from cxworkflow_app")
    op.execute("revoke usage on schema public from cxworkflow_app")
