"""Migrations: up, down and up again with data in place; the models and the tables say the same."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic import command
from flask import Flask
from sqlalchemy import Connection, Engine, NullPool, create_engine, event, text

from cxworkflow import migrations
from cxworkflow.db import session
from cxworkflow.errors import SettingError
from cxworkflow.migrations import configuration, is_current, upgrade
from cxworkflow.models import Role
from cxworkflow.scope import SYSTEM, within
from cxworkflow.scratch import scratch_database
from cxworkflow.services import reminders, webhooks
from tests import hisps
from tests.databases import copied, engine_on
from tests.stage import Stage, eastern, using

pytestmark = pytest.mark.integration
BEGUN, NOW = eastern("2023-12-01 08:00"), eastern("2024-06-10 06:00")


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


@pytest.fixture
def lived_in(shared_app: Flask, server_url: str, set_stage: str) -> Iterator[Engine]:
    """A database in which people have worked: drafts, reviews, a decision, commitments, quarters, notices, a record."""
    with copied(server_url, set_stage) as found:
        working = engine_on(found)
        with shared_app.app_context(), within(SYSTEM), using(shared_app, working):
            stage = Stage.found()
            stage.drafted("CISA")
            stage.returned("FEMA")
            stage.implemented(stage.approved("CBP"), "2024-06-03 09:00")
            hisps.entered(stage, hisps.service(stage, "CBP"), "2023-Q4")
            webhooks.register(
                "http://127.0.0.1:9/", ["submit"], loopback=True, key="x" * 32, by=stage.person(Role.CIO), at=BEGUN
            )
            stage.submitted("ICE")
            reminders.sweep(at=NOW)
            session().commit()
        working.dispose()
        yield create_engine(found, poolclass=NullPool)


def kept(connection: Connection) -> dict[str, int]:
    """How many rows of what no migration may lose there are."""
    rows = {name: connection.scalar(text(f"select count(*) from {name}")) for name in KEPT}
    connection.rollback()
    return rows


# Tables of the first version: every step down keeps their rows, and every step up again does.
KEPT = ("person", "appointment", "component", "strategy", "answer", "version", "decision", "clock", "notice", "event")


def test_down_to_the_first_version_and_up_again_with_the_work_of_people_in_it(lived_in: Engine) -> None:
    with lived_in.connect() as connection:
        before = kept(connection)
        assert all(before.values())
        bodies = connection.scalars(text("select body from event order by seq")).all()
        connection.rollback()
        command.downgrade(configuration(connection), "0001")
        assert kept(connection) == before
    upgrade(lived_in.url.render_as_string(hide_password=False))
    with lived_in.connect() as connection:
        assert kept(connection) == before
        assert len(connection.scalars(text("select body from event order by seq")).all()) == len(bodies)
        connection.rollback()
        command.check(configuration(connection))


def test_one_step_down_and_up_keeps_every_row_but_those_of_the_step(lived_in: Engine) -> None:
    with lived_in.connect() as connection:
        whole = {name: connection.scalar(text(f"select count(*) from {name}")) for name in tables(connection)}
        connection.rollback()
        command.downgrade(configuration(connection), "-1")
        left = tables(connection)
        assert {name: connection.scalar(text(f"select count(*) from {name}")) for name in left} == {
            name: number for name, number in whole.items() if name in left
        }
        connection.rollback()
    upgrade(lived_in.url.render_as_string(hide_password=False))


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
