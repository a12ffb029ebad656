"""Visits to the pages: somebody signs in, on a given day, with a browser without JavaScript."""

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from cxworkflow import demo
from cxworkflow.db import db, session
from cxworkflow.models import Person


class Browser(FlaskClient):
    """A browser without JavaScript; as in production, no request knows what another one has read."""

    def open(self, *asked: Any, **more: Any) -> TestResponse:
        """Ask for a page; what the test has done is done by then, and what it has read is read anew afterwards."""
        session().commit()
        with self.application.app_context():
            answer = super().open(*asked, **more)
        session().expire_all()
        return answer


def visitor(app: Flask, person: Person) -> Browser:
    """A browser in which this person is signed in."""
    client = Browser(app, app.response_class, use_cookies=True)
    assert client.post("/sign-in", data={"person": person.id}).status_code == 303
    return client


def it_is(when: datetime) -> None:
    """Let the clock of the pages show this moment."""
    demo.set_clock(when)


def words(response: TestResponse) -> str:
    """What a page says, without its markup, on one line."""
    page = re.sub(r"<(style|script|head).*?</\1>", " ", response.get_data(as_text=True), flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """The statements that reach the database within this block, without the demo's: its clock is read by the second."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")) and "demo_clock" not in statement:
            seen.append(statement)

    engine = db._app_engines[app][None]
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
