"""Several departments in one database: a role, a person, a line that is of no Component say of which department.

Whatever a policy of row-level security asks, a row has to be of the department in which its reader works now, too. That
follows from the Component, the strategy or the edition that the row is about; what is about none of them has a column.
Where there is one department, which is asked once in a transaction, nothing further is asked of a row.
"""

import sqlalchemy as sa
from alembic import op

from cxworkflow.migrations.departments import (
    FUNCTIONS,
    KEEPS_THE_ACCOUNT,
    OF_THE_DEPARTMENT,
    OWED_TO_ALL,
    OWED_TO_OWN,
    STAMP,
    STAMPED,
    TRIGGERS,
)

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

SIGNATURE = "due_for_disposal(of_kind text, before date, today date)"


def upgrade() -> None:
    connection = op.get_bind()
    departments = list(connection.scalars(sa.text("select distinct department from component order by 1")))
    first = departments[0] if departments else ""
    for table in STAMPED:
        # A constant is no work for rows that are there, however many: they are of the department that there is.
        op.add_column(table, sa.Column("department", sa.Text(), server_default=first or None, nullable=True))
        op.alter_column(table, "department", server_default=sa.text(STAMP))
    op.execute(
        "alter table policy_edition add column department text not null "
        "generated always as (content ->> 'department') stored"
    )
    op.add_column("sign_in", sa.Column("department", sa.Text(), nullable=True))
    op.add_column("api_token", sa.Column("department", sa.Text(), server_default=first or None, nullable=True))
    op.alter_column("api_token", "department", server_default=sa.text(STAMP))
    op.add_column("appointment", sa.Column("department", sa.Text(), server_default="", nullable=False))
    op.add_column("person", sa.Column("departments", sa.ARRAY(sa.TEXT()), server_default="{}", nullable=False))
    _give_what_is_there(departments)
    for function in FUNCTIONS:
        op.execute(function)
    for signature in _signatures():
        op.execute(f"revoke execute on function {signature} from public")
        op.execute(f"grant execute on function {signature} to cxworkflow_app")
    for trigger in TRIGGERS:
        op.execute(trigger)
    op.drop_index("uq_disposal_one_open", table_name="disposal")
    _one_open([sa.text("coalesce(department, '')"), "kind"])
    _redefine("owe_deliveries", OWED_TO_ALL, OWED_TO_OWN)
    _due("past_its_time(of_kind, before, today) due", "and (one_department_only() or disposable_here(of_kind, due.id))")
    _guard()


def downgrade() -> None:
    _unguard()
    _redefine("owe_deliveries", OWED_TO_OWN, OWED_TO_ALL)
    _due("past_its_time(of_kind, before, today)", "")
    op.drop_index("uq_disposal_one_open", table_name="disposal")
    _one_open(["kind"])
    for name, table in (("of_its_department", "appointment"), ("of_a_department", "person")):
        op.execute(f"drop trigger {name} on {table}")
    op.execute("drop trigger known_in_the_department on appointment")
    for signature in reversed(_signatures()):
        op.execute(f"drop function {signature}")
    op.drop_column("person", "departments")
    for table in ("appointment", "api_token", "sign_in", "policy_edition", *STAMPED):
        op.drop_column(table, "department")


def _give_what_is_there(departments: list[str]) -> None:
    """Roles are of the department of their Component; those of no Component held for every department that there is."""
    # Nobody is signed out by it.
    op.execute("alter table appointment disable trigger user")
    op.execute("update appointment set department = c.department from component c where c.id = component_id")
    for nth, name in enumerate(departments):
        given = {"name": name}
        if nth == 0:
            of_all = sa.text("update appointment set department = :name where component_id is null")
        else:
            of_all = sa.text(
                "insert into appointment (person_id, role, from_on, until_on, acting, department) "
                "select person_id, role, from_on, until_on, acting, :name from appointment "
                "where component_id is null and department = :first"
            )
            given["first"] = departments[0]
        op.get_bind().execute(of_all, given)
    op.execute("alter table appointment enable trigger user")
    op.execute(
        "update person set departments = coalesce("
        "(select array_agg(distinct a.department order by a.department) from appointment a "
        "where a.person_id = person.id and a.department <> ''), "
        "(select array[min(department)] from component having min(department) is not null), '{}')"
    )


def _redefine(function: str, old: str, new: str) -> None:
    definition = op.get_bind().scalar(sa.text("select pg_get_functiondef(cast(:name as regproc))"), {"name": function})
    if old not in definition:
        raise LookupError(f"{function} does not say “{old}”.")
    op.execute(sa.text(definition.replace(old, new).replace(":", r"\:")))


def _signatures() -> list[str]:
    """What each function is called by: its name with the types of what it is given."""
    found = []
    for function in FUNCTIONS:
        name, given = function.split("create function ")[1].split(" returns ")[0].rstrip(")").split("(", 1)
        types = ", ".join(each.split()[-1] for each in given.split(",") if each)
        found.append(f"{name}({types})")
    return found


def _one_open(columns: list[str | sa.TextClause]) -> None:
    op.create_index(
        "uq_disposal_one_open",
        "disposal",
        columns,
        unique=True,
        postgresql_where=sa.text("done_at is null and withdrawn_at is null"),
    )


def _due(source: str, also: str) -> None:
    columns = "due.*" if source.endswith(" due") else "*"
    op.execute(
        f"""
        create or replace function {SIGNATURE}
        returns table (id bigint, about text, parts bigint, since date, held boolean)
        language sql stable security definer set search_path = public, pg_temp as $$
            select {columns} from {source}
             where current_setting('role') <> 'cxworkflow_app' or 'always' = any (reach('see_operations')) {also}
        $$
        """  # noqa: S608  # nothing in it comes from outside
    )


_POLICIES = sa.text(
    "select policyname, cmd, qual, with_check from pg_policies "
    "where schemaname = 'public' and tablename = :table and roles = '{cxworkflow_app}' order by policyname"
)
_KEPT = sa.text(
    "select p.polname, c.relname, obj_description(p.oid, 'pg_policy') from pg_policy p "
    "join pg_class c on c.oid = p.polrelid where obj_description(p.oid, 'pg_policy') like '{%' order by 2, 1"
)


def _guard() -> None:
    """Ask for the department beside what each policy asks. That is kept as the policy's comment, to be gone back to."""
    connection = op.get_bind()
    for table, here in OF_THE_DEPARTMENT.items():
        becomes = KEEPS_THE_ACCOUNT if table == "person" else here
        for name, command, asks, wants in connection.execute(_POLICIES, {"table": table}).all():
            using = f"using (({here}) and ({asks}))" if asks is not None else ""
            checked = wants if wants is not None else asks
            check = f"with check (({becomes}) and ({checked}))" if command in ("INSERT", "UPDATE") else ""
            before = sa.func.jsonb_build_object("asks", asks, "wants", wants)
            kept = connection.scalar(sa.select(sa.cast(before, sa.Text)))
            op.execute(f"alter policy {name} on {table} {using} {check}")
            connection.exec_driver_sql(f"comment on policy {name} on {table} is {_quoted(kept)}")


def _unguard() -> None:
    connection = op.get_bind()
    for name, table, kept in connection.execute(_KEPT).all():
        asks, wants = connection.execute(
            sa.text("select cast(:kept as jsonb) ->> 'asks', cast(:kept as jsonb) ->> 'wants'"), {"kept": kept}
        ).one()
        using = f"using ({asks})" if asks is not None else ""
        # What had no check of its own was checked by what it used.
        check = f"with check ({wants if wants is not None else asks})" if _checks(table, name) else ""
        op.execute(f"alter policy {name} on {table} {using} {check}")
        op.execute(f"comment on policy {name} on {table} is null")


def _checks(table: str, name: str) -> bool:
    asked = sa.text("select with_check is not null from pg_policies where tablename = :table and policyname = :name")
    return bool(op.get_bind().scalar(asked, {"table": table, "name": name}))


def _quoted(said: str | None) -> str:
    # What a comment says is no parameter of the statement; a per cent sign would begin one.
    return "'" + (said or "").replace("'", "''").replace("%", "%%") + "'"
