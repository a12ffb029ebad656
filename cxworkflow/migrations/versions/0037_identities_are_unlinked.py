"""As whom a provider knows somebody is forgotten by that person, or by the administrator, who sees it for that."""

from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

OWN = "person_id = (select nullif(current_setting('cxworkflow.person', true), '')::bigint)"
APPOINTS = "(select string_to_array(current_setting('cxworkflow.appoint', true), ',') && '{always}')"
SIGNING_IN = "(select current_setting('cxworkflow.signing_in', true) = 'yes')"


def upgrade() -> None:
    op.execute(f"alter policy seen on identity using ({SIGNING_IN} or {OWN} or {APPOINTS})")
    op.execute(f"create policy removed on identity for delete to cxworkflow_app using ({OWN} or {APPOINTS})")
    op.execute("grant delete on identity to cxworkflow_app")


def downgrade() -> None:
    op.execute("revoke delete on identity from cxworkflow_app")
    op.execute("drop policy removed on identity")
    op.execute(f"alter policy seen on identity using ({SIGNING_IN} or {OWN})")
