"""Which Component files for another is said of each: no office of a department is known by its code any more."""

import sqlalchemy as sa
from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None

# Until now the one that filed for others was called so in every department.
FORMERLY = "OCIO"
# Whoever holds the role for the one that files has `covers:` and its number among the words.
COVERED = """
    declare
        words text[] := reach(permission);
        own bigint[] := array(select word::bigint from unnest(words) as word where word ~ '^[0-9]+$');
        covering bigint[] := array(select substr(word, 8)::bigint from unnest(words) as word where word ~ '^covers:');
    begin
        if cardinality(covering) > 0 then
            own := own || array(
                select office.id from component office
                  join component filing on filing.department = office.department and filing.code = office.covered_by
                 where filing.id = any (covering));
        end if;
        return own;
    end
"""
BY_ITS_CODE = """
    declare
        words text[] := reach(permission);
        own bigint[] := array(select word::bigint from unnest(words) as word where word ~ '^[0-9]+$');
    begin
        if 'for_a_headquarters_office' = any (words) then
            own := own || array(select id from component where files = 'ocio');
        end if;
        return own;
    end
"""


def upgrade() -> None:
    op.add_column("component", sa.Column("covered_by", sa.Text(), nullable=True))
    op.drop_constraint(op.f("ck_component_files_known"), "component")
    covered = sa.text("update component set files = 'covered', covered_by = :formerly where files = 'ocio'")
    op.get_bind().execute(covered, {"formerly": FORMERLY})
    op.create_check_constraint(op.f("ck_component_files_known"), "component", "files in ('self', 'covered', 'invited')")
    op.create_check_constraint(
        op.f("ck_component_covered_by_another"),
        "component",
        "(files = 'covered') = (covered_by is not null) and covered_by is distinct from code",
    )
    op.create_foreign_key(
        op.f("fk_component_department_covered_by"),
        "component",
        "component",
        ["department", "covered_by"],
        ["department", "code"],
        deferrable=True,
        initially="DEFERRED",
    )
    op.execute(_components_of(COVERED))


def downgrade() -> None:
    op.execute(_components_of(BY_ITS_CODE))
    op.drop_constraint(op.f("fk_component_department_covered_by"), "component", type_="foreignkey")
    for name in ("covered_by_another", "files_known"):
        op.drop_constraint(op.f(f"ck_component_{name}"), "component")
    op.execute("update component set files = 'ocio' where files = 'covered'")
    op.create_check_constraint(op.f("ck_component_files_known"), "component", "files in ('self', 'ocio', 'invited')")
    op.drop_column("component", "covered_by")


def _components_of(body: str) -> str:
    return (
        "create or replace function components_of(permission text) returns bigint[] "
        f"language plpgsql stable parallel safe as $${body}$$"
    )
