"""A sent notice is refused its change after the statement, not before each row: a trigger before it locks every row."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

COLUMNS = ("person_id", "component_id", "strategy_id", "clock_id")
CHANGED = (
    f"({', '.join(f'old.{column}' for column in COLUMNS)}) is distinct from "
    f"({', '.join(f'new.{column}' for column in COLUMNS)})"
)


def upgrade() -> None:
    _refuse("after")


def downgrade() -> None:
    _refuse("before")


def _refuse(when: str) -> None:
    for trigger, of, condition in (
        ("keep_sent", "", "old.state = 'sent'"),
        ("keeps_referring", f"of {', '.join(COLUMNS)}", CHANGED),
    ):
        op.execute(f"drop trigger {trigger} on notice")
        op.execute(
            f"create trigger {trigger} {when} update {of} on notice for each row "
            f"when ({condition}) execute function refuse_change()"
        )
