"""A private address for one's due dates, of which only the hash is kept."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

MINE = "person_id = (select nullif(current_setting('cxworkflow.person', true), '')::bigint)"
ASKED_BY_A_PROGRAM = "(select current_setting('cxworkflow.signing_in', true) = 'yes')"


def upgrade() -> None:
    op.create_table(
        "calendar_feed",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("token_sha256", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_calendar_feed_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_calendar_feed_token_sha256")),
    )
    op.execute("alter table calendar_feed enable row level security, force row level security")
    op.execute("create policy system on calendar_feed to cxworkflow_system using (true) with check (true)")
    op.execute(
        f"create policy seen on calendar_feed for select to cxworkflow_app using ({MINE} or {ASKED_BY_A_PROGRAM})"
    )
    op.execute(f"create policy added on calendar_feed for insert to cxworkflow_app with check ({MINE})")
    op.execute(
        f"create policy changed on calendar_feed for update to cxworkflow_app using ({MINE}) with check ({MINE})"
    )
    op.execute(f"create policy removed on calendar_feed for delete to cxworkflow_app using ({MINE})")
    op.execute("grant delete on calendar_feed to cxworkflow_app")


def downgrade() -> None:
    op.drop_table("calendar_feed")
