"""Connections that are kept: how one is looked at before it is used again, when it is given up, what is read of it."""

import select
import time
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from psycopg import Connection, Cursor
from psycopg.pq import TransactionStatus
from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext

ASKED_EVERY = 2.0  # seconds


class Lean(Cursor[Any]):
    """A cursor that says of a column what SQLAlchemy asks: its name and the number of its type.

    Psycopg makes an object of each column of each answer, which takes longer than reading a row of them.
    """

    @property
    def description(self) -> Any:  # psycopg says it with objects
        """Name and type of each column; None where the answer has no rows."""
        answer = self.pgresult
        if answer is None or not answer.nfields:
            return None if answer is None else super().description
        return [((answer.fname(at) or b"").decode(), answer.ftype(at)) for at in range(answer.nfields)]


def look_before_use(engine: Engine) -> None:
    """A connection that was asked a moment ago whether it is still there is only looked at.

    A server that ends, or ends a session, says so, which then lies there to be read; so does one that has crashed, by
    its machine. Only a machine that is gone without a word has to be asked, and is, like before, once ASKED_EVERY.
    """
    ask: Callable[[Any], bool] = engine.dialect.do_ping
    asked_at: WeakKeyDictionary[Connection[Any], float] = WeakKeyDictionary()

    def still_there(connection: Any) -> bool:
        now = time.monotonic()
        if not connection.closed and now - asked_at.get(connection, -ASKED_EVERY) < ASKED_EVERY:
            line = select.poll()
            line.register(connection.pgconn.socket, select.POLLIN)
            if not line.poll(0):
                return True
        there = ask(connection)
        asked_at[connection] = now
        return there

    engine.dialect.do_ping = still_there  # type: ignore[assignment, method-assign]


def give_up_in_midst(engine: Engine) -> None:
    """After an error, a connection that still waits for the rest of an answer is of no use to anybody any more.

    The driver leaves it like that when the kernel gives up the line before the driver has noticed by itself.
    """

    @event.listens_for(engine, "handle_error")
    def judged(context: ExceptionContext) -> None:
        connection = context.connection
        if connection is None or connection.closed or connection.invalidated:
            return
        driver = connection.connection.driver_connection
        if driver is not None and driver.pgconn.transaction_status == TransactionStatus.ACTIVE:
            context.is_disconnect = True
