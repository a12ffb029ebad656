"""The policies of row-level security as guards: removed one at a time from the database of the matrix, and put back."""

from collections.abc import Iterator
from functools import partial

import psycopg
from sqlalchemy import Engine

from tests.mutation.tables import Guard

OF_PEOPLE = "select tablename, policyname, cmd, qual, with_check from pg_policies where 'cxworkflow_app' = any (roles)"
Policy = tuple[str, str, str, str | None, str | None]


class Rows:
    """The policies of one database."""

    def __init__(self, engine: Engine) -> None:
        self._url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(self._url) as owner:
            self._policies: list[Policy] = owner.execute(f"{OF_PEOPLE} order by 1, 2").fetchall()

    def guards(self) -> Iterator[Guard]:
        """Each policy that lets through less than everything."""
        for policy in self._policies:
            table, name, _, qual, check = policy
            if {qual, check} - {None, "true"}:
                where = f"tests/matrix/test_every_row.py::test_a_row_is_for_whom_the_table_says[{table}]"
                yield Guard(f"rows of {table}: {name}", partial(self._alter, policy, "true", "true"), where)

    def put_back(self) -> None:
        """All of them as they were."""
        for policy in self._policies:
            self._alter(policy, policy[3], policy[4])

    def _alter(self, policy: Policy, qual: str | None, check: str | None) -> None:
        table, name, command, *_ = policy
        using = f" using ({qual})" if command != "INSERT" and qual else ""
        checked = f" with check ({check})" if command in ("INSERT", "UPDATE") and check else ""
        with psycopg.connect(self._url) as owner:
            owner.execute(f"alter policy {name} on {table}{using}{checked}".encode())
