"""What a command runs in: the services the environment names, else embedded ones, and the application on them."""

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from config import settings
from config.secret_files import with_files
from cxworkflow import migrations
from cxworkflow.app import create_app
from cxworkflow.cli.opening import open_house
from cxworkflow.db import db
from cxworkflow.demo import DATABASE as DEMO_DATABASE
from cxworkflow.errors import SettingError
from cxworkflow.local.services import Services, embedded
from cxworkflow.local.valkey import Valkey
from cxworkflow.scope import SYSTEM, within

REAL_DATABASE = "cxworkflow"
DEFAULT_PORT = 8076
Environment = dict[str, str]


def home() -> Path:
    """Where the embedded services keep their state: CXWORKFLOW_HOME, else `var` in the present folder."""
    return Path(os.environ.get("CXWORKFLOW_HOME") or "var").resolve()


@contextmanager
def surroundings(
    *, demo: bool | None = None, redis: bool = False, port: int | None = None
) -> Iterator[tuple[Environment, Services]]:
    """A complete environment for the application: what is set stays, the rest is embedded.

    `demo` None means: as this home was last started (the demo, if never). `redis` says whether the command
    needs the queue itself, rather than only to ring it.
    """
    environment = with_files(os.environ)
    place = home()
    external = "CXWORKFLOW_DATABASE_URL" in environment
    is_demo = _mode(place, environment, demo, external=external)
    with ExitStack() as stack:
        services = stack.enter_context(
            embedded(place, postgres=not external, redis=redis and "CXWORKFLOW_REDIS_URL" not in environment)
        )
        if services.database_url:
            name = DEMO_DATABASE if is_demo else REAL_DATABASE
            environment["CXWORKFLOW_DATABASE_URL"] = _database(services.database_url, name)
        given = environment.setdefault
        given("CXWORKFLOW_REDIS_URL", services.broker_url or Valkey(place).broker_url)
        given("CXWORKFLOW_PORT", str(port or DEFAULT_PORT))
        given("CXWORKFLOW_BASE_URL", f"http://localhost:{environment['CXWORKFLOW_PORT']}")
        if not external:
            given("CXWORKFLOW_SECRET_KEY", _secret(place))
            given("CXWORKFLOW_ANCHOR_FILE", str(place / ("anchors-demo.jsonl" if is_demo else "anchors.jsonl")))
        if "CXWORKFLOW_SMTP_URL" not in environment and not external:
            environment["CXWORKFLOW_SMTP_URL"] = f"smtp://127.0.0.1:{_mail_port(place)}"
            given("CXWORKFLOW_JOURNAL_FOLDER", str(place / "mailbox"))
        environment["CXWORKFLOW_DEMO"] = "yes" if is_demo else "no"
        yield environment, services


@contextmanager
def application(*, demo: bool | None = None) -> Iterator[Flask]:
    """The application within its context, on a migrated database with the shipped policies in force."""
    with surroundings(demo=demo) as (environment, _):
        read = settings.read(environment)
        migrate(read)
        app = create_app(read)
        with app.app_context(), within(SYSTEM):
            try:
                open_house(demo=read.demo, departments=read.departments)
                yield app
            finally:
                db.session.remove()
                db.engine.dispose()


@contextmanager
def server() -> Iterator[str]:
    """The URL of a PostgreSQL server on which scratch databases can be made."""
    with surroundings() as (environment, _):
        yield settings.read(environment).database_url


def migrate(read: settings.Settings) -> None:
    """Bring the database's tables up to date as their owner; raises SettingError when that can't be done."""
    name = "CXWORKFLOW_OWNER_DATABASE_URL" if read.owner_database_url else "CXWORKFLOW_DATABASE_URL"
    try:
        migrations.upgrade(read.owner_database_url or read.database_url)
    except sa.exc.OperationalError as error:
        reason = str(error.orig).strip().splitlines()[0]
        raise SettingError(f"The database that {name} names can't be used: {reason}") from None


def _mode(place: Path, environment: Mapping[str, str], demo: bool | None, *, external: bool) -> bool:
    note = place / "mode"
    if demo is None:
        if external:
            return environment.get("CXWORKFLOW_DEMO", "").lower() in ("1", "yes", "true")
        return not note.is_file() or note.read_text(encoding="ascii").strip() == "demo"
    place.mkdir(parents=True, exist_ok=True)
    note.write_text("demo" if demo else "up", encoding="ascii")
    return demo


def _database(server_url: str, name: str) -> str:
    engine = sa.create_engine(server_url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.execute(sa.text("select pg_advisory_lock(7601)"))
        known = connection.scalar(sa.text("select 1 from pg_database where datname = :name"), {"name": name})
        if not known:
            connection.execute(sa.text(f'create database "{name}"'))
    return sa.make_url(server_url).set(database=name).render_as_string(hide_password=False)


def _secret(place: Path) -> str:
    note = place / "secret-key"
    if not note.is_file():
        place.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(note, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    return note.read_text(encoding="ascii").strip()


def _mail_port(place: Path) -> int:
    """The local mailbox's port, noted by the run that started it (25 before there was one)."""
    note = place / "mail-port"
    return int(note.read_text(encoding="ascii")) if note.is_file() else 25
