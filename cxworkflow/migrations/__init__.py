"""Bringing a database's tables up to date, by one process at a time."""

import time
from pathlib import Path

import psycopg
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from cxworkflow.errors import SettingError

LOCK = 7602  # an advisory lock's number: any, as long as it stays the same
FOLDER = Path(__file__).parent
TRIES, PAUSE = 5, 2.0  # seconds between two of them, in which those who waited behind us go on


def configuration(connection: sa.Connection | None = None) -> Config:
    """Alembic's configuration, without a file."""
    made = Config()
    made.set_main_option("script_location", str(FOLDER))
    made.attributes["connection"] = connection
    return made


def upgrade(database_url: str) -> None:
    """Apply every migration that this database lacks; a second process waits and finds nothing to do.

    Where somebody holds a table for long, it is tried again, and others get their turn meanwhile. Raises SettingError
    where it never gets its own, for a database with migrations that this version does not know, and where the login
    may not change the tables or make the application's roles.
    """
    engine = sa.create_engine(database_url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        if is_current(connection):
            return
        _refuse_unknown(connection)
        connection.execute(sa.text("select pg_advisory_lock(:lock)"), {"lock": LOCK})
        connection.commit()
        try:
            _apply(connection)
        except sa.exc.ProgrammingError as error:
            if not isinstance(error.orig, psycopg.errors.InsufficientPrivilege):
                raise
            raise SettingError(
                f"The database can't be brought up to date by this login: {error.orig.diag.message_primary}. Run "
                "`cxworkflow migrate` with the login of its owner in CXWORKFLOW_OWNER_DATABASE_URL; where that one may "
                "not create roles, have the roles made that the README names."
            ) from None
        finally:
            connection.rollback()
            connection.execute(sa.text("select pg_advisory_unlock(:lock)"), {"lock": LOCK})
            connection.commit()


def _apply(connection: sa.Connection) -> None:
    for left in reversed(range(TRIES)):
        try:
            command.upgrade(configuration(connection), "head")
        except sa.exc.OperationalError as error:
            connection.rollback()
            if not isinstance(error.orig, psycopg.errors.LockNotAvailable):
                raise
            if not left:
                raise SettingError(
                    "The tables are in use, and were not changed: somebody held one of them for longer than is waited "
                    "for. Run `cxworkflow migrate` again at a quieter time."
                ) from None
            time.sleep(PAUSE)
        else:
            return


def _refuse_unknown(connection: sa.Connection) -> None:
    present = MigrationContext.configure(connection).get_current_revision()
    connection.rollback()
    known = {script.revision for script in ScriptDirectory.from_config(configuration()).walk_revisions()}
    if present is not None and present not in known:
        raise SettingError(
            f"This database was last used by a newer version of cxworkflow (its tables are at {present}). "
            "Start that version, or name another database."
        )


def is_current(connection: sa.Connection) -> bool:
    """Whether the database has every migration."""
    present = MigrationContext.configure(connection).get_current_revision()
    connection.rollback()
    return present == ScriptDirectory.from_config(configuration()).get_current_head()
