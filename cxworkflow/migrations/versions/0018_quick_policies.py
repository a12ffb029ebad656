"""Policies that name no other table: the same rows for the same people, at a fraction of the time for planning.

Each function tells how far the person of the transaction reaches, and nothing else. It looks as the owner of the
tables, so that the policies of what it looks at are not planned over again.
"""

from alembic import op

from cxworkflow.migrations import row_policies, row_reach

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

# Name and parameters: what it returns, and how. `me` and the reach of permissions come from what was declared.
FUNCTIONS = {
    "own_strategies()": (
        "bigint[]",
        "return array(select id from strategy where component_id = any (components_of('see_draft')));",
    ),
    "strategies_in_sight()": (
        "bigint[]",
        """
        if 'always' = any (reach('see_draft')) then
            return array(select id from strategy);
        end if;
        return array(
            select id from strategy where component_id = any (components_of('see_submitted'))
                or current_version_id is not null and reach('see_submitted') && '{always,once_submitted}');
        """,
    ),
    "versions_in_sight()": (
        "bigint[]",
        "return array(select id from version where strategy_id = any (strategies_in_sight()) or by_id = me);",
    ),
    "strategies_heard()": (
        "bigint[]",
        """
        if 'always' = any (reach('see_comments')) then
            return array(select id from strategy);
        end if;
        return array(
            select id from strategy where component_id = any (components_of('see_comments'))
                or 'still_in_its_review' = any (reach('see_comments')) and current_version_id is not null
                and not exists (select from recusal r where r.strategy_id = strategy.id and r.person_id = me));
        """,
    ),
    "versions_heard()": (
        "bigint[]",
        "return array(select id from version where strategy_id = any (strategies_heard()));",
    ),
    # Nobody of the Component, no author, nobody who is out of the review.
    "strategies_of_the_team()": (
        "bigint[]",
        """
        if not coalesce('not_their_own_paper' = any (reach('see_team')), false) then
            return '{}';
        end if;
        return array(
            select id from strategy where component_id <> all (components_of('see_draft'))
            except select strategy_id from answer_revision where by_id = me
            except select strategy_id from version where by_id = me
            except select strategy_id from recusal where person_id = me);
        """,
    ),
    "clock_in_sight(clock_id bigint)": (
        "boolean",
        """
        return 'always' = any (reach('see_all') || reach('see_operations')) or exists (
            select from clock
             where id = clock_in_sight.clock_id and component_id = any (components_of('see_draft')));
        """,
    ),
    "in_a_version(strategy_id bigint, address uuid)": (
        "boolean",
        """
        return exists (
            select from version v where v.strategy_id = in_a_version.strategy_id
               and v.attachments @> jsonb_build_array(jsonb_build_object('address', in_a_version.address))
               and (v.by_id = me or v.strategy_id = any (strategies_in_sight())));
        """,
    ),
}


def upgrade() -> None:
    op.execute(
        """
        create or replace function components_of(permission text) returns bigint[]
        language plpgsql stable parallel safe as $$
        declare
            words text[] := reach(permission);
            own bigint[] := array(select word::bigint from unnest(words) as word where word ~ '^[0-9]+$');
        begin
            if 'for_a_headquarters_office' = any (words) then
                own := own || array(select id from component where files = 'ocio');
            end if;
            return own;
        end $$
        """
    )
    for signature, (returned, body) in FUNCTIONS.items():
        op.execute(
            f"""
            create function {signature} returns {returned}
            language plpgsql stable security definer set search_path = public, pg_temp as $$
            declare me bigint := nullif(current_setting('cxworkflow.person', true), '')::bigint;
            begin
                {body}
            end $$
            """
        )
        op.execute(f"revoke execute on function {signature} from public")
        op.execute(f"grant execute on function {signature} to cxworkflow_app")
    for table, asked in row_reach.POLICIES.items():
        _alter(table, asked)


def downgrade() -> None:
    for table in row_reach.POLICIES:
        seen, added, changed, becomes = row_policies.POLICIES[table]
        asked = {"seen": seen, "added": added, "changed": changed, "becomes": becomes}
        asked["removed"] = row_policies.REMOVED.get(table)
        _alter(table, {policy: condition for policy, condition in asked.items() if condition is not None})
    for signature in FUNCTIONS:
        op.execute(f"drop function {signature}")
    op.execute(
        """
        create or replace function components_of(permission text) returns bigint[]
        language sql stable parallel safe as $$
            select array(
                select word::bigint from unnest(reach(permission)) as word where word ~ '^[0-9]+$'
                union
                select id from component where files = 'ocio' and 'for_a_headquarters_office' = any (reach(permission)))
        $$
        """
    )


def _alter(table: str, asked: dict[str, str]) -> None:
    if "seen" in asked:
        op.execute(f"alter policy seen on {table} using ({asked['seen']})")
    if "added" in asked:
        op.execute(f"alter policy added on {table} with check ({asked['added']})")
    if "changed" in asked:
        op.execute(f"alter policy changed on {table} using ({asked['changed']}) with check ({asked['becomes']})")
    if "removed" in asked:
        op.execute(f"alter policy removed on {table} using ({asked['removed']})")
