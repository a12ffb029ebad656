"""On which day each list was read last with a token, so that it is recorded once a day as taken out."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("api_token", sa.Column("taken_out", JSONB(), server_default="{}", nullable=False))
    op.execute("grant update (taken_out) on api_token to cxworkflow_app")


def downgrade() -> None:
    op.drop_column("api_token", "taken_out")
