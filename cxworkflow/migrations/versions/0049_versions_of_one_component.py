"""Versions are found of all Components or of one: else those of others could fill what a search looks through."""

from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

OF_ALL, OF_ONE = (
    "versions_with(sought tsquery, most integer)",
    "versions_with(sought tsquery, most integer, of_one bigint)",
)


def upgrade() -> None:
    op.execute(f"drop function {OF_ALL}")
    _create(OF_ONE, "(of_one is null or s.component_id = of_one) and")


def downgrade() -> None:
    op.execute(f"drop function {OF_ONE}")
    _create(OF_ALL, "")


def _create(signature: str, narrowed: str) -> None:
    op.execute(
        f"""
        create function {signature} returns bigint[]
        language plpgsql stable security definer set search_path = public, pg_temp as $$
        declare sight bigint[] := strategies_in_sight();
        begin
            return array(
                select v.id from strategy s join version v on v.id = s.current_version_id
                 where v.words @@ sought and {narrowed} s.id in (select unnest(sight))
                 order by ts_rank(v.words, sought) desc, v.id limit most);
        end $$
        """  # noqa: S608  # nothing of it comes from outside
    )
    op.execute(f"revoke execute on function {signature} from public")
    op.execute(f"grant execute on function {signature} to cxworkflow_app")
