"""The database: typed base, names for every constraint, one transaction per user action."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, TypeVar

from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from sqlalchemy import BigInteger, Date, DateTime, Executable, MetaData, Select, Text, bindparam, func, inspect, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import DeclarativeBase, registry, scoped_session

from cxworkflow.clock import shown
from cxworkflow.errors import NotAllowed, NotFound
from cxworkflow.pooled import Lean

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


# Who we work as, whoever signs in: it owns nothing, so what the database refuses is refused to us.
ROLE = "cxworkflow_app"

# Compiling the sweep's statement takes five times as long as running it, so not just in time. A program that stands
# still in mid-transaction holds its rows no longer than a minute: the server ends its session.
OPTIONS = ("jit=off", "timezone=UTC", "lock_timeout=10s", "idle_in_transaction_session_timeout=60s", f"role={ROLE}")
# For a connection whose other end is gone without a word, the kernel would wait two hours for an answer: so after ten
# silent seconds it is asked whether it is there, and given up when what was said to it has not arrived for 25, well
# within a sender's lease. How long a statement may take is another matter: a server at work answers for it. On Unix
# sockets these say nothing.
HALF_OPEN = {
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,  # milliseconds
}
CONNECT_ARGS = {
    "options": " ".join(f"-c {option}" for option in OPTIONS),
    "connect_timeout": 5,
    "cursor_factory": Lean,
    **HALF_OPEN,
}
# Connections are kept, with the plans of the statements they have run, and before each use one is made sure to be there
# (`pooled`). What people wrote and who they are stays out of the messages of errors, and so out of the logs.
POOLED = {"pool_pre_ping": True, "pool_size": 5}
ENGINE_OPTIONS = {"connect_args": CONNECT_ARGS, "hide_parameters": True, **POOLED}


class Base(DeclarativeBase):
    """Every noun's base: 64-bit keys, text without a length, moments with a zone, JSON as jsonb."""

    never_changes: ClassVar[bool] = False  # a row of it, once it is there

    registry = registry(
        metadata=MetaData(naming_convention=NAMES),
        type_annotation_map={
            int: BigInteger,
            str: Text,
            datetime: DateTime(timezone=True),
            date: Date,
            dict[str, Any]: JSONB,
        },
    )


# Objects stay readable after the commit: a sender commits after each message, a page reads after its verb.
db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})


def session() -> scoped_session[Session]:
    """The session of this request, command or task."""
    return db.session


def rows(statement: Executable, **values: Any) -> Sequence[Any]:
    """The rows of columns, no objects, that a statement finds, in the transaction of the session.

    Past the part of SQLAlchemy that makes objects of rows, which takes as long as the rest where there are none. What
    the session has not written yet is not among them.
    """
    return session().connection().execute(statement, values).all()


Row = TypeVar("Row", bound=Base)
AT_ONCE = 0.1  # seconds: whoever gets a row within them has not waited for another verb


def read_with_the_request(*who: Base) -> None:
    """Who asks, and what says what they may: read a moment ago, at the begin of the request."""
    session().info["who asks"] = who


def holding(kind: type[Row], *options: Any) -> Select[tuple[Row]]:
    """The statement by which `held_at_first` reads a row, to be put together once."""
    wanted = select(kind).where(inspect(kind).primary_key[0] == bindparam("key")).options(*options)
    return wanted.with_for_update(of=kind, key_share=True).execution_options(populate_existing=True)


def held_at_first(wanted: Select[tuple[Row]], key: int) -> Row | None:
    """A row by its key, held by the first statement that reads it; the next `held` of it has nothing left to do.

    For a page on which one verb follows at once. None where the row is not there, or is not to be changed by who asks:
    then nothing is held, and it may still be read.
    """
    with _at_once():
        row = session().scalars(wanted, {"key": key}).one_or_none()
    session().info["held at first"] = (row, session()().get_transaction())
    return row


def held(row: Row) -> Row:
    """The row as it is now, held until the transaction ends, so that no two verbs act on it at once.

    Whatever this session read before may be out of date by then, so all of it is read anew when it is next used; who
    asks only after a wait for the row, or where the row is about them.
    Raises NotAllowed where row-level security keeps the row from who asks, NotFound where it hides it.
    """
    if session().info.pop("held at first", None) == (row, session()().get_transaction()):
        return row
    session().flush()
    about_them = any(each is row for each in _who_asks())
    for each in list(session()):
        if not (isinstance(each, Base) and each.never_changes) and (about_them or each not in _who_asks()):
            session().expire(each)
    try:
        with _at_once():
            # Not so strong a lock that the sweep, whose rows only refer to this one, would wait for it.
            session().refresh(row, with_for_update={"of": type(row), "key_share": True})
    except InvalidRequestError:
        key = inspect(row).identity
        assert key is not None
        if session().get(type(row), key, populate_existing=True) is None:
            raise NotFound("There is no such thing, or you may not know of it.") from None
        raise NotAllowed("You may not change this. Nothing was changed.") from None
    return row


def _who_asks() -> Sequence[Base]:
    who: Sequence[Base] = session().info.get("who asks", ())
    return who


@contextmanager
def _at_once() -> Iterator[None]:
    """If this took so long that a row may have been waited for, who asks may have lost a role meanwhile."""
    began = time.monotonic()
    yield
    if time.monotonic() - began > AT_ONCE:
        for each in _who_asks():
            session().expire(each)


@contextmanager
def unit_of_work() -> Iterator[scoped_session[Session]]:
    """One user action, one transaction: all of it is committed, or none."""
    current = session()
    try:
        yield current
        current.commit()
    except BaseException:
        current.rollback()
        raise


def server_clock() -> Callable[[], datetime]:
    """A clock that goes on from the database server's time (aware, UTC), which all workers have in common.

    A worker's own clock can be hours ahead or behind: by it, reminders would go out before their day, or at night.
    """
    began = session().execute(select(func.clock_timestamp())).scalar_one()
    answered_at = time.monotonic()  # so a slow answer makes it late, never early
    return lambda: shown(began + timedelta(seconds=time.monotonic() - answered_at))
