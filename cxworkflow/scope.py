"""What a transaction may see and write: declared at its begin, from what the edge of the program has said.

A request works for one person, a task or command for the system. Whoever says nothing sees and writes nothing: the
policies of row-level security read what is declared here, and it ends with the transaction.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from flask_sqlalchemy.session import Session
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, event
from sqlalchemy.orm import SessionTransaction

from cxworkflow.db import ROLE, session

# What the policies read, each as `cxworkflow.<name>`: who it is, whether somebody may be signing in, and how far each
# of these permissions reaches.
SETTINGS = (
    "person",
    "signing_in",
    "see_all",
    "see_draft",
    "see_submitted",
    "see_comments",
    "see_team",
    "see_record",
    "see_operations",
    "see_people",
    "settle_notices",
    "appoint",
    "name_acting",
    "confirm_accounts",
    "deliver",
    "close_offices",
    "hold",
    "propose_disposal",
    "confirm_disposal",
    "see_publications",
    "prepare_publication",
    "release_publication",
    "clear_quarter",
    "keep_webhooks",
)
_SET = {name: f", set_config('cxworkflow.{name}', %s, true)" for name in SETTINGS}


@dataclass(frozen=True)
class Scope:
    """The database role to work in, and the settings by name; what is not named is empty."""

    role: str = ROLE
    settings: dict[str, str] = field(default_factory=dict)


NOTHING = Scope()
SIGNING_IN = Scope(settings={"signing_in": "yes"})  # nobody is known yet
PUBLIC = Scope("cxworkflow_public")  # who is nobody, and reads what is published and no other table
SYSTEM = Scope("cxworkflow_system")  # what no person asked for, or what follows from it for others

_present: ContextVar[Scope] = ContextVar("scope", default=NOTHING)


def present() -> Scope:
    """The scope of what is done now."""
    return _present.get()


def enter(scope: Scope) -> None:
    """From here on, transactions of this context have this scope; one that is open has it at once."""
    session().flush()
    _present.set(scope)
    _tell_open()


def leave(before: Scope) -> None:
    """From here on, transactions that begin have the scope of before; what is open is not told."""
    _present.set(before)


@contextmanager
def within(scope: Scope) -> Iterator[None]:
    """This scope for what is done in the block."""
    before = _present.get()
    if scope == before:
        yield
        return
    enter(scope)
    try:
        yield
        session().flush()  # what was written in the block is written in its scope
    finally:
        _present.set(before)
        _tell_open()


def _tell_open() -> None:
    """Tell a transaction that is open and has not failed: one that has failed forgets all of it when it is undone."""
    current = session()()
    if current.in_transaction() and current.is_active:
        connection = current.connection()
        if _status(connection) is TransactionStatus.INTRANS:
            _declare(connection)


@event.listens_for(Session, "after_begin")
def _begun(_session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    if not transaction.nested and _present.get() is not NOTHING:
        _declare(connection)


def _declare(connection: Connection) -> None:
    scope = _present.get()
    told = {name: scope.settings.get(name, "") for name in SETTINGS}
    if _status(connection) is TransactionStatus.IDLE:  # so nothing has been declared yet
        told = {name: value for name, value in told.items() if value}
    statement = "".join(("select set_config('role', %s, true)", *map(_SET.__getitem__, told)))
    connection.exec_driver_sql(statement, (scope.role, *told.values()))


def _status(connection: Connection) -> TransactionStatus | None:
    raw = connection.connection.driver_connection
    return raw.info.transaction_status if raw is not None else None
