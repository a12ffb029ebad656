"""Databases for tests: the tables are made once in a process and the stage is set once; the others are copies."""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from cxworkflow.scratch import PREFIX


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
