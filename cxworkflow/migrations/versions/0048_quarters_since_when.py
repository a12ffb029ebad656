"""A quarter's red, yellow or green has the day from which on it stands so."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

NAME = "ck_quarter_report_status_since_a_day"


def upgrade() -> None:
    op.add_column("quarter_report", sa.Column("status_on", sa.Date(), nullable=True))
    # What was not noted then: the last step that a quarter took tells the day nearest to it.
    op.execute(
        """
        update quarter_report
           set status_on = case when status = 'red' then not_reported_on
               else (greatest(submitted_at, cleared_at, sent_at) at time zone 'America/New_York')::date end
         where status <> ''
        """
    )
    op.create_check_constraint(op.f(NAME), "quarter_report", "(status = '') = (status_on is null)")


def downgrade() -> None:
    op.drop_constraint(op.f(NAME), "quarter_report", type_="check")
    op.drop_column("quarter_report", "status_on")
