"""Tokens for the API, of which only the hash is kept; who is deactivated, or has another address, loses them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

MINE = "person_id = (select nullif(current_setting('cxworkflow.person', true), '')::bigint)"
ON_THE_WAY_IN = "(select current_setting('cxworkflow.signing_in', true) = 'yes')"


def upgrade() -> None:
    op.create_table(
        "api_token",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("token_sha256", sa.Text(), nullable=False),
        sa.Column("scopes", JSONB(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.Column("used_on", sa.Date()),
        sa.CheckConstraint("name <> ''", name=op.f("ck_api_token_has_a_name")),
        sa.CheckConstraint("expires_at > made_at", name=op.f("ck_api_token_expires_later")),
        sa.CheckConstraint("jsonb_array_length(scopes) > 0", name=op.f("ck_api_token_good_for_something")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_api_token_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_api_token_token_sha256")),
    )
    op.create_index(op.f("ix_api_token_person_id"), "api_token", ["person_id"])
    op.execute("alter table api_token enable row level security, force row level security")
    op.execute("create policy system on api_token to cxworkflow_system using (true) with check (true)")
    op.execute(f"create policy seen on api_token for select to cxworkflow_app using ({MINE} or {ON_THE_WAY_IN})")
    op.execute(f"create policy added on api_token for insert to cxworkflow_app with check ({MINE})")
    op.execute(f"create policy changed on api_token for update to cxworkflow_app using ({MINE}) with check ({MINE})")
    op.execute("grant delete on api_token to cxworkflow_system")
    # What a token is good for, and for whom, never changes; one that is revoked stays so.
    op.execute("revoke update on api_token from cxworkflow_app")
    op.execute("grant update (revoked_at, used_on) on api_token to cxworkflow_app")
    op.execute(
        """
        create function revoked_stays_revoked() returns trigger language plpgsql as $$
        begin
            raise exception 'a token that is revoked stays so';
        end $$
        """
    )
    op.execute(
        "create trigger revoked_stays_revoked before update of revoked_at on api_token for each row "
        "when (old.revoked_at is not null and new.revoked_at is distinct from old.revoked_at) "
        "execute function revoked_stays_revoked()"
    )
    op.execute(
        """
        create function end_api_tokens() returns trigger
        language plpgsql security definer set search_path = public as $$
        begin
            update api_token set revoked_at = coalesce(new.deactivated_at, clock_timestamp())
            where person_id = new.id and revoked_at is null;
            return null;
        end $$
        """
    )
    op.execute(
        "create trigger end_api_tokens after update of email, deactivated_at on person for each row "
        "when (old.email <> new.email or new.deactivated_at is not null) execute function end_api_tokens()"
    )


def downgrade() -> None:
    op.execute("drop trigger end_api_tokens on person")
    op.execute("drop function end_api_tokens()")
    op.drop_table("api_token")
    op.execute("drop function revoked_stays_revoked()")
