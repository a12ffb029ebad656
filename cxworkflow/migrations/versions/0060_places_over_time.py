"""A Component that is moved keeps its past: the places that it had, each until the day on which it was elsewhere."""

import sqlalchemy as sa
from alembic import op

from cxworkflow.migrations.departments import OF_THE_DEPARTMENT

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None

ANYBODY = "current_setting('cxworkflow.person', true) <> '' or current_setting('cxworkflow.signing_in', true) = 'yes'"
HERE = OF_THE_DEPARTMENT["former_place"]


def upgrade() -> None:
    op.create_unique_constraint(op.f("uq_component_department_id"), "component", ["department", "id"])
    op.create_foreign_key(
        op.f("fk_component_department_part_of"),
        "component",
        "component",
        ["department", "part_of"],
        ["department", "code"],
        deferrable=True,
        initially="DEFERRED",
    )
    op.create_table(
        "former_place",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("component_id", sa.BigInteger(), nullable=False),
        sa.Column("part_of", sa.Text(), nullable=True),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.CheckConstraint("until_on > from_on", name=op.f("ck_former_place_dates_in_order")),
        sa.ForeignKeyConstraint(
            ["department", "component_id"],
            ["component.department", "component.id"],
            name=op.f("fk_former_place_department_component_id"),
        ),
        sa.ForeignKeyConstraint(
            ["department", "part_of"],
            ["component.department", "component.code"],
            name=op.f("fk_former_place_department_part_of"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_place")),
    )
    op.create_index(op.f("ix_former_place_department_part_of"), "former_place", ["department", "part_of"])
    # A number's range is of a type that such an index knows without an extension.
    op.execute(
        "alter table former_place add constraint ex_former_place_one_at_a_time exclude using gist "
        "(int8range(component_id, component_id, '[]') with &&, daterange(from_on, until_on) with &&)"
    )
    op.execute("alter table former_place enable row level security, force row level security")
    op.execute("create policy system on former_place to cxworkflow_system using (true) with check (true)")
    op.execute(
        f"create policy seen on former_place for select to cxworkflow_app using (({HERE}) and (select {ANYBODY}))"
    )
    op.execute("grant delete on former_place to cxworkflow_system")


def downgrade() -> None:
    op.drop_table("former_place")
    op.drop_constraint(op.f("fk_component_department_part_of"), "component", type_="foreignkey")
    op.drop_constraint(op.f("uq_component_department_id"), "component", type_="unique")
