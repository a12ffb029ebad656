"""A stage on which commits are real, for what happens on several connections at once."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine

from cxworkflow.db import CONNECT_ARGS
from cxworkflow.scope import SYSTEM, within
from cxworkflow.scratch import scratch_database
from tests.stage import Stage, using


@pytest.fixture(scope="module")
def shared_live_stage(shared_app: Flask, server_url: str) -> Iterator[Engine]:
    """A database of its own, with the stage set. What a test commits stays: each takes another Component."""
    with scratch_database(server_url) as url, shared_app.app_context():
        engine = create_engine(url, connect_args=CONNECT_ARGS, pool_size=30)
        with using(shared_app, engine), within(SYSTEM):
            Stage.set()
        yield engine
        engine.dispose()


@pytest.fixture
def live(shared_app: Flask, shared_live_stage: Engine) -> Iterator[Flask]:
    """The application on that database."""
    with shared_app.app_context(), within(SYSTEM), using(shared_app, shared_live_stage):
        yield shared_app
