"""Where measurements happen: the embedded servers as shipped, databases made for one use, how large everything is."""

import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import redis
import sqlalchemy as sa
from flask import Flask

from cxworkflow.db import ENGINE_OPTIONS, db, session
from cxworkflow.scope import SYSTEM, within
from cxworkflow.scratch import scratch_database

ROOT = Path(__file__).parents[2]
CORES = os.cpu_count() or 1


@dataclass(frozen=True)
class Scale:
    """How much is measured; the goals are set for the full scale."""

    clocks: int = 1_000_000
    some_clocks: int = 100_000
    few_clocks: int = 10_000
    rounds: int = 11  # of what takes milliseconds
    long_rounds: int = 3  # of what takes seconds
    reminders: int = 10_000
    messages: int = 3_000
    lines: int = 100_000  # of the record
    strategies: int = 10_000  # of three versions each
    slow_messages: int = 400  # at a relay that takes 50 ms for each


FULL = Scale()
SMALL = Scale(
    clocks=100_000,
    some_clocks=30_000,
    rounds=5,
    long_rounds=1,
    reminders=2_000,
    messages=500,
    slow_messages=100,
    lines=20_000,
    strategies=1_000,
)


@dataclass(frozen=True)
class Place:
    """The servers and the scale; `peers` is the Python of the peers' own environment."""

    server_url: str
    redis_url: str
    broker_url: str
    folder: Path
    peers: Path
    scale: Scale

    @contextmanager
    def database(self) -> Iterator[str]:
        """The URL of a migrated database that is gone afterwards."""
        with scratch_database(self.server_url) as url:
            yield url

    def machine(self) -> str:
        """What the figures were measured on."""
        with sa.create_engine(self.server_url, poolclass=sa.NullPool).connect() as connection:
            postgres = connection.scalar(sa.text("show server_version"))
        valkey: Any = redis.Redis.from_url(self.redis_url).info("server")
        return (
            f"{CORES} cores of {_processor()}, PostgreSQL {postgres}, "
            f"Valkey {valkey.get('valkey_version', valkey['redis_version'])}, "
            f"Python {platform.python_version()}, psycopg {version('psycopg')}"
        )


def application(url: str) -> Flask:
    """The least application in which verbs run on this database, connected as a worker is."""
    app = Flask("bench")
    app.config.update(SQLALCHEMY_DATABASE_URI=url, SQLALCHEMY_ENGINE_OPTIONS=ENGINE_OPTIONS)
    db.init_app(app)
    return app


@contextmanager
def inside(app: Flask) -> Iterator[None]:
    """Within the application, as the system, with a session of its own and no connection left behind."""
    with app.app_context(), within(SYSTEM):
        try:
            yield
        finally:
            session().remove()
            db.engine.dispose()


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text(encoding="utf-8").splitlines() if cpuinfo.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
