"""Connections that are kept: one is asked whether it is there before its use, and a moment later only looked at."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import OperationalError

from cxworkflow import pooled
from cxworkflow.db import CONNECT_ARGS, ENGINE_OPTIONS, session
from cxworkflow.pooled import give_up_in_midst, look_before_use
from cxworkflow.prepared import keep_prepared
from tests.stage import using

pytestmark = pytest.mark.integration


@pytest.fixture
def asked() -> list[object]:
    """Each time that a connection was asked whether it is still there."""
    return []


@pytest.fixture
def engine(server_url: str, asked: list[object]) -> Iterator[Engine]:
    """An engine as the pages have it, with one connection, on the server's own database."""
    options = {name: value for name, value in ENGINE_OPTIONS.items() if name not in ("connect_args", "pool_size")}
    made = create_engine(server_url, **options, pool_size=1, max_overflow=0)
    ask = made.dialect.do_ping

    def noted(connection: object) -> bool:
        asked.append(connection)
        return ask(connection)  # type: ignore[arg-type]

    made.dialect.do_ping = noted  # type: ignore[assignment, method-assign]
    look_before_use(made)
    give_up_in_midst(made)
    yield made
    made.dispose()


def used(engine: Engine) -> int:
    """The number of the server's process that answers."""
    with engine.connect() as connection:
        return int(connection.scalar(text("select pg_backend_pid()")) or 0)


def test_one_that_was_just_asked_is_not_asked_again(engine: Engine, asked: list[object]) -> None:
    assert len({used(engine) for _ in range(10)}) == 1
    assert len(asked) == 1


def test_after_a_while_it_is_asked_again(engine: Engine, asked: list[object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pooled, "ASKED_EVERY", 0)
    for _ in range(3):
        used(engine)
    assert len(asked) == 2  # the first time it was new


def test_one_that_the_server_has_ended_is_replaced_without_an_error(engine: Engine, server_url: str) -> None:
    for _ in range(2):
        lost = used(engine)
    admin = create_engine(server_url, isolation_level="AUTOCOMMIT")
    with admin.connect() as other:
        other.execute(text("select pg_terminate_backend(:lost, 5000)"), {"lost": lost})
    assert used(engine) not in (0, lost)
    admin.dispose()


def test_columns_are_named_as_the_server_names_them(server_url: str) -> None:
    engine = create_engine(server_url, connect_args={"cursor_factory": pooled.Lean})
    with engine.connect() as connection:
        told = connection.execute(text("select 1 as one, 'zwei' as \"zweiter Name\", null::date as three"))
        assert list(told.keys()) == ["one", "zweiter Name", "three"]
        assert told.one() == (1, "zwei", None)
        assert len(connection.execute(text("select from generate_series(1, 2)")).all()) == 2
        assert connection.execute(text("create temporary table gone (x int)")).returns_rows is False
    engine.dispose()


def test_one_that_is_lost_before_it_is_told_who_asks_is_given_up_and_the_next_one_works(
    app: Flask, staged: Engine, server_url: str
) -> None:
    engine = create_engine(staged.url, connect_args=CONNECT_ARGS)  # not even looked at before its use
    keep_prepared(engine)
    admin = create_engine(server_url, isolation_level="AUTOCOMMIT")
    with using(app, engine), admin.connect() as other:
        lost = session().scalar(text("select pg_backend_pid()"))
        session().rollback()
        other.execute(text("select pg_terminate_backend(:lost)"), {"lost": lost})
        with pytest.raises(OperationalError):
            session().execute(text("select 1"))
        session().rollback()
        assert session().scalar(text("select pg_backend_pid()")) != lost
    admin.dispose()
    engine.dispose()


def test_one_that_an_error_left_in_the_midst_of_an_answer_is_given_up(engine: Engine) -> None:
    before = used(engine)
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.pgconn.send_query(b"select pg_sleep(60)")
        with pytest.raises(OperationalError, match="already in progress"):
            connection.execute(text("select 1"))
        assert connection.invalidated
    assert used(engine) != before
