"""What a transaction may see and write: declared at its begin, from what the edge of the program has said.

A request works for one person, a task or command for the system. Whoever says nothing sees and writes nothing: the
policies of row-level security read what is declared here, and it ends with the transaction.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from flask_sqlalchemy.session import Session
from psycopg.pq import ConnStatus, Escaping, ExecStatus, TransactionStatus
from sqlalchemy import Connection, event
from sqlalchemy.orm import SessionTransaction

from cxworkflow.db import ROLE, session

# What the policies read, each as `cxworkflow.<name>`: who it is, in which department they work, whether somebody may be
# signing in, and how far each of these permissions reaches.
SETTINGS = (
    "person",
    "department",
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
_UNSET = {name: f"set local cxworkflow.{name} = ''" for name in SETTINGS}
# Where there is but one department, policies ask no row for its own: the database looks, with what it is told.
_ALONE = "select set_config('cxworkflow.one_department', one_department_only()::text, true)"
_LAST = frozenset({"person"})  # always said, so that the last answer, which is looked at, is that to a setting


@dataclass(frozen=True)
class Scope:
    """The database role to work in, and the settings by name; what is not named is empty."""

    role: str = ROLE
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def department(self) -> str:
        """The department in which somebody works; empty for nobody, and for the system."""
        return self.settings.get("department", "")


NOTHING = Scope()
SIGNING_IN = Scope(settings={"signing_in": "yes"})  # nobody is known yet
PUBLIC = Scope("cxworkflow_public")  # who is nobody, and reads what is published and no other table
SYSTEM = Scope("cxworkflow_system")  # what no person asked for, or what follows from it for others


def system_of(department: str) -> Scope:
    """The system at work for one department: what it writes is of that one, where nothing else says of which."""
    return Scope(SYSTEM.role, {"department": department})


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
        raw = connection.connection.driver_connection
        if raw is not None and raw.pgconn.transaction_status == TransactionStatus.INTRANS:
            _declare(connection)


@event.listens_for(Session, "after_begin")
def _begun(_session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    if not transaction.nested and _present.get() is not NOTHING:
        _declare(connection)


def _declare(connection: Connection) -> None:
    """Tell the database the present scope, with a BEGIN where that is still to come: all in one message.

    It is what every page begins with, so it goes past the layers that would make it several.
    """
    raw = connection.connection.driver_connection
    assert raw is not None, "what begins, or is open, has its connection"
    scope, quoted = _present.get(), Escaping(raw.pgconn).escape_literal
    told = {
        name: f"set local cxworkflow.{name} = {quoted(value.encode()).decode()}"
        for name, value in scope.settings.items()
        if value
    }
    begins = raw.pgconn.transaction_status == TransactionStatus.IDLE  # so nothing has been declared yet
    # Whatever has been, in this transaction; of what a savepoint has undone since then, some is unset that was not set.
    before = _LAST if begins else connection.info.get("declared", frozenset(_UNSET))
    connection.info["declared"] = before | told.keys()
    alone = [_ALONE] if scope.role == ROLE else []
    unset = [_UNSET[name] for name in sorted(before - told.keys())]
    said = [f"set local role {scope.role}", *alone, *unset, *told.values()]
    answer = raw.pgconn.exec_("; ".join(["begin", *said] if begins else said).encode())
    if answer.status != ExecStatus.COMMAND_OK:
        if begins and raw.pgconn.status == ConnStatus.OK:
            raw.pgconn.exec_(b"rollback")
        # Once more in the usual way, which says what is wrong, and gives up a connection that is broken.
        for each in said:
            connection.exec_driver_sql(each.replace("%", "%%"))
