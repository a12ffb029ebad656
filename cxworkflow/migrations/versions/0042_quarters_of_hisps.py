"""Services of High Impact Service Providers, a report for every quarter, and its numbers, of which none is changed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

ME = "(select nullif(current_setting('cxworkflow.person', true), '')::bigint)"
OWN = "component_id = any ((select components_of('see_draft'))::bigint[])"
ALL = "(select string_to_array(current_setting('cxworkflow.see_all', true), ',') && '{always}')"
CLEARS = "(select string_to_array(current_setting('cxworkflow.clear_quarter', true), ',') && '{always}')"
TABLES = ("service", "quarter_report", "quarter_entry")
STATES = "'open', 'submitted', 'returned', 'cleared', 'sent'"


def upgrade() -> None:
    op.create_table(
        "service",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("component_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("channels", JSONB(), nullable=False),
        sa.Column("omb_control_number", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("until_on is null or until_on > from_on", name=op.f("ck_service_dates_in_order")),
        sa.CheckConstraint("name <> ''", name=op.f("ck_service_named")),
        sa.CheckConstraint("jsonb_array_length(channels) > 0", name=op.f("ck_service_has_a_channel")),
        sa.ForeignKeyConstraint(["component_id"], ["component.id"], name=op.f("fk_service_component_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_service_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service")),
    )
    op.create_index(op.f("ix_service_by_id"), "service", ["by_id"])
    op.create_index(
        "uq_service_component_id_name", "service", ["component_id", sa.literal_column("lower(name)")], unique=True
    )
    _create_reports()
    op.create_table(
        "quarter_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("report_id", sa.BigInteger(), nullable=False),
        sa.Column("component_id", sa.BigInteger(), nullable=False),
        sa.Column("service_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("numbers", JSONB(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["quarter_report.id"], name=op.f("fk_quarter_entry_report_id")),
        sa.ForeignKeyConstraint(["component_id"], ["component.id"], name=op.f("fk_quarter_entry_component_id")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_quarter_entry_service_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_quarter_entry_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarter_entry")),
        sa.UniqueConstraint(
            "report_id",
            "service_id",
            "channel",
            "revision",
            name=op.f("uq_quarter_entry_report_id_service_id_channel_revision"),
        ),
    )
    for column in ("component_id", "service_id", "by_id"):
        op.create_index(op.f(f"ix_quarter_entry_{column}"), "quarter_entry", [column])
    _keep()
    _let_in()


def _create_reports() -> None:
    op.create_table(
        "quarter_report",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("component_id", sa.BigInteger(), nullable=False),
        sa.Column("cycle", sa.Text(), nullable=False),
        sa.Column("fiscal_year", sa.BigInteger(), nullable=False),
        sa.Column("fiscal_quarter", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(40), server_default="open", nullable=False),
        sa.Column("revision", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("status", sa.String(40), server_default="", nullable=False),
        sa.Column("lacks", JSONB(), server_default="[]", nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_by_id", sa.BigInteger(), nullable=True),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cleared_by_id", sa.BigInteger(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_by_id", sa.BigInteger(), nullable=True),
        sa.Column("not_reported_on", sa.Date(), nullable=True),
        *(
            sa.CheckConstraint(condition, name=op.f(f"ck_quarter_report_{name}"))
            for name, condition in {
                "quarter_known": "fiscal_quarter between 1 and 4",
                "cycle_says_it": "cycle = fiscal_year || '-Q' || fiscal_quarter",
                "state_known": f"state in ({STATES})",
                "status_known": "status in ('', 'red', 'yellow', 'green')",
                "submitted_first": "state = 'open' or submitted_at is not null",
                "cleared_first": "state not in ('cleared', 'sent') or cleared_at is not null",
                "cleared_by_another": "cleared_by_id <> submitted_by_id",
                "sent_at_a_time": "state <> 'sent' or sent_at is not null",
                "returned_says_why": "state <> 'returned' or reason <> ''",
                "correction_says_why": "revision = 1 or reason <> '' or state <> 'open'",
            }.items()
        ),
        sa.ForeignKeyConstraint(["component_id"], ["component.id"], name=op.f("fk_quarter_report_component_id")),
        *(
            sa.ForeignKeyConstraint([column], ["person.id"], name=op.f(f"fk_quarter_report_{column}"))
            for column in ("submitted_by_id", "cleared_by_id", "sent_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarter_report")),
        sa.UniqueConstraint("component_id", "cycle", name=op.f("uq_quarter_report_component_id_cycle")),
    )
    for column in ("submitted_by_id", "cleared_by_id", "sent_by_id"):
        op.create_index(op.f(f"ix_quarter_report_{column}"), "quarter_report", [column])
    op.create_index("ix_quarter_report_cycle", "quarter_report", ["cycle"])


def _keep() -> None:
    """Numbers stay as they were entered; a report takes only the steps that there are, and stays."""
    op.execute(
        """
        create function quarter_step() returns trigger language plpgsql as $$
        begin
            if (new.component_id, new.cycle) is distinct from (old.component_id, old.cycle) then
                raise exception 'a quarter stays that of its Component' using errcode = 'restrict_violation';
            end if;
            if old.not_reported_on is not null and new.not_reported_on is distinct from old.not_reported_on then
                raise exception 'that nothing was reported in time stays' using errcode = 'restrict_violation';
            end if;
            if (old.state, new.state) not in (
                    ('open', 'submitted'), ('submitted', 'cleared'), ('submitted', 'returned'),
                    ('returned', 'submitted'), ('cleared', 'returned'), ('cleared', 'sent'), ('sent', 'open'))
                and old.state <> new.state then
                raise exception 'no step leads from % to %', old.state, new.state
                    using errcode = 'restrict_violation';
            end if;
            if new.revision <> old.revision + (old.state = 'sent' and new.state = 'open')::int then
                raise exception 'only the correction of what was sent is a new revision'
                    using errcode = 'restrict_violation';
            end if;
            return new;
        end $$
        """
    )
    op.execute(
        "create trigger quarter_step before update on quarter_report for each row execute function quarter_step()"
    )
    op.execute(
        "create trigger keep_numbers before update or delete on quarter_entry "
        "for each row execute function refuse_change()"
    )
    for table in ("quarter_report", "quarter_entry"):
        op.execute(
            f"create trigger keep_all before truncate on {table} for each statement execute function refuse_change()"
        )
    op.execute("revoke update on quarter_entry from cxworkflow_app")


def _let_in() -> None:
    """Each Component's own are for its people; the Directorate, the CIO and auditors read all, and the CIO clears."""
    for table in TABLES:
        op.execute(f"alter table {table} enable row level security, force row level security")
        op.execute(f"create policy system on {table} to cxworkflow_system using (true) with check (true)")
        op.execute(f"create policy seen on {table} for select to cxworkflow_app using ({OWN} or {ALL})")
        by_me = "" if table == "quarter_report" else f" and by_id = {ME}"
        op.execute(f"create policy added on {table} for insert to cxworkflow_app with check ({OWN}{by_me})")
    for table, reached in (("service", OWN), ("quarter_report", f"{OWN} or {CLEARS}")):
        op.execute(
            f"create policy changed on {table} for update to cxworkflow_app using ({reached}) with check ({reached})"
        )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute("drop function quarter_step()")
