"""What permission checks and row-level security cost a page: the same pages of the same scenes without either."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from cxworkflow.app import create_app
from cxworkflow.db import Base, db, session
from cxworkflow.models import Role
from cxworkflow.scope import SYSTEM, Scope, within
from tests.bench.place import Place
from tests.bench.rows import Row, medians, milliseconds, seconds
from tests.conftest import settings
from tests.stage import Stage, eastern
from tests.web.visiting import it_is

MOST = 1.15
ROUNDS = 40
SCENES = ("CBP", "ICE", "TSA", "USCIS", "FEMA", "USCG")
LEAD, CIO = "a Component's lead", "the CIO"
PAGES = (
    (LEAD, "/"),
    (LEAD, "/strategies/{own}"),
    (CIO, "/"),
    (CIO, "/directorate"),
    (CIO, "/strategies/{own}/review"),
    (CIO, "/notices/"),
)


def rows(place: Place) -> Iterator[Row]:
    """Each page at most 1.15 times as slow as without the checks, measured by turns."""
    with ExitStack() as stack:
        guarded, bare = (stack.enter_context(_house(place, guarded=each)) for each in (True, False))
        for who, address in PAGES:
            took = medians(_rounds(guarded[who], bare[who], address.format(own=guarded["own"])))
            yield Row.at_most(
                MOST,
                f"permissions and row-level security: {address.replace('{own}', '…')} for {who}",
                took["guarded"] / took["bare"],
                f"without either: {milliseconds(took['bare'])} (with both {milliseconds(took['guarded'])})",
            )


def _rounds(guarded: FlaskClient, bare: FlaskClient, address: str) -> Iterator[dict[str, float]]:
    for number in range(ROUNDS + 5):
        took = {"guarded": seconds(lambda: _read(guarded, address))}
        with _unguarded():
            took["bare"] = seconds(lambda: _read(bare, address))
        if number >= 5:
            yield took


def _signed_in(app: Flask, person: int) -> FlaskClient:
    client = app.test_client()
    if client.post("/sign-in", data={"person": person}).status_code != 303:
        raise RuntimeError("Signing in did not work.")
    return client


def _read(client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    if answer.status_code != 200:
        raise RuntimeError(f"{address} was answered with {answer.status_code}.")


@contextmanager
def _unguarded() -> Iterator[None]:
    """In this process, everything is allowed, and nothing is declared to the database."""
    with (
        patch("cxworkflow.permissions.role_for", lambda *_, **__: Role.CIO),
        patch("cxworkflow.web.guard.scope_of", lambda *_, **__: Scope()),
        patch("cxworkflow.scope._declare", lambda _: None),
    ):
        yield


@contextmanager
def _house(place: Place, *, guarded: bool) -> Iterator[dict[str, Any]]:
    """An application on a database with some scenes, and a browser for the lead and the CIO."""
    with place.database() as url:
        app: Flask = create_app(settings(url, place.broker_url, journal=place.folder))
        app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
        app.extensions["limits"].enabled = False
        app.extensions.pop("bell")
        with app.app_context(), within(SYSTEM):
            stage = Stage.set()
            it_is(eastern("2024-01-08 09:00"))
            papers = [stage.submitted(code) for code in SCENES]
            session().commit()
            lead, cio = stage.person(Role.LEAD, SCENES[0]).id, stage.person(Role.CIO).id
            own = papers[0].id
            with within(Scope("none")):
                session().execute(text("analyze"))
                if not guarded:
                    for table in Base.metadata.tables:
                        session().execute(
                            text(f"alter table {table} no force row level security, disable row level security")
                        )
                session().commit()
            session().remove()
        yield {LEAD: _signed_in(app, lead), CIO: _signed_in(app, cio), "own": own}
        with app.app_context():
            db.engine.dispose()
