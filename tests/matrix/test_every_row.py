"""Every table, each of the people: the database lets them do with rows what `docs/who-sees-rows.md` says.

Whatever pages and verbs ask, this holds for any statement: row-level security answers it. Triggers are off meanwhile,
so that nothing else refuses first.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from cxworkflow.db import Base, session
from cxworkflow.permissions.reach import scope_of
from cxworkflow.scope import NOTHING, SIGNING_IN, Scope, within
from tests.matrix import beside
from tests.matrix.asking import Asking
from tests.matrix.beside import WHOSE
from tests.matrix.premises import NOW
from tests.matrix.statement import STATEMENT
from tests.stage import as_owner

pytestmark = pytest.mark.integration

FILE = Path(__file__).parents[2] / "docs" / "who-sees-rows.md"
TABLES = sorted(Base.metadata.tables)
SAMPLE = 6  # rows of a table that each of the people tries to add


@pytest.fixture
def scopes(asking: Asking) -> dict[str, Scope]:
    """What the database is told of each of the people, of who is on the way in, and of who says nothing."""
    told = {name: scope_of(asking.person(name, WHOSE), at=NOW) for name in STATEMENT.people if name != "nobody"}
    return {"nobody": NOTHING, "on the way in": SIGNING_IN, **told}


@pytest.fixture(autouse=True)
def _no_table_is_empty(asking: Asking) -> None:
    session().add_all(beside.rows(asking.premises))
    session().flush()


def tried(scope: Scope, statement: str, **values: Any) -> int:
    """How many rows a statement reaches in this scope: -1 if not one, being refused; it is undone at once."""
    with within(scope):
        block = session().begin_nested()
        try:
            return max(session().connection().execute(text(statement), values).rowcount, 0)
        except DBAPIError as error:
            # Whatever else it breaks, the row was let through.
            refused = "row-level security" in str(error.orig) or "permission denied" in str(error.orig)
            return -1 if refused else 1
        finally:
            block.rollback()


def how_many(reached: int, of: int) -> str:
    return "none" if reached <= 0 else "all" if reached >= of else "some"


def rows_of(table: str) -> list[str]:
    return list(session().scalars(text(f"select to_jsonb(t)::text from {table} t order by ctid")))


def seen(table: str, scope: Scope) -> str:
    return how_many(tried(scope, f"select from {table}"), len(rows_of(table)))


def added(table: str, scope: Scope) -> str:
    rows = rows_of(table)
    me = scope.settings.get("person", "")
    own = [row for row in rows if me and re.search(rf'"(by|person|reviewer)_id": {me}\b', row)]
    sample = list(dict.fromkeys([*rows[:2], *rows[-2:], *own[:2]]))[:SAMPLE]
    columns = ", ".join(f'"{each.name}"' for each in Base.metadata.tables[table].columns if each.computed is None)
    populated = f"select {columns} from jsonb_populate_record(null::{table}, :row)"
    insert = f"insert into {table} ({columns}) overriding system value {populated}"
    let = [row for row in sample if tried(scope, insert, row=row) > 0]
    return how_many(len(let), len(sample))


def changed(table: str, scope: Scope) -> str:
    granted = text(
        "select column_name from information_schema.column_privileges where table_name = :table "
        "and grantee = 'cxworkflow_app' and privilege_type = 'UPDATE' order by column_name <> 'id' limit 1"
    )
    column = session().scalar(granted, {"table": table})
    if column is None:
        return "none"
    same = f'"{column}" = "{column}"' if column != "id" else "id = default"
    return how_many(tried(scope, f"update {table} set {same}"), len(rows_of(table)))


def removed(table: str, scope: Scope) -> str:
    return how_many(tried(scope, f"delete from {table}"), len(rows_of(table)))


ACTS: dict[str, Callable[[str, Scope], str]] = {"see": seen, "add": added, "change": changed, "remove": removed}


def answers(table: str, scopes: dict[str, Scope]) -> list[str]:
    """What the database lets each of the people do, as the statement writes it."""
    with as_owner():
        session().execute(text(f"alter table {table} disable trigger user"))
    lines = []
    for act, ask in ACTS.items():
        told: dict[str, list[str]] = {}
        for name, scope in scopes.items():
            told.setdefault(ask(table, scope), []).append(name)
        said = "; ".join(f"{amount}: {', '.join(_short(told[amount]))}" for amount in ("all", "some") if amount in told)
        lines.append(f"- {act} {said or 'none: everybody'}")
    return lines


def _short(names: list[str]) -> list[str]:
    known = [name for name in STATEMENT.people if name != "nobody"]
    if not set(known) <= set(names):
        return names
    return [*(name for name in names if name not in known), "everybody who is known"]


def stated(table: str) -> list[str]:
    found = re.search(rf"^## `{table}`\n\n((?:- .*\n)+)", FILE.read_text(encoding="utf-8"), re.MULTILINE)
    return found[1].splitlines() if found else []


@pytest.mark.asvs("V8.2.2")
@pytest.mark.parametrize("table", TABLES)
def test_a_row_is_for_whom_the_table_says(asking: Asking, scopes: dict[str, Scope], table: str) -> None:
    told = answers(table, scopes)
    assert told == stated(table), f"{FILE.name} has to say of {table}:\n" + "\n".join(told)
