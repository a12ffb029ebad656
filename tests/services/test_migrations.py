"""Migrations: up, down and up again with data in place; the models and the tables say the same."""

from collections.abc import Iterator

import pytest
from alembic import command
from sqlalchemy import Connection, Engine, NullPool, create_engine, text

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
