"""A scratch database: made for one use, with every table, gone afterwards."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from cxworkflow.errors import SettingError
from cxworkflow.migrations import upgrade

PREFIX = "cxworkflow_scratch_"


@contextmanager
def scratch_database(server_url: str) -> Iterator[str]:
    """The URL of a new, migrated database on the same server; it is dropped when the block ends."""
    admin = sa.create_engine(server_url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    name = PREFIX + secrets.token_hex(6)
    try:
        with admin.connect() as connection:
            _drop_abandoned(connection)
            connection.execute(sa.text(f'create database "{name}"'))
    except sa.exc.ProgrammingError as error:
        raise SettingError(
            f"A scratch database can't be made on this server ({error.orig}). Let the database user create databases."
        ) from None
    url = sa.make_url(server_url).set(database=name)
    try:
        upgrade(url.render_as_string(hide_password=False))
        yield url.render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.execute(sa.text(f'drop database if exists "{name}" with (force)'))


def _drop_abandoned(connection: sa.Connection) -> None:
    """Drop what a killed program left behind: scratch databases of more than an hour ago that nobody uses."""
    abandoned = connection.scalars(
        sa.text(
            "select datname from pg_database where datname like :prefix "
            "and (pg_stat_file('base/' || oid || '/PG_VERSION', true)).modification < now() - interval '1 hour' "
            "and not exists (select 1 from pg_stat_activity where pg_stat_activity.datname = pg_database.datname)"
        ),
        {"prefix": f"{PREFIX}%"},
    ).all()
    for name in abandoned:
        connection.execute(sa.text(f'drop database if exists "{name}"'))
