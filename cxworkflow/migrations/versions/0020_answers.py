"""The answer to the attempt that succeeded stands in the notice itself: one row less to write for each e-mail.

What was sent before keeps its line among the attempts.
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

KEPT = "update notice set to_address = '', facts"
DISPOSED = "update notice set to_address = '', answer = left(answer, 0), facts"


def upgrade() -> None:
    op.add_column("notice", sa.Column("answer", sa.Text(), nullable=True))
    op.create_check_constraint("answer_is_of_what_was_sent", "notice", "answer is null or state = 'sent'")
    _redefine("carry_out_disposal", KEPT, DISPOSED)


def downgrade() -> None:
    _redefine("carry_out_disposal", DISPOSED, KEPT)
    op.execute(
        "insert into attempt (notice_id, number, tried_at, outcome, answer) "
        "select id, attempt, sent_at, 'sent', answer from notice where answer is not null"
    )
    op.drop_constraint("answer_is_of_what_was_sent", "notice", type_="check")
    op.drop_column("notice", "answer")


def _redefine(function: str, old: str, new: str) -> None:
    definition = op.get_bind().scalar(sa.text("select pg_get_functiondef(cast(:name as regproc))"), {"name": function})
    if old not in definition:
        raise LookupError(f"{function} does not say “{old}”.")
    op.execute(sa.text(definition.replace(old, new).replace(":", r"\:")))
