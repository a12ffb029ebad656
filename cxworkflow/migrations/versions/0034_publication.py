"""Publication: prepared by one person, released by another; the public reads one table, which the database writes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from cxworkflow.migrations.publication_guards import FIXED, FIXED_PASSAGES
from cxworkflow.migrations.roles import MAKE_PUBLIC_ROLE

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

ME = "(select nullif(current_setting('cxworkflow.person', true), '')::bigint)"
SIGNING_IN = "current_setting('cxworkflow.signing_in', true) = 'yes'"
KNOWN = f"(select current_setting('cxworkflow.person', true) <> '' or {SIGNING_IN})"


def _reaches(permission: str) -> str:
    return f"(select string_to_array(current_setting('cxworkflow.{permission}', true), ',') && '{{always}}')"


SEEN, PREPARES = _reaches("see_publications"), _reaches("prepare_publication")
RELEASES = _reaches("release_publication")
POLICIES = {
    "publication": {
        "seen": f"for select to cxworkflow_app using ({SEEN})",
        "added": f"for insert to cxworkflow_app with check ({PREPARES} and by_id = {ME})",
        "changed": f"for update to cxworkflow_app using ({PREPARES} or {RELEASES})",
    },
    "withholding": {
        "seen": f"for select to cxworkflow_app using ({SEEN})",
        "added": f"for insert to cxworkflow_app with check ({PREPARES} and by_id = {ME})",
        "removed": f"for delete to cxworkflow_app using ({PREPARES})",
    },
    "published": {
        "seen": f"for select to cxworkflow_app using ({KNOWN})",
        "open": "for select to cxworkflow_public using (true)",
    },
}
PUBLISH = """
create function publish() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare told jsonb;
begin
    if new.released_at is not null and old.released_at is null then
        told := new.document::jsonb;
        insert into published (strategy_id, publication_id, policy, component, title, code, owner, about, document,
                               sha256, first_published_on, published_at)
        values (new.strategy_id, new.id, told #>> '{policy,id}', told #>> '{component,slug}',
                told #>> '{document,title}', told #>> '{component,code}', told #>> '{component,name}',
                told #>> '{document,about}', new.document, new.sha256,
                (new.released_at at time zone 'America/New_York')::date, new.released_at)
        on conflict (strategy_id) do update set
            publication_id = excluded.publication_id, policy = excluded.policy, component = excluded.component,
            title = excluded.title, code = excluded.code, owner = excluded.owner, about = excluded.about,
            document = excluded.document, sha256 = excluded.sha256, published_at = excluded.published_at,
            withdrawn_on = null;
    elsif new.withdrawn_at is not null and old.withdrawn_at is null then
        -- Not even the title stays: it may be why.
        update published set document = null, sha256 = null, title = '',
               withdrawn_on = (new.withdrawn_at at time zone 'America/New_York')::date
         where publication_id = new.id;
    end if;
    return null;
end $$
"""


def upgrade() -> None:
    for statement in MAKE_PUBLIC_ROLE:
        op.execute(statement)
    op.execute("grant usage on schema public to cxworkflow_public")
    op.create_table(
        "publication",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("strategy_id", sa.BigInteger(), nullable=False),
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("clauses", JSONB(), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("changed_by_id", sa.BigInteger(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by_id", sa.BigInteger(), nullable=True),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by_id", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_because", sa.Text(), nullable=True),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "released_by_id <> by_id and released_by_id <> changed_by_id", name=op.f("ck_publication_two_people")
        ),
        sa.CheckConstraint(
            "(released_at is null) = (released_by_id is null) and (released_at is null) = (document is null) "
            "and (released_at is null) = (sha256 is null)",
            name=op.f("ck_publication_released_by_somebody"),
        ),
        sa.CheckConstraint(
            "sha256 = encode(sha256(convert_to(document, 'UTF8')), 'hex')",
            name=op.f("ck_publication_hash_is_of_document"),
        ),
        sa.CheckConstraint(
            "(withdrawn_at is null) = (withdrawn_by_id is null) "
            "and (withdrawn_at is null or released_at is not null and coalesce(withdrawn_because, '') <> '')",
            name=op.f("ck_publication_withdrawn_says_why"),
        ),
        sa.CheckConstraint(
            "dropped_at is null or released_at is null", name=op.f("ck_publication_dropped_or_released")
        ),
        sa.CheckConstraint("clauses <> '[]'", name=op.f("ck_publication_of_something")),
        sa.ForeignKeyConstraint(["strategy_id"], ["strategy.id"], name=op.f("fk_publication_strategy_id")),
        sa.ForeignKeyConstraint(["version_id"], ["version.id"], name=op.f("fk_publication_version_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_publication_by_id")),
        sa.ForeignKeyConstraint(["changed_by_id"], ["person.id"], name=op.f("fk_publication_changed_by_id")),
        sa.ForeignKeyConstraint(["released_by_id"], ["person.id"], name=op.f("fk_publication_released_by_id")),
        sa.ForeignKeyConstraint(["withdrawn_by_id"], ["person.id"], name=op.f("fk_publication_withdrawn_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication")),
    )
    op.create_index(op.f("ix_publication_strategy_id"), "publication", ["strategy_id"])
    op.create_index(op.f("ix_publication_by_id"), "publication", ["by_id"])
    op.create_index(
        "uq_publication_one_prepared",
        "publication",
        ["strategy_id"],
        unique=True,
        postgresql_where=sa.text("released_at is null and dropped_at is null"),
    )
    op.create_table(
        "withholding",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("publication_id", sa.BigInteger(), nullable=False),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("row_number", sa.BigInteger(), nullable=True),
        sa.Column("column_key", sa.Text(), server_default="", nullable=False),
        sa.Column("begins", sa.BigInteger(), nullable=True),
        sa.Column("ends", sa.BigInteger(), nullable=True),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(begins is null) = (ends is null) and begins < ends and begins >= 0",
            name=op.f("ck_withholding_a_passage"),
        ),
        sa.CheckConstraint("begins is null or row_number is null", name=op.f("ck_withholding_a_passage_or_a_row")),
        sa.CheckConstraint("column_key = '' or row_number is not null", name=op.f("ck_withholding_column_of_a_row")),
        sa.ForeignKeyConstraint(["publication_id"], ["publication.id"], name=op.f("fk_withholding_publication_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_withholding_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withholding")),
    )
    op.create_index(op.f("ix_withholding_publication_id"), "withholding", ["publication_id"])
    op.create_index(op.f("ix_withholding_by_id"), "withholding", ["by_id"])
    op.create_table(
        "published",
        sa.Column("strategy_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("publication_id", sa.BigInteger(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("component", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("first_published_on", sa.Date(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(document is null) = (withdrawn_on is not null)", name=op.f("ck_published_text_or_withdrawn")
        ),
        sa.CheckConstraint("(document is null) = (sha256 is null)", name=op.f("ck_published_text_with_its_hash")),
        sa.ForeignKeyConstraint(["strategy_id"], ["strategy.id"], name=op.f("fk_published_strategy_id")),
        sa.ForeignKeyConstraint(["publication_id"], ["publication.id"], name=op.f("fk_published_publication_id")),
        sa.PrimaryKeyConstraint("strategy_id", name=op.f("pk_published")),
        sa.UniqueConstraint("policy", "component", name=op.f("uq_published_policy_component")),
    )
    for statement in (FIXED, FIXED_PASSAGES, PUBLISH):
        op.execute(statement)
    for table, act, name in (
        ("publication", "before insert or update", "fix_publication"),
        ("publication", "after update", "publish"),
        ("withholding", "before insert or delete", "fix_withholding"),
        ("withholding", "before update", "refuse_change"),
        ("publication", "before delete", "refuse_change"),
        ("published", "before delete", "refuse_change"),
    ):
        trigger = name if name != "refuse_change" else "append_only"
        op.execute(f"create trigger {trigger} {act} on {table} for each row execute function {name}()")
    for table, policies in POLICIES.items():
        op.execute(
            f"create trigger keep_all before truncate on {table} for each statement execute function refuse_change()"
        )
        op.execute(f"alter table {table} enable row level security, force row level security")
        op.execute(f"create policy system on {table} to cxworkflow_system using (true) with check (true)")
        for name, policy in policies.items():
            op.execute(f"create policy {name} on {table} {policy}")
    op.execute("revoke update on withholding from cxworkflow_app")
    op.execute("grant delete on withholding to cxworkflow_app")
    op.execute("revoke insert, update on published from cxworkflow_app")
    op.execute("grant select on published to cxworkflow_public")


def downgrade() -> None:
    for table in ("published", "withholding", "publication"):
        op.drop_table(table)
    for function in ("publish", "fix_withholding", "fix_publication"):
        op.execute(f"drop function {function}()")
    # The role stays: other databases of the server may have it in use.
    op.execute("revoke usage on schema public from cxworkflow_public")
