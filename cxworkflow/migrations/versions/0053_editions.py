"""A strategy that was never submitted can be moved to another edition of its policy; all others stay on theirs."""

from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

# As in 0026 but for the edition.
SUBMITTED_ANEW = """
create or replace function submitted_anew() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if (old.current_version_id is distinct from new.current_version_id)
       <> (old.status <> 'submitted' and new.status = 'submitted') then
        raise exception 'a version comes under review by being submitted, each time another'
            using errcode = 'check_violation';
    end if;
    if (old.component_id, old.begun_at) is distinct from (new.component_id, new.begun_at){edition}
       or old.title <> new.title and old.status not in ('draft', 'returned') then
        raise exception 'a strategy stays its Component''s, and its title what was submitted'
            using errcode = 'check_violation';
    end if;
    return new;
end $$
"""
STAYS = " or old.edition_id <> new.edition_id"
MOVES_UNSUBMITTED = """
       or old.edition_id <> new.edition_id and (
            exists (select from version where strategy_id = old.id)
            or (select code from policy_edition where id = old.edition_id)
            <> (select code from policy_edition where id = new.edition_id))"""


def upgrade() -> None:
    op.execute(SUBMITTED_ANEW.format(edition=MOVES_UNSUBMITTED))


def downgrade() -> None:
    op.execute(SUBMITTED_ANEW.format(edition=STAYS))
