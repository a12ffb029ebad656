"""Real services for every test: a migrated PostgreSQL, rolled back after each test; Redis; the policy in force."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from config.settings import Settings
from cxworkflow.app import create_app
from cxworkflow.db import db
from cxworkflow.local.services import embedded
from cxworkflow.scope import SYSTEM, within
from cxworkflow.scratch import scratch_database
from tests.databases import copied, engine_on
from tests.stage import Stage, using

# A machine that is busy with other things makes no test fail.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")
DATABASE, REDIS = os.environ.get("CXWORKFLOW_TEST_DATABASE_URL"), os.environ.get("CXWORKFLOW_TEST_REDIS_URL")
TESTS = Path(__file__).parent
# These take more than half of the time: journeys in a browser, the commands of the documents, whatever is killed and
# started again. `make test` leaves them to `make test-all`, but for the main journey and a short run of chaos.
LONG = (
    "docs/test_every_command.py",
    "functional/",
    "local/test_backups.py",
    "local/test_compose.py",
    "local/test_graceful_stop.py",
    "local/test_services.py",
    "local/test_supervisor.py",
    "mail/test_senders.py",
    "matrix/test_every_migration.py",
    "matrix/test_what_the_document_says.py",
    "services/test_migrations.py",
)
NOT_LONG = ("functional/test_faults.py", "functional/test_main_job.py")
WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))  # which of several processes of tests


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what `make test` leaves out."""
    for item in items:
        path = item.path.relative_to(TESTS).as_posix()
        if path.startswith(LONG) and not path.startswith(NOT_LONG):
            item.add_marker("long")


@pytest.fixture(scope="session")
def servers() -> Iterator[tuple[str, str]]:
    """The URLs of a PostgreSQL and a Redis server: those the environment names, else embedded ones."""
    with tempfile.TemporaryDirectory(prefix="cxworkflow-test-") as folder:
        # Open enough for the account that PostgreSQL runs as where we are root, unlike pytest's own folders.
        Path(folder).chmod(0o711)
        with embedded(Path(folder), postgres=not DATABASE, redis=not REDIS) as found:
            yield DATABASE or str(found.database_url), _own(REDIS) if REDIS else str(found.broker_url)


def _own(redis_url: str) -> str:
    """Another of the server's 16 databases for each process: what one has queued is not for the other."""
    server, _, number = redis_url.rpartition("/")
    return f"{server}/{(int(number) + 8 * WORKER) % 16}"


@pytest.fixture(scope="session")
def server_url(servers: tuple[str, str]) -> str:
    """A PostgreSQL server on which databases can be created."""
    return servers[0]


@pytest.fixture(scope="session")
def redis_url(servers: tuple[str, str]) -> str:
    """A Redis server, as Celery wants its address."""
    return servers[1]


@pytest.fixture(scope="session")
def migrated(server_url: str) -> Iterator[str]:
    """A database with every table, to be copied, not used."""
    with scratch_database(server_url) as url:
        yield url


@pytest.fixture(scope="session")
def shared_app(
    server_url: str, migrated: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """The application on a migrated scratch database. Tests use `app`, which undoes what they did."""
    with copied(server_url, migrated) as url:
        app = create_app(settings(url, redis_url, journal=tmp_path_factory.mktemp("mailbox")))
        app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
        app.extensions["limits"].enabled = False  # all tests together are one busy visitor
        app.extensions.pop("bell")  # nothing here is committed, so there is nothing to ring for
        db.session.session_factory.configure(join_transaction_mode="create_savepoint")
        yield app
        db.session.session_factory.configure(join_transaction_mode="conditional_savepoint")
        with app.app_context():
            db.engine.dispose()


def settings(database_url: str, redis_url: str, *, journal: Path, smtp_port: int = 1) -> Settings:
    """Settings of a demo on these services."""
    return Settings(
        database_url=database_url,
        redis_url=redis_url,
        smtp_url=f"smtp://127.0.0.1:{smtp_port}",
        secret_key="for tests only, and long enough for one",
        base_url="http://localhost",
        mail_from="CX Workflow <cx@workflow.example>",
        journal_folder=journal,
        demo=True,
        secure_cookies=False,
    )


@pytest.fixture(scope="session")
def set_stage(shared_app: Flask, server_url: str, migrated: str) -> Iterator[str]:
    """A database on which the stage is set, to be copied, not used."""
    with copied(server_url, migrated) as url:
        engine = engine_on(url)
        with shared_app.app_context(), using(shared_app, engine), within(SYSTEM):
            Stage.set()
        engine.dispose()
        yield url


@pytest.fixture(scope="session")
def staged(server_url: str, set_stage: str) -> Iterator[Engine]:
    """The stage that tests share: each undoes what it does."""
    with copied(server_url, set_stage) as url:
        engine = engine_on(url)
        yield engine
        engine.dispose()


@pytest.fixture
def app(shared_app: Flask, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The application in an outer transaction: commits are savepoints, and all is undone after the test."""
    engine = request.getfixturevalue("staged") if "stage" in request.fixturenames else None
    with shared_app.app_context(), within(SYSTEM), (engine or db.engine).connect() as connection:
        outer = connection.begin()
        with using(shared_app, connection):
            yield shared_app
        outer.rollback()


@pytest.fixture
def stage(app: Flask) -> Stage:
    """DHS Policy Statement 076-02 in force since July 13, 2023, with one person in every role."""
    return Stage.found()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without JavaScript."""
    return app.test_client()
