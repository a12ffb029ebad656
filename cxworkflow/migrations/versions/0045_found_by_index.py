"""What is searched is found by its index: row-level security lets none be used for `@@`, so every row was read.

A function looks instead, for whoever asks: it gives the numbers of rows that their permissions reach and of no others,
and whoever asks then reads these rows through the policies.
"""

from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

SAID = """
    c.audience = 'component' and c.strategy_id in (select unnest(heard))
    or of_the_team and c.strategy_id not in (select unnest(kept_from))
"""
COMMENTS = """
    heard bigint[] := strategies_heard();
    of_the_team boolean := coalesce('not_their_own_paper' = any (reach('see_team')), false);
    kept_from bigint[] := strategies_kept_from_me();
"""
# Signature: what it declares, where it looks, what is within reach, and how many it gives.
FUNCTIONS = {
    "drafts_with(sought tsquery)": (
        "always boolean := coalesce('always' = any (reach('see_draft')), false); own bigint[] := own_strategies();",
        "select a.id from answer a join strategy s on s.id = a.strategy_id where a.words @@ sought",
        "s.status in ('draft', 'returned') and (always or s.id in (select unnest(own)))",
        "",
    ),
    "versions_with(sought tsquery, most integer)": (
        "sight bigint[] := strategies_in_sight();",
        "select v.id from strategy s join version v on v.id = s.current_version_id where v.words @@ sought",
        "s.id in (select unnest(sight))",
        "order by ts_rank(v.words, sought) desc, v.id limit most",
    ),
    "comments_with(sought tsquery)": (
        COMMENTS,
        "select c.id from comment c where c.words @@ sought",
        SAID,
        "",
    ),
    "replies_with(sought tsquery)": (
        COMMENTS,
        "select r.id from reply r join comment c on c.id = r.comment_id where r.words @@ sought",
        SAID,
        "",
    ),
}


def upgrade() -> None:
    for signature, (declared, found, reached, best) in FUNCTIONS.items():
        op.execute(
            f"""
            create function {signature} returns bigint[]
            language plpgsql stable security definer set search_path = public, pg_temp as $$
            declare {declared}
            begin
                return array({found} and ({reached}) {best});
            end $$
            """
        )
        op.execute(f"revoke execute on function {signature} from public")
        op.execute(f"grant execute on function {signature} to cxworkflow_app")


def downgrade() -> None:
    for signature in FUNCTIONS:
        op.execute(f"drop function {signature}")
