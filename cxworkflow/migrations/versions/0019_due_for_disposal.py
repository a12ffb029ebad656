"""What is due for disposal is listed for whoever sees how the system runs, and for nobody else."""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

SIGNATURE = "(text, date, date)"


def upgrade() -> None:
    op.execute(f"alter function due_for_disposal{SIGNATURE} rename to past_its_time")
    op.execute(f"revoke all on function past_its_time{SIGNATURE} from cxworkflow_app")
    # It sees every row, so it asks itself what policies ask elsewhere.
    op.execute(
        """
        create function due_for_disposal(of_kind text, before date, today date)
        returns table (id bigint, about text, parts bigint, since date, held boolean)
        language sql stable security definer set search_path = public, pg_temp as $$
            select * from past_its_time(of_kind, before, today)
             where current_setting('role') <> 'cxworkflow_app' or 'always' = any (reach('see_operations'))
        $$
        """
    )
    op.execute(f"revoke all on function due_for_disposal{SIGNATURE} from public")
    op.execute(f"grant execute on function due_for_disposal{SIGNATURE} to cxworkflow_app")


def downgrade() -> None:
    op.execute(f"drop function due_for_disposal{SIGNATURE}")
    op.execute(f"alter function past_its_time{SIGNATURE} rename to due_for_disposal")
    op.execute(f"grant execute on function due_for_disposal{SIGNATURE} to cxworkflow_app")
