"""What is searched: the words of drafts, versions, comments, answers and people, kept by the database itself."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

COLUMNS = {
    "answer": "searchable(content)",
    "version": "searchable(content)",
    "comment": "to_tsvector('english'::regconfig, text)",
    "reply": "to_tsvector('english'::regconfig, text)",
    "person": "to_tsvector('simple'::regconfig, name || ' ' || email)",
}


def upgrade() -> None:
    # Words beyond a megabyte are no reason to refuse what somebody saves: then what comes first is found.
    op.execute(
        """
        create function searchable(content jsonb) returns tsvector language plpgsql immutable parallel safe as $$
        begin
            return jsonb_to_tsvector('english'::regconfig, content, '["string"]');
        exception when program_limit_exceeded then
            return to_tsvector('english'::regconfig, left(content::text, 100000));
        end
        $$
        """
    )
    for table, expression in COLUMNS.items():
        op.add_column(table, sa.Column("words", TSVECTOR(), sa.Computed(expression, persisted=True)))
        op.create_index(f"ix_{table}_words", table, ["words"], postgresql_using="gin")


def downgrade() -> None:
    for table in COLUMNS:
        op.drop_column(table, "words")
    op.execute("drop function searchable(jsonb)")
