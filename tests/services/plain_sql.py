"""Plain SQL by the application's role and by the owner of the tables, and what the database says to it."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from cxworkflow.db import session
from cxworkflow.models import Event
from tests.refusals import every_row
from tests.stage import as_owner


def refuses(statement: str, why: str) -> None:
    """Plain SQL is refused even to the owner, at the latest when its transaction ends, and has changed nothing."""
    session().flush()
    done("select")
    before = every_row()
    with pytest.raises(DatabaseError, match=f"{why}|permission denied"), session().begin_nested():
        done(statement)
    with pytest.raises(DatabaseError, match=why), session().begin_nested(), as_owner():
        done(statement)
    assert every_row() == before


def done(statement: str, **values: object) -> None:
    """Carry it out, and let the database check at once what it would check at the end, when lines are written."""
    session().scalar(select(Event.id).limit(1))
    session().execute(text("set constraints all deferred"))
    session().execute(text(statement), values)
    session().execute(text("set constraints all immediate"))
