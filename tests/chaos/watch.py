"""What the rig sees of the database, by plain SQL on a connection of its own."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

import psycopg

from tests.chaos.premises import Premises

Answer = TypeVar("Answer")
PATIENCE = timedelta(seconds=120)  # real time that a simulated day may take to settle, whatever has happened


def dsn(premises: Premises) -> str:
    """The database's address as psycopg wants it."""
    return premises.settings["CXWORKFLOW_DATABASE_URL"].replace("+psycopg", "")


@dataclass(frozen=True)
class Sight:
    """What stands in the database at a moment."""

    swept_for_on: date | None
    warned_for_on: date | None
    waiting: int

    def settled_for(self, on: date) -> bool:
        """Whether all that a day asks for is owed, and all that is owed is sent."""
        done = (self.swept_for_on, self.warned_for_on)
        return self.waiting == 0 and all(each is not None and each >= on for each in done)


_LOOK = """
    select (select swept_for_on from sweep_run), (select done_for_on from job_run where name = 'warnings'),
           (select count(*) from notice where state in ('owed', 'sending', 'in_doubt'))
"""


class Watch:
    """Looks into the database, again and again, whatever happens to its connection."""

    def __init__(self, premises: Premises) -> None:
        self._premises = premises
        self._connection: psycopg.Connection | None = None

    def look(self) -> Sight | None:
        """What is to be seen now; None while the database is away."""
        try:
            if self._connection is None or self._connection.closed:
                self._connection = psycopg.connect(dsn(self._premises), autocommit=True, connect_timeout=2)
            found = self._connection.execute(_LOOK).fetchone()
            return Sight(*found) if found else None
        except psycopg.Error:
            if self._connection is not None:
                self._connection.close()
            return None

    def sessions(self) -> list[str]:
        """What the database's other sessions are at, for a day that does not settle."""
        asked = "select pid, state, wait_event, age(clock_timestamp(), state_change), query from pg_stat_activity "
        others = asked + "where datname is not null and pid <> pg_backend_pid()"
        found = self.ask(lambda connection: connection.execute(others).fetchall())
        return [" · ".join(str(part) for part in row) for row in found]

    def ask(self, question: Callable[[psycopg.Connection], Answer]) -> Answer:
        """What the database answers, asked anew if it dies meanwhile."""
        until = time.monotonic() + PATIENCE.total_seconds()
        while True:
            try:
                return question(self.connection())
            except psycopg.Error:
                if time.monotonic() > until:
                    raise

    def connection(self) -> psycopg.Connection:
        """A connection that works; waits for the database."""
        until = time.monotonic() + PATIENCE.total_seconds()
        while self.look() is None:
            if time.monotonic() > until:
                raise TimeoutError("The database did not come back.")
            time.sleep(0.05)
        assert self._connection is not None
        return self._connection
