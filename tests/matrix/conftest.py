"""The matrix's own database, set up once, and the people signed in once."""

from collections.abc import Iterator

import pytest
from flask import Flask

from cxworkflow.bell import Bell
from cxworkflow.scope import SYSTEM, within
from tests.databases import copied, engine_on
from tests.matrix.asking import Asking
from tests.matrix.premises import NOW, Premises
from tests.stage import Stage, using
from tests.web.visiting import it_is


@pytest.fixture(scope="session")
def prepared(shared_app: Flask, server_url: str, set_stage: str, redis_url: str) -> Iterator[Asking]:
    """The premises in a database of their own, and a browser for each of the people."""
    with copied(server_url, set_stage) as url:
        engine = engine_on(url)
        with shared_app.app_context(), using(shared_app, engine), within(SYSTEM):
            it_is(NOW)
            asking = Asking(shared_app, engine, Premises(Stage.found()), Bell(redis_url))
            asking.sign_in()
        yield asking
        engine.dispose()


@pytest.fixture
def asking(prepared: Asking) -> Iterator[Asking]:
    """Somebody asks; whatever it does is undone."""
    with prepared.undone(), within(SYSTEM):
        yield prepared
