"""How Alembic runs our migrations: on the connection it is handed, with time-outs, all or nothing."""

from alembic import context
from sqlalchemy import ForeignKeyConstraint, text

import cxworkflow.models  # noqa: F401  # fills the metadata
from cxworkflow.db import Base
from cxworkflow.models.columns import CHECKED_BY_STATEMENT


def by_constraint(item: object, *_: object) -> bool:
    """Leave out the references that are no constraints, but checked by triggers."""
    return not (isinstance(item, ForeignKeyConstraint) and item.elements[0].info == CHECKED_BY_STATEMENT)


def checks_now(*_: object, **__: object) -> None:
    """After each step, ask what would be asked at the end: while it waits, the next step can't change these tables."""
    connection.execute(text("set constraints all immediate"))
    connection.execute(text("set constraints all deferred"))


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    compare_type=True,
    include_object=by_constraint,
    on_version_apply=checks_now,
)
with context.begin_transaction():
    # Rather fail and be tried again than hold up everybody who waits behind us.
    connection.execute(text("set local lock_timeout = '5s'"))
    # One that goes on for longer was written for smaller tables: it is undone, rather than to hold up a whole day.
    connection.execute(text("set local statement_timeout = '15min'"))
    context.run_migrations()
connection.commit()
