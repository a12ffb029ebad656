"""Guards in the database, removed one at a time and put back: policies of row-level security, triggers of the steps."""

import time
from collections.abc import Iterator, Sequence
from functools import partial

import psycopg
from sqlalchemy import Engine

from tests.mutation.tables import Guard

OF_PEOPLE = "select tablename, policyname, cmd, qual, with_check from pg_policies where 'cxworkflow_app' = any (roles)"
OF_STEPS = (
    "select tgrelid::regclass::text, tgname from pg_trigger "
    "where not tgisinternal and tgenabled = 'O' and tgname = any (%s) order by 1, 2"
)
GUARDING = (
    "append_only",
    "declined_in_review",
    "known_steps",
    "out_by_whom",
    "rests_on_what_was_said",
    "said_by_another",
    "said_for_the_component",
    "said_of_the_present_version",
    "settled_by_hand",
    "submitted_anew",
    "written_for_the_component",
)
ALL = "rows of all tables"
A_WHILE = 60  # seconds
DIRECT = "tests/services/test_the_database_"  # tests by plain SQL
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
                yield Guard(f"rows of {table}: {name}", partial(self._alter, [(policy, "true", "true")]), where)

    def open(self) -> None:
        """All of them let everything through."""
        self._alter([(policy, "true", "true") for policy in self._policies])

    def put_back(self) -> None:
        """All of them as they were."""
        self._alter([(policy, policy[3], policy[4]) for policy in self._policies])

    def _alter(self, changes: Sequence[tuple[Policy, str | None, str | None]]) -> None:
        with psycopg.connect(self._url) as owner:
            for (table, name, command, *_), qual, check in changes:
                using = f" using ({qual})" if command != "INSERT" and qual else ""
                checked = f" with check ({check})" if command in ("INSERT", "UPDATE") and check else ""
                owner.execute(f"alter policy {name} on {table}{using}{checked}".encode())


class SignIns:
    """Who is signed in in one database since it was made: for them time stands still, however long it all takes."""

    def __init__(self, engine: Engine, made: float) -> None:
        self._url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._since = made

    def stay(self) -> None:
        """Move their moments by what has passed, once in a minute."""
        passed = time.monotonic() - self._since
        if passed > A_WHILE:
            self._since += passed
            later = "seen_at + make_interval(secs => %(passed)s), began_at + make_interval(secs => %(passed)s)"
            with psycopg.connect(self._url) as owner:
                owner.execute(f"update sign_in set (seen_at, began_at) = ({later})".encode(), {"passed": passed})


class Triggers:
    """What the database that most tests share asks of who takes a step, or changes what stays."""

    def __init__(self, engine: Engine) -> None:
        self._url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(self._url) as owner:
            self._triggers: list[tuple[str, str]] = owner.execute(OF_STEPS, [list(GUARDING)]).fetchall()

    def guards(self) -> Iterator[Guard]:
        """Each trigger."""
        for table, name in self._triggers:
            yield Guard(f"trigger {name} on {table}", partial(self._turn, "disable", table, name), DIRECT)

    def put_back(self) -> None:
        """All of them as they were."""
        for table, name in self._triggers:
            self._turn("enable", table, name)

    def _turn(self, how: str, table: str, name: str) -> None:
        with psycopg.connect(self._url) as owner:
            owner.execute(f"alter table {table} {how} trigger {name}".encode())
