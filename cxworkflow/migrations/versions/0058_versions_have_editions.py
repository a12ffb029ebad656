"""Each version says under which edition it was submitted; so a strategy can move on, until it is implemented."""

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None

# As in 0053 but for the edition: what was submitted keeps its own.
SUBMITTED_ANEW = """
create or replace function submitted_anew() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if (old.current_version_id is distinct from new.current_version_id)
       <> (old.status <> 'submitted' and new.status = 'submitted') then
        raise exception 'a version comes under review by being submitted, each time another'
            using errcode = 'check_violation';
    end if;
    if (old.component_id, old.begun_at) is distinct from (new.component_id, new.begun_at)
       or old.edition_id <> new.edition_id and (
            {unless}
            or (select code from policy_edition where id = old.edition_id)
            <> (select code from policy_edition where id = new.edition_id))
       or old.title <> new.title and old.status not in ('draft', 'returned') then
        raise exception 'a strategy stays its Component''s, and its title what was submitted'
            using errcode = 'check_violation';
    end if;
    return new;
end $$
"""
IMPLEMENTED = "old.status = 'implemented'"
SUBMITTED = "exists (select from version where strategy_id = old.id)"

UNDER_ITS_EDITION = """
create function under_its_edition() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    present bigint := (select edition_id from strategy where id = new.strategy_id);
begin
    new.edition_id := coalesce(new.edition_id, present);
    if new.edition_id <> present then
        raise exception 'a version is submitted under the edition that its strategy is on'
            using errcode = 'check_violation';
    end if;
    return new;
end $$
"""


def upgrade() -> None:
    op.add_column("version", sa.Column("edition_id", sa.BigInteger()))
    # Until now a strategy stayed on its edition from its first version on.
    for table in ("version", "strategy"):
        op.execute(f"alter table {table} no force row level security")
    op.execute("alter table version disable trigger append_only")
    op.execute("update version set edition_id = strategy.edition_id from strategy where strategy.id = strategy_id")
    op.execute("alter table version enable trigger append_only")
    for table in ("version", "strategy"):
        op.execute(f"alter table {table} force row level security")
    op.alter_column("version", "edition_id", nullable=False)
    op.create_foreign_key(op.f("fk_version_edition_id"), "version", "policy_edition", ["edition_id"], ["id"])
    op.execute(UNDER_ITS_EDITION)
    op.execute("revoke execute on function under_its_edition() from public")
    op.execute(
        "create trigger under_its_edition before insert on version for each row execute function under_its_edition()"
    )
    op.execute(SUBMITTED_ANEW.format(unless=IMPLEMENTED))


def downgrade() -> None:
    op.execute(SUBMITTED_ANEW.format(unless=SUBMITTED))
    op.execute("drop trigger under_its_edition on version")
    op.execute("drop function under_its_edition()")
    op.drop_constraint(op.f("fk_version_edition_id"), "version", type_="foreignkey")
    op.drop_column("version", "edition_id")
