"""Each decision has its letter, kept as it was sent."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("decision", sa.Column("letter_sha256", sa.Text()))
    op.create_table(
        "decision_letter",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("strategy_id", sa.BigInteger(), nullable=False),
        sa.Column("decision_id", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("sha256 = encode(sha256(pdf), 'hex')", name=op.f("ck_decision_letter_hash_is_of_pdf")),
        sa.ForeignKeyConstraint(["strategy_id"], ["strategy.id"], name=op.f("fk_decision_letter_strategy_id")),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_decision_letter_decision_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_letter")),
        sa.UniqueConstraint("decision_id", name=op.f("uq_decision_letter_decision_id")),
    )
    op.create_index("ix_decision_letter_strategy_id", "decision_letter", ["strategy_id"])
    op.execute(
        "create trigger append_only before update or delete on decision_letter "
        "for each row execute function refuse_change()"
    )
    op.execute(
        "create trigger keep_all before truncate on decision_letter for each statement execute function refuse_change()"
    )
    op.execute("revoke update on decision_letter from cxworkflow_app")


def downgrade() -> None:
    op.drop_table("decision_letter")
    op.drop_column("decision", "letter_sha256")
