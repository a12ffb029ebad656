"""Files attached to drafts, kept by their hash, and frozen with the version that was submitted with them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attachment_content",
        sa.Column("component_id", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "sha256 = encode(sha256(content), 'hex')", name=op.f("ck_attachment_content_hash_is_of_content")
        ),
        sa.ForeignKeyConstraint(["component_id"], ["component.id"], name=op.f("fk_attachment_content_component_id")),
        sa.PrimaryKeyConstraint("component_id", "sha256", name=op.f("pk_attachment_content")),
    )
    # What is packed already is not packed once more.
    op.execute("alter table attachment_content alter column content set storage external")
    op.create_table(
        "attachment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("address", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("strategy_id", sa.BigInteger(), nullable=False),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.Column("component_id", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("attached_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_attachment_by_id")),
        sa.ForeignKeyConstraint(
            ["component_id", "sha256"],
            ["attachment_content.component_id", "attachment_content.sha256"],
            name=op.f("fk_attachment_component_id"),
        ),
        sa.ForeignKeyConstraint(["strategy_id"], ["strategy.id"], name=op.f("fk_attachment_strategy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
        sa.UniqueConstraint("address", name=op.f("uq_attachment_address")),
    )
    op.create_index(op.f("ix_attachment_by_id"), "attachment", ["by_id"])
    op.create_index("ix_attachment_component_id_sha256", "attachment", ["component_id", "sha256"])
    op.create_index(
        "uq_attachment_one_name",
        "attachment",
        ["strategy_id", "clause", "name"],
        unique=True,
        postgresql_where=sa.text("removed_at is null"),
    )
    op.add_column("version", sa.Column("attachments", JSONB(), server_default=sa.text("'[]'"), nullable=False))
    op.execute(
        """
        create function keep_attached() returns trigger language plpgsql as $$
        begin
            if tg_op = 'UPDATE' then
                if to_jsonb(new) - 'removed_at' <> to_jsonb(old) - 'removed_at' or old.removed_at is not null then
                    raise exception 'an attachment can only be taken off its draft, once'
                        using errcode = 'restrict_violation';
                end if;
                return new;
            end if;
            if exists (select from version where version.strategy_id = old.strategy_id
                          and version.attachments @> jsonb_build_array(jsonb_build_object('address', old.address))) then
                raise exception 'an attachment of a version can''t be removed' using errcode = 'restrict_violation';
            end if;
            return old;
        end $$
        """
    )
    op.execute(
        "create trigger keep_attached before update or delete on attachment "
        "for each row execute function keep_attached()"
    )
    op.execute(
        "create trigger keep_content before update on attachment_content for each row execute function refuse_change()"
    )
    for table in ("attachment", "attachment_content"):
        op.execute(
            f"create trigger keep_all before truncate on {table} for each statement execute function refuse_change()"
        )
    op.execute("revoke update on attachment_content from cxworkflow_app")
    op.execute("grant delete on attachment, attachment_content to cxworkflow_app")


def downgrade() -> None:
    op.drop_column("version", "attachments")
    op.drop_table("attachment")
    op.drop_table("attachment_content")
    op.execute("drop function keep_attached()")
