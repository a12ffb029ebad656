"""From due to marked sent, without the mail: against Celery's ETA, procrastinate and DBOS on the same servers."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

import sqlalchemy as sa

from tests.bench.crew import Hand, sweep, workers
from tests.bench.place import Place, application, inside
from tests.bench.population import Population, as_swept_lately, populate
from tests.bench.rows import Row, medians

PEERS = Path(__file__).parent / "peers"
GOALS = {
    "celery_eta": ("Celery ETA tasks", 20),
    "procrastinate_jobs": ("procrastinate", 50),
    "dbos_queue": ("DBOS", 50),
}


def rows(place: Place) -> Iterator[Row]:
    """Row 3 of the goals."""
    if not place.peers.exists():
        raise SystemExit(f"The peers are not installed: there is no {place.peers}. Run `make bench`.")
    count = place.scale.reminders
    with place.database() as url, inside(application(url)):
        made = populate(10 * count, due=count)
        with workers(url, "-", place.folder / "journal") as crew:
            took = medians(_rounds(place, made, crew, url, count))
    ours = count / took["product"]
    for peer, (title, goal) in GOALS.items():
        rate = count / took[peer]
        yield Row.at_least(
            goal,
            f"{count:,} reminders from due to sent, against {title}",
            ours / rate,
            f"{title}: {rate:,.0f} a second (here {ours:,.0f})",
        )


def _rounds(place: Place, made: Population, crew: list[Hand], url: str, count: int) -> Iterator[dict[str, float]]:
    for number in range(1, place.scale.long_rounds + 2):
        as_swept_lately()
        took = {"product": swept_and_sent(crew, made.day(number), count)}
        if number > 1:  # the first warms up
            yield took | {peer: _peer(place, peer, count) for peer in GOALS}


def swept_and_sent(crew: list[Hand], on: object, count: int) -> float:
    """The first worker sweeps, and sends when it has; as in the product, each commit rings the bell for the others.

    Returns the seconds until the last is marked as sent. Rings that come after that find nothing, and are waited for.
    """
    first, *others = crew
    rings = 0

    def ring() -> None:
        nonlocal rings
        rings += 1
        for each in others:
            each.tell("send")

    began = perf_counter()
    owed = sweep(first, on, ring)
    sent, took = first.ask("send"), perf_counter() - began
    for each in others:
        for _ in range(rings):
            more = int(each.hear())
            if more:
                sent, took = sent + more, perf_counter() - began
    if (owed, sent) != (count, count):
        raise RuntimeError(f"{owed} were owed and {sent} sent, not {count}.")
    return took


def _peer(place: Place, name: str, count: int) -> float:
    with place.database() as url:
        _emptied(url)
        tally = place.folder / f"{name}.tally"
        tally.unlink(missing_ok=True)
        environment = {
            **os.environ,
            "TALLY": str(tally),
            "BROKER_URL": place.broker_url,
            "DATABASE_URL": url.replace("postgresql+psycopg://", "postgresql://"),
        }
        command = [str(place.peers), str(PEERS / f"{name}.py"), str(count)]
        done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{name} could not be measured: {done.stderr.strip().splitlines()[-1:]}")
        return float(json.loads(done.stdout.splitlines()[-1])["seconds"])


def _emptied(url: str) -> None:
    """Peers bring their own tables."""
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.execute(sa.text("drop schema public cascade"))
        connection.execute(sa.text("create schema public"))
