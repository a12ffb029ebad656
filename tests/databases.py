"""Databases for tests: the tables are made once in a process and the stage is set once; the others are copies."""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from cxworkflow.db import CONNECT_ARGS
from cxworkflow.prepared import keep_prepared
from cxworkflow.scratch import PREFIX


def engine_on(url: str, **options: Any) -> sa.Engine:
    """An engine like the application's, whose plans outlive savepoints as well.

    Tests undo what they did by savepoints, of which psycopg thinks as of transactions: with each that is rolled back it
    forgets what was prepared, and every statement would be planned anew with all of row-level security.
    """
    engine = sa.create_engine(url, connect_args=CONNECT_ARGS, **options)
    keep_prepared(engine)
    engine.dialect.do_rollback_to_savepoint = _undo_to  # type: ignore[method-assign]
    return engine


def _undo_to(connection: sa.Connection, name: str) -> None:
    raw = connection.connection.driver_connection
    assert raw is not None
    result = raw.pgconn.exec_(f'rollback to savepoint "{name}"'.encode())
    if result.error_message:
        raise RuntimeError(result.error_message.decode())


@contextmanager
def copied(server_url: str, original_url: str) -> Iterator[str]:
    """The URL of a copy of a database that nobody is connected to; it is dropped when the block ends."""
    original, name = sa.make_url(original_url).database, f"{PREFIX}{int(time.time())}_{secrets.token_hex(6)}"
    admin = sa.create_engine(server_url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with admin.connect() as connection:
        connection.execute(sa.text(f'create database "{name}" template "{original}"'))
    try:
        yield sa.make_url(server_url).set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.execute(sa.text(f'drop database "{name}" with (force)'))
