"""A policy can ask every Component to deliver something beside its paper, which says in words what it delivered."""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

ANYBODY = "current_setting('cxworkflow.person', true) <> '' or current_setting('cxworkflow.signing_in', true) = 'yes'"
ME = "(select nullif(current_setting('cxworkflow.person', true), '')::bigint)"
DELIVERS = "(select string_to_array(current_setting('cxworkflow.deliver', true), ',') && '{always}')"
OVERSEES = "(select string_to_array(current_setting('cxworkflow.see_all', true), ',') && '{always}')"
OWN = "component_id = any ((select components_of('see_draft'))::bigint[])"


def upgrade() -> None:
    op.add_column("deliverable", sa.Column("component_id", sa.BigInteger(), nullable=True))
    op.add_column("deliverable", sa.Column("statement", sa.Text(), server_default="", nullable=False))
    op.create_foreign_key(op.f("fk_deliverable_component_id"), "deliverable", "component", ["component_id"], ["id"])
    op.create_check_constraint(
        op.f("ck_deliverable_component_says_what"), "deliverable", "component_id is null or statement <> ''"
    )
    op.create_index("ix_deliverable_component_id", "deliverable", ["component_id"], unique=False)
    op.create_index(
        "uq_deliverable_once",
        "deliverable",
        ["edition_id", "what", sa.text("coalesce(component_id, 0)")],
        unique=True,
    )
    op.drop_constraint("uq_deliverable_edition_id_what", "deliverable")
    # What the Directorate delivers is for all to see; what a Component does, for itself and for who sees them all.
    op.execute(
        f"alter policy seen on deliverable using ((component_id is null and (select {ANYBODY})) or {OVERSEES} or {OWN})"
    )
    added = f"(component_id is null and {DELIVERS}) or {OWN}"
    op.execute(f"alter policy added on deliverable with check (by_id = {ME} and ({added}))")


def downgrade() -> None:
    op.execute(f"alter policy added on deliverable with check ({DELIVERS} and by_id = {ME})")
    op.execute(f"alter policy seen on deliverable using ((select {ANYBODY}))")
    op.execute("delete from deliverable where component_id is not null")
    op.create_unique_constraint("uq_deliverable_edition_id_what", "deliverable", ["edition_id", "what"])
    op.drop_index("uq_deliverable_once", "deliverable")
    op.drop_index("ix_deliverable_component_id", "deliverable")
    for column in ("statement", "component_id"):
        op.drop_column("deliverable", column)
