"""Row-level security: whatever a statement asks for, it gets what its transaction has declared that it may see.

`cxworkflow_system` sees and writes every row. In `cxworkflow_app` a row is there for whom the table of permissions
lets see it: `reach` gives the words that `cxworkflow.permissions.reach` made of it. A row that says who wrote it can
only say that it was the person in whose name the transaction works.
"""

from alembic import op

from cxworkflow.migrations.row_policies import POLICIES, REMOVED

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        create function reach(permission text) returns text[] language sql stable parallel safe as $$
            select string_to_array(current_setting('cxworkflow.' || permission, true), ',')
        $$
        """
    )
    op.execute(
        """
        create function components_of(permission text) returns bigint[] language sql stable parallel safe as $$
            select array(
                select word::bigint from unnest(reach(permission)) as word where word ~ '^[0-9]+$'
                union
                select id from component where files = 'ocio' and 'for_a_headquarters_office' = any (reach(permission)))
        $$
        """
    )
    for table, (seen, added, changed, becomes) in POLICIES.items():
        op.execute(f"alter table {table} enable row level security, force row level security")
        op.execute(f"create policy system on {table} to cxworkflow_system using (true) with check (true)")
        op.execute(f"create policy seen on {table} for select to cxworkflow_app using ({seen})")
        if added is not None:
            op.execute(f"create policy added on {table} for insert to cxworkflow_app with check ({added})")
        if changed is not None:
            op.execute(
                f"create policy changed on {table} for update to cxworkflow_app "
                f"using ({changed}) with check ({becomes})"
            )
    for table, removed in REMOVED.items():
        op.execute(f"create policy removed on {table} for delete to cxworkflow_app using ({removed})")
    # Whoever changes roles need not see the sign-ins that end with it.
    op.execute("alter function end_sign_ins() security definer set search_path = public")


def downgrade() -> None:
    op.execute("alter function end_sign_ins() security invoker reset search_path")
    for table in REMOVED:
        op.execute(f"drop policy removed on {table}")
    for table, (_, added, changed, _) in POLICIES.items():
        if changed is not None:
            op.execute(f"drop policy changed on {table}")
        if added is not None:
            op.execute(f"drop policy added on {table}")
        op.execute(f"drop policy seen on {table}")
        op.execute(f"drop policy system on {table}")
        op.execute(f"alter table {table} no force row level security, disable row level security")
    op.execute("drop function components_of(text)")
    op.execute("drop function reach(text)")
