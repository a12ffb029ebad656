"""A scratch database: made for one use, with every table, gone afterwards."""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from cxworkflow.errors import SettingError
from cxworkflow.migrations import upgrade

PREFIX = "cxworkflow_scratch_"
ABANDONED_AFTER = 3600  # seconds


@contextmanager
def scratch_database(server_url: str) -> Iterator[str]:
    """The URL of a new, migrated database on the same server; it is dropped when the block ends.

    Raises SettingError where the server is out of reach or its user may not create databases.
    """
    admin = sa.create_engine(server_url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    # The name says when it was made, which only a superuser could ask the server.
    name = f"{PREFIX}{int(time.time())}_{secrets.token_hex(6)}"
    try:
        with admin.connect() as connection:
            _drop_abandoned(connection)
            connection.execute(sa.text(f'create database "{name}"'))
    except sa.exc.ProgrammingError as error:
        raise SettingError(
            f"A scratch database can't be made on this server ({error.orig}). Let the database user create databases."
        ) from None
    except sa.exc.OperationalError as error:
        raise SettingError(f"The database server can't be reached ({error.orig}).") from None
    url = sa.make_url(server_url).set(database=name)
    try:
        upgrade(url.render_as_string(hide_password=False))
        yield url.render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.execute(sa.text(f'drop database if exists "{name}" with (force)'))


def _drop_abandoned(connection: sa.Connection) -> None:
    """Drop what a killed program left behind: our own scratch databases of more than an hour ago that nobody uses."""
    left = connection.scalars(
        sa.text(
            "select datname from pg_database "
            "where starts_with(datname, :prefix) and pg_get_userbyid(datdba) = current_user "
            "and not exists (select from pg_stat_activity where pg_stat_activity.datname = pg_database.datname)"
        ),
        {"prefix": PREFIX},
    ).all()
    for name in left:
        made_at = name.removeprefix(PREFIX).partition("_")[0]
        if made_at.isdigit() and time.time() - int(made_at) > ABANDONED_AFTER:
            connection.execute(sa.text(f'drop database if exists "{name}"'))
