"""What everybody may read is asked once in a statement, not once for each row.

So are the Components that somebody's reach names, in the functions that look through all strategies. Whoever is of the
review team hears of nearly every paper: so it is the few they are kept from that are looked up, not the thousands that
they are not.
"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

TABLES = ("appointment", "component", "deliverable", "office_closure", "person", "policy_edition")
ANYBODY = "current_setting('cxworkflow.person', true) <> '' or current_setting('cxworkflow.signing_in', true) = 'yes'"
ME = "(select nullif(current_setting('cxworkflow.person', true), '')::bigint)"
KEPT_FROM = """
    create function strategies_kept_from_me() returns bigint[]
    language plpgsql stable security definer set search_path = public, pg_temp as $$
    declare me bigint := nullif(current_setting('cxworkflow.person', true), '')::bigint;
    begin
        return array(
            select id from strategy where component_id = any (components_of('see_draft'))
            union select strategy_id from answer_revision where by_id = me
            union select strategy_id from version where by_id = me
            union select strategy_id from recusal where person_id = me);
    end $$
"""
# They say what those of 0018 say, so they stay if this is taken back.
QUICKER = {
    "own_strategies": ("see_draft", "return array(select id from strategy where component_id = any (own));"),
    "strategies_in_sight": (
        "see_submitted",
        """
        if 'always' = any (reach('see_draft')) then
            return array(select id from strategy);
        end if;
        if reach('see_submitted') && '{always,once_submitted}' then
            return array(select id from strategy where component_id = any (own) or current_version_id is not null);
        end if;
        return array(select id from strategy where component_id = any (own));
        """,
    ),
    "strategies_heard": (
        "see_comments",
        """
        if 'always' = any (reach('see_comments')) then
            return array(select id from strategy);
        end if;
        if 'still_in_its_review' = any (reach('see_comments')) then
            return array(
                select id from strategy where component_id = any (own) or current_version_id is not null
                   and id not in (select strategy_id from recusal where person_id = me));
        end if;
        return array(select id from strategy where component_id = any (own));
        """,
    ),
}
HEARD = "audience = 'component' and strategy_id = any ((select strategies_heard())::bigint[])"
BEFORE = "strategy_id = any ((select strategies_of_the_team())::bigint[])"
OF_THE_TEAM = (
    "((select 'not_their_own_paper' = any (reach('see_team'))) "
    "and strategy_id <> all ((select strategies_kept_from_me())::bigint[]))"
)


def upgrade() -> None:
    op.execute(KEPT_FROM)
    op.execute("revoke execute on function strategies_kept_from_me() from public")
    op.execute("grant execute on function strategies_kept_from_me() to cxworkflow_app")
    for name, (permission, body) in QUICKER.items():
        op.execute(
            f"""
            create or replace function {name}() returns bigint[]
            language plpgsql stable security definer set search_path = public, pg_temp as $$
            declare
                me bigint := nullif(current_setting('cxworkflow.person', true), '')::bigint;
                own bigint[] := components_of('{permission}');
            begin
                {body}
            end $$
            """
        )
    _team(OF_THE_TEAM)
    for table in TABLES:
        op.execute(f"alter policy seen on {table} using ((select {ANYBODY}))")
    op.create_index(
        "ix_appointment_of_the_department",
        "appointment",
        ["role"],
        postgresql_where=sa.text("component_id is null"),
    )


def downgrade() -> None:
    op.drop_index("ix_appointment_of_the_department", table_name="appointment")
    for table in TABLES:
        op.execute(f"alter policy seen on {table} using ({ANYBODY})")
    _team(BEFORE)
    op.execute("drop function strategies_kept_from_me()")


def _team(of_it: str) -> None:
    said, by_me = f"{HEARD} or {of_it}", f"by_id = {ME}"
    op.execute(f"alter policy seen on comment using ({said} or {by_me})")
    op.execute(f"alter policy added on comment with check (({said}) and {by_me})")
    op.execute(f"alter policy changed on comment using ({said}) with check ({said})")
    op.execute(f"alter policy seen on rubric_mark using ({of_it} or {by_me})")
    op.execute(f"alter policy added on rubric_mark with check ({of_it} and {by_me})")
    op.execute(f"alter policy changed on rubric_mark using ({by_me}) with check ({of_it} and {by_me})")
