"""The implementation is reported of what is approved, by plain SQL as by its verb."""

from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

# As in 0027 but for its first condition.
SAID_FOR_THE_COMPONENT = """
create or replace function said_for_the_component() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    said jsonb := to_jsonb(new);
    at timestamptz := coalesce(said ->> 'submitted_at', said ->> 'reported_at');
begin{once_approved}
    if not exists (select from strategy s where s.id = new.strategy_id
                      and in_role(new.by_id, '{{lead,executive,ocio-hq-lead}}', s.component_id, at)) then
        raise exception 'a % by somebody who may not speak for the Component', tg_table_name
            using errcode = 'check_violation';
    end if;
    return null;
end $$
"""
ONCE_APPROVED = """
    if tg_table_name = 'implementation_report' and not exists (
        select from strategy s where s.id = new.strategy_id and s.status = 'approved') then
        raise exception 'the implementation is reported of a strategy that is approved'
            using errcode = 'check_violation';
    end if;"""


def upgrade() -> None:
    op.execute(SAID_FOR_THE_COMPONENT.format(once_approved=ONCE_APPROVED))


def downgrade() -> None:
    op.execute(SAID_FOR_THE_COMPONENT.format(once_approved=""))
