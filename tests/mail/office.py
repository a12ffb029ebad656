"""What senders stand on in tests: an application without pages, and time that passes at once."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from flask import Flask

from cxworkflow.db import CONNECT_ARGS, db, session
from cxworkflow.scope import SYSTEM, within


@contextmanager
def application(database_url: str) -> Iterator[Flask]:
    """An application context on a database."""
    app = Flask(__name__)
    app.config.update(SQLALCHEMY_DATABASE_URI=database_url, SQLALCHEMY_ENGINE_OPTIONS={"connect_args": CONNECT_ARGS})
    db.init_app(app)
    with app.app_context(), within(SYSTEM):
        yield app
        session().remove()
        db.engine.dispose()


def minutes_pass(count: int = 10) -> None:
    """Let waits and leases run out, by moving their ends into the past instead of waiting for them."""
    session().execute(
        sa.text(
            "update notice set next_try_at = next_try_at - make_interval(mins => :count), "
            "lease_until = lease_until - make_interval(mins => :count), "
            "trying_since = trying_since - make_interval(mins => :count) where state <> 'sent'"
        ),
        {"count": count},
    )
    session().commit()
