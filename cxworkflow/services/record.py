"""The record: the one place where lines are written. They reach the table as their transaction ends, all at once."""

from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Any

import rfc8785
from sqlalchemy import Select, Text, bindparam, event, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import ORMExecuteState, Session
from sqlalchemy.sql.util import find_tables
from structlog.contextvars import get_contextvars

from cxworkflow.calendar import day_of
from cxworkflow.db import db, rows, session
from cxworkflow.models import Clock, Component, Event, Person, Role, Strategy, Version
from cxworkflow.models.event import SYSTEM
from cxworkflow.scope import SYSTEM as AS_THE_SYSTEM
from cxworkflow.scope import Scope, present, within

NEXT_ID = func.nextval("event_id_seq")
_NEXT_IDS = text("select nextval('event_id_seq') from generate_series(1, 8)")  # most transactions need no more
# Deliveries of these lines to other programs are owed with them; each tells how many there are to ring for.
_APPEND = text("select owe_deliveries(audit_append(:bodies), cardinality(:bodies))").bindparams(
    bindparam("bodies", type_=ARRAY(Text))
)


def write(
    verb: str,
    *,
    by: Person | None,
    as_role: Role | None,
    at: datetime,
    component: Component | None = None,
    strategy: Strategy | None = None,
    clock: Clock | None = None,
    version: Version | None = None,
    details: dict[str, Any] | None = None,
) -> Event:
    """Add one line to the record, in the transaction of what it tells of; `by` None is the system itself.

    Only one transaction at a time adds lines, so that each can hold the hash of the one before. Lines therefore wait
    until the transaction ends, when it holds all other rows that it needs.
    """
    session().flush()
    subject = strategy.component if strategy is not None else component
    line = Event(
        id=_next_id(),
        at=at,
        verb=verb,
        by_id=by.id if by else None,
        by_name=by.name if by else SYSTEM,
        by_role=by.as_whom(as_role, subject, on=day_of(at)) if by and as_role else "",
        request_id=get_contextvars().get("request_id", ""),
        component_id=subject.id if subject else None,
        strategy_id=strategy.id if strategy else None,
        clock_id=clock.id if clock else None,
        version_id=version.id if version else None,
        details=details or {},
    )
    session().info.setdefault("lines", []).append(_body(line, version))
    if by is None:
        session().info["lines of nobody"] = True
    return line


def _next_id() -> int:
    waiting: list[int] = session().info.setdefault("line ids", [])
    if not waiting:
        waiting += [number for (number,) in reversed(rows(_NEXT_IDS))]
    return waiting.pop()


def take_number(number: int) -> None:
    """A number of `NEXT_ID` that another statement brought along, for the next line of this transaction."""
    waiting: list[int] = session().info.setdefault("line ids", [])
    if not waiting:  # or later lines would have earlier numbers
        waiting.append(number)


def begin_counting() -> None:
    """From here on, `counted` tells of lines that were written."""
    session().info.pop("recorded", None)


def counted() -> bool:
    """Whether lines have reached the record since then."""
    return bool(session().info.get("recorded"))


def moment_text(at: datetime) -> str:
    """A moment as lines of the record write it: in UTC, to the microsecond."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _body(line: Event, version: Version | None) -> str:
    """What is hashed, as canonical JSON (RFC 8785): ids and roles, but no names; nothing that is not there."""
    told: dict[str, Any] = {
        "event": line.id,
        "what": line.verb,
        "at": moment_text(line.at),
        "by": line.by_id,
        "as": line.by_role,
        "request": line.request_id,
        "component": line.component_id,
        "strategy": line.strategy_id,
        "clock": line.clock_id,
        "version": line.version_id,
        "sha256": version.sha256 if version else None,
        "details": line.details,
    }
    return rfc8785.dumps({name: value for name, value in told.items() if value is not None}).decode()


@event.listens_for(db.session, "before_commit")
def _append(ending: Session) -> None:
    """Write what waits, after everything else of the transaction."""
    if bodies := ending.info.pop("lines", None):
        ending.flush()
        # What followed by itself from somebody's act is written beside it by the system, which says whose act that was.
        follows = ending.info.pop("lines of nobody", False)
        with within(Scope(AS_THE_SYSTEM.role, present().settings)) if follows else nullcontext():
            owed = ending.scalar(_APPEND, {"bodies": bodies})
        if owed:
            ending.info["owes"] = True  # rings the bell after the commit
        ending.info["recorded"] = True
        ending.info.pop("line ids", None)  # so that a later transaction has later ones


@event.listens_for(db.session, "after_rollback")
def _forget(broken: Session) -> None:
    broken.info.pop("lines", None)
    broken.info.pop("lines of nobody", None)
    broken.info.pop("line ids", None)


@event.listens_for(db.session, "do_orm_execute")
def _read_own_lines(asked: ORMExecuteState) -> None:
    """Whoever asks for lines of the record finds their own among them."""
    if "lines" in asked.session.info and isinstance(asked.statement, Select):
        tables = find_tables(asked.statement, check_columns=True, include_joins=True, include_selects=True)
        if Event.__table__ in tables:
            _append(asked.session)
