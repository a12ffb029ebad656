"""Migrations: down and up again, among others who use the tables; the models and the tables say the same.

What becomes of data is in tests/matrix/test_every_migration.py.
"""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic import command
from sqlalchemy import Connection, Engine, NullPool, create_engine, event, text

from cxworkflow import migrations
from cxworkflow.errors import SettingError
from cxworkflow.migrations import configuration, is_current, upgrade
from cxworkflow.scratch import scratch_database

pytestmark = pytest.mark.integration


@pytest.fixture
def url(server_url: str) -> Iterator[str]:
    """A scratch database with every table."""
    with scratch_database(server_url) as made:
        yield made


@pytest.fixture
def engine(url: str) -> Engine:
    return create_engine(url, poolclass=NullPool)


def tables(connection: Connection) -> set[str]:
    found = connection.scalars(text("select tablename from pg_tables where schemaname = 'public'"))
    return set(found) - {"alembic_version"}


def test_nothing_stands_in_the_models_that_is_not_in_the_tables(engine: Engine) -> None:
    with engine.connect() as connection:
        command.check(configuration(connection))


def test_an_upgraded_database_has_nothing_to_do(url: str, engine: Engine) -> None:
    with engine.connect() as connection:
        assert is_current(connection)
    upgrade(url)


def test_the_guards_go_and_come_again_and_the_data_stays(url: str, engine: Engine) -> None:
    line = '{"event": 1, "at": "2024-01-09T15:00:00Z", "what": "test", "as": "", "request": "", "details": {}}'
    with engine.begin() as connection:
        connection.execute(text("select audit_append(array[:line])"), {"line": line})
    with engine.connect() as connection:
        command.downgrade(configuration(connection), "0001")
        assert not connection.scalar(text("select count(*) from pg_trigger where not tgisinternal"))
        assert connection.scalar(text("select count(*) from event")) == 1
    upgrade(url)
    with engine.connect() as connection:
        assert connection.scalar(text("select count(*) from event")) == 1
        assert connection.scalar(text("select count(*) from pg_trigger where tgname = 'append_only'")) > 0


def test_down_to_nothing_and_up_again(url: str, engine: Engine) -> None:
    with engine.connect() as connection:
        whole = tables(connection)
        connection.rollback()
        command.downgrade(configuration(connection), "base")
        assert tables(connection) == set()
        functions = text(
            "select count(*) from pg_proc join pg_namespace n on n.oid = pronamespace where nspname = 'public'"
        )
        assert connection.scalar(functions) == 0
    upgrade(url)
    with engine.connect() as connection:
        assert tables(connection) == whole
        assert is_current(connection)


def test_a_migration_waits_its_turn_and_lets_others_have_theirs(url: str, engine: Engine) -> None:
    with engine.connect() as connection:
        command.downgrade(configuration(connection), "0046")
    with engine.connect() as held, ThreadPoolExecutor() as beside:
        held.execute(text("lock table person in row exclusive mode"))  # as whoever is writing there has it
        began = time.monotonic()
        going_on = beside.submit(upgrade, url)
        longest = 0.0
        while time.monotonic() - began < 7:
            asked = time.monotonic()
            with engine.begin() as other:
                other.execute(text("update person set name = name"))
            longest = max(longest, time.monotonic() - asked)
        assert not going_on.done()
        held.rollback()
        going_on.result(timeout=60)
    assert 1 < longest < 6, "whoever came later waited for the migration no longer than it itself waits"
    with engine.connect() as connection:
        assert is_current(connection)


def test_a_migration_that_never_gets_its_turn_changes_nothing_and_says_so(
    url: str, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrations, "TRIES", 1)
    with engine.connect() as connection:
        command.downgrade(configuration(connection), "0046")
        before = tables(connection)
    with engine.connect() as held:
        held.execute(text("lock table person in row exclusive mode"))
        with pytest.raises(SettingError, match="The tables are in use, and were not changed"):
            upgrade(url)
    with engine.connect() as connection:
        assert tables(connection) == before


def test_no_statement_of_a_migration_runs_without_end(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    told = []

    def noted(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        told.append(statement)

    with engine.connect() as connection:
        event.listen(connection, "before_cursor_execute", noted)
        command.downgrade(configuration(connection), "-1")
    changes = [place for place, each in enumerate(told) if each.strip().lower().startswith(("drop", "alter", "create"))]
    assert changes
    assert told.index("set local statement_timeout = '15min'") < changes[0]


def test_a_database_of_a_newer_version_is_refused_in_words(url: str, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    with pytest.raises(SettingError, match="last used by a newer version of cxworkflow"):
        upgrade(url)


def test_a_server_that_is_out_of_reach_or_refuses_is_told_in_words(engine: Engine, url: str) -> None:
    nowhere = "postgresql+psycopg://nobody@127.0.0.1:9/none"
    with pytest.raises(SettingError, match="The database server can't be reached"), scratch_database(nowhere):
        pass
    with engine.begin() as connection:
        connection.execute(text("create role cxworkflow_modest login password 'modest'"))
    modest = engine.url.set(username="cxworkflow_modest", password="modest").render_as_string(hide_password=False)
    try:
        with pytest.raises(SettingError, match="Let the database user create databases"), scratch_database(modest):
            pass
    finally:
        with engine.begin() as connection:
            connection.execute(text("drop role cxworkflow_modest"))
