"""What the Directorate recommends is for who decides; the Component reads it once that version is decided."""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

BY_ME = "by_id = (select nullif(current_setting('cxworkflow.person', true), '')::bigint)"


def upgrade() -> None:
    op.execute(
        """
        create function versions_advised() returns bigint[]
        language plpgsql stable security definer set search_path = public, pg_temp as $$
        begin
            return array(
                select v.id from version v join strategy s on s.id = v.strategy_id
                 where s.id = any (strategies_of_the_team())
                    or s.component_id = any (components_of('see_draft'))
                       and exists (select from decision d where d.version_id = v.id));
        end $$
        """
    )
    op.execute("revoke execute on function versions_advised() from public")
    op.execute("grant execute on function versions_advised() to cxworkflow_app")
    _ask("versions_advised()")
    op.execute("drop function versions_heard()")


def downgrade() -> None:
    op.execute(
        """
        create function versions_heard() returns bigint[]
        language plpgsql stable security definer set search_path = public, pg_temp as $$
        begin
            return array(select id from version where strategy_id = any (strategies_heard()));
        end $$
        """
    )
    op.execute("revoke execute on function versions_heard() from public")
    op.execute("grant execute on function versions_heard() to cxworkflow_app")
    _ask("versions_heard()")
    op.execute("drop function versions_advised()")


def _ask(function: str) -> None:
    of_it = f"version_id = any ((select {function})::bigint[])"
    op.execute(f"alter policy seen on recommendation using ({of_it} or {BY_ME})")
    op.execute(f"alter policy added on recommendation with check ({of_it} and {BY_ME})")
