"""A strategy is implemented once its report is accepted; what was reported before stands as accepted."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

COLUMNS = ("outcome", "answer", "checked_at", "checked_by_id")
CHECKS = {
    "outcome_known": "outcome in ('accepted', 'sent-back')",
    "checked_at_a_time": "(outcome is null) = (checked_at is null)",
    "sent_back_says_why": "outcome is distinct from 'sent-back' or answer <> ''",
}
SEEN = "pg_get_functiondef('rests_on_what_was_said()'::regprocedure)"
REPORTED = "from implementation_report where strategy_id = paper.id)"
ACCEPTED = "from implementation_report where strategy_id = paper.id and outcome = ''accepted'')"


def upgrade() -> None:
    op.execute("drop trigger append_only on implementation_report")
    op.execute("drop trigger rests_on_what_was_said on implementation_report")
    op.add_column("implementation_report", sa.Column("outcome", sa.Text(), nullable=True))
    op.add_column("implementation_report", sa.Column("answer", sa.Text(), server_default="", nullable=False))
    op.add_column("implementation_report", sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("implementation_report", sa.Column("checked_by_id", sa.BigInteger(), nullable=True))
    op.execute("update implementation_report set outcome = 'accepted', checked_at = reported_at")
    for name, condition in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_implementation_report_{name}"), "implementation_report", condition)
    op.create_foreign_key(
        op.f("fk_implementation_report_checked_by_id"), "implementation_report", "person", ["checked_by_id"], ["id"]
    )
    op.drop_constraint(op.f("uq_implementation_report_strategy_id"), "implementation_report", type_="unique")
    op.create_index(op.f("ix_implementation_report_checked_by_id"), "implementation_report", ["checked_by_id"])
    op.create_index("ix_implementation_report_strategy_id", "implementation_report", ["strategy_id"])
    op.create_index(
        "uq_implementation_report_one_open",
        "implementation_report",
        ["strategy_id"],
        unique=True,
        postgresql_where=sa.text("outcome is distinct from 'sent-back'"),
    )
    _rest_on(REPORTED, ACCEPTED)
    op.execute(
        "create trigger answered_once before update on implementation_report for each row "
        f"execute function answered_once({', '.join(COLUMNS)})"
    )
    op.execute(
        "create trigger keep_each before delete on implementation_report for each row execute function refuse_change()"
    )
    _look("insert or update")
    op.execute("grant update on implementation_report to cxworkflow_app")
    in_sight = "(select string_to_array(current_setting('cxworkflow.see_draft', true), ',') && '{always}')"
    in_sight += " or strategy_id = any ((select strategies_in_sight())::bigint[])"
    op.execute(
        "create policy changed on implementation_report for update to cxworkflow_app "
        f"using ({in_sight}) with check ({in_sight})"
    )


def downgrade() -> None:
    op.execute("drop policy changed on implementation_report")
    op.execute("revoke update on implementation_report from cxworkflow_app")
    for trigger in ("rests_on_what_was_said", "answered_once", "keep_each"):
        op.execute(f"drop trigger {trigger} on implementation_report")
    # Before, there was one report, and it stood.
    op.execute("delete from implementation_report where outcome is distinct from 'accepted'")
    _rest_on(ACCEPTED, REPORTED)
    op.drop_index("uq_implementation_report_one_open", "implementation_report")
    op.drop_index("ix_implementation_report_strategy_id", "implementation_report")
    op.create_unique_constraint(op.f("uq_implementation_report_strategy_id"), "implementation_report", ["strategy_id"])
    for column in reversed(COLUMNS):
        op.drop_column("implementation_report", column)
    op.execute(
        "create trigger append_only before update or delete on implementation_report "
        "for each row execute function refuse_change()"
    )
    _look("insert")


def _look(done: str) -> None:
    op.execute(
        f"create constraint trigger rests_on_what_was_said after {done} on implementation_report "
        "deferrable initially deferred for each row execute function rests_on_what_was_said()"
    )


def _rest_on(before: str, after: str) -> None:
    op.execute(f"do $$ begin execute replace({SEEN}, '{before}', '{after}'); end $$")
