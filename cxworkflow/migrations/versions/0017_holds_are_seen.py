"""A legal hold is seen by whoever it binds: the staff of the Component, and everybody where a whole policy is held."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

OVERSEEN = "(select 'always' = any (reach('see_operations')))"
SIGNED_IN = "(select nullif(current_setting('cxworkflow.person', true), '') is not null)"
OWN = "component_id = any ((select components_of('see_draft'))::bigint[])"


def upgrade() -> None:
    op.execute(
        f"alter policy seen on legal_hold using ({OVERSEEN} or person_id is null "
        f"and ({OWN} or component_id is null and {SIGNED_IN}))"
    )


def downgrade() -> None:
    op.execute(f"alter policy seen on legal_hold using ({OVERSEEN})")
