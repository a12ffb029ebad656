"""The embedded services that a command needs, running for as long as it needs them."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from cxworkflow.errors import SettingError
from cxworkflow.local.postgres import Postgres
from cxworkflow.local.server import Server
from cxworkflow.local.valkey import Valkey


@dataclass(frozen=True)
class Services:
    """Where the embedded services are; None for one that was not asked for."""

    database_url: str | None  # for SQLAlchemy
    redis_url: str | None  # for redis clients
    broker_url: str | None  # for Celery
    servers: tuple[Server, ...]  # for a supervisor, which starts them again when they die


@contextmanager
def embedded(home: Path, *, postgres: bool, redis: bool) -> Iterator[Services]:
    """Have the wanted services running within this block, with their data under `home`.

    Those that run already are used; whoever is the last to leave stops them. SettingError if the folder can't be
    written to, ServiceError if a service does not start.
    """
    database, cache = Postgres(home), Valkey(home)
    wanted: tuple[Server, ...] = (*([database] if postgres else []), *([cache] if redis else []))
    with ExitStack() as stack:
        try:
            for server in wanted:
                stack.enter_context(server.in_use())
        except OSError as error:
            reason = error.strerror or str(error)
            raise SettingError(
                f"The folder {home} can't be used: {reason} ({error.filename}). Name another in CXWORKFLOW_HOME."
            ) from error
        yield Services(
            database_url=database.url if postgres else None,
            redis_url=cache.url if redis else None,
            broker_url=cache.broker_url if redis else None,
            servers=wanted,
        )
