"""Statements that were planned once stay planned, whether their transaction was committed or undone."""

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from cxworkflow.prepared import keep_prepared

pytestmark = pytest.mark.integration

KEPT = text("select count(*) from pg_prepared_statements where statement like 'select name%'")


def test_a_statement_stays_prepared_when_its_transaction_is_undone(server_url: str) -> None:
    engine = create_engine(server_url, connect_args={"prepare_threshold": 0})
    keep_prepared(engine)
    for _ in range(2):
        with engine.connect() as connection:  # ends with ROLLBACK
            connection.execute(text("select name from pg_settings where name = :name"), {"name": "port"}).all()
    with engine.connect() as connection:
        assert connection.scalar(KEPT) == 1
    engine.dispose()


def test_what_was_written_is_undone_all_the_same(server_url: str) -> None:
    engine = create_engine(server_url)
    keep_prepared(engine)
    with engine.connect() as connection:
        connection.execute(text("create temporary table undone (x int)"))
        connection.rollback()
        assert connection.scalar(text("select to_regclass('undone')")) is None
        assert connection.get_transaction() is not None
    engine.dispose()


def test_a_connection_that_broke_is_undone_without_a_word_and_the_next_one_works(server_url: str) -> None:
    engine = create_engine(server_url)
    keep_prepared(engine)
    admin = create_engine(server_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        lost = connection.scalar(text("select pg_backend_pid()"))
        with admin.connect() as other:
            other.execute(text("select pg_terminate_backend(:lost)"), {"lost": lost})
        with pytest.raises(OperationalError):
            connection.execute(text("select 1"))
        connection.rollback()
        assert connection.scalar(text("select pg_backend_pid()")) != lost
    admin.dispose()
    engine.dispose()
