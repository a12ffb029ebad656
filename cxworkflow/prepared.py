"""Statements that the database has planned stay so from one transaction to the next, however it ends."""

from psycopg.pq import ConnStatus, TransactionStatus
from sqlalchemy import Connection, Engine, event


def keep_prepared(engine: Engine) -> None:
    """Undo transactions past psycopg, which forgets with each ROLLBACK all that was prepared on the connection.

    It fears that a table is gone with the transaction that made it; only migrations make tables. Pages that only read
    end with ROLLBACK, so without this each would have its statements planned anew, with all that row-level security
    adds to them. What psycopg finds undone it leaves alone, and a connection that is broken it still reports.
    """
    event.listen(engine, "rollback", _undo)


def _undo(connection: Connection) -> None:
    if connection.invalidated:  # it broke, and there is nothing left on it to undo
        return
    raw = connection.connection.driver_connection
    if raw is None or raw.pgconn.status != ConnStatus.OK:  # of which psycopg tells SQLAlchemy
        return
    if raw.info.transaction_status is not TransactionStatus.IDLE:
        raw.pgconn.exec_(b"ROLLBACK")
