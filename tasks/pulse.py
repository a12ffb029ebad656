"""The pulse: every worker and beat says that it lives, and a worker ticks by itself when no ring comes."""

import os
import socket
import threading
from collections.abc import Callable

import structlog
from celery import signals
from sqlalchemy import func, text
from sqlalchemy.dialects.postgresql import insert

from cxworkflow.db import session, unit_of_work
from cxworkflow.models import Heartbeat
from cxworkflow.scope import SYSTEM, within
from cxworkflow.watchdog import Watchdog
from tasks import app as queue
from tasks.stopping import asked_to_stop

log = structlog.get_logger()
EVERY = 15  # seconds
MOST = 50  # seconds that an ending worker waits for its pulse: less than docker-compose.yml gives it
SILENCE = "75 seconds"  # without a sweep, a worker stops waiting for the bell
# Held while a pulse is at work. A pool process forked just then would inherit locks that nobody ever opens for it.
AT_WORK = threading.Lock()
os.register_at_fork(before=AT_WORK.acquire, after_in_parent=AT_WORK.release, after_in_child=AT_WORK.release)


def beat_once(kind: str) -> None:
    """Write this process's heartbeat."""
    name = f"{kind}@{socket.gethostname()}:{os.getpid()}"
    seen = insert(Heartbeat).values(name=name, kind=kind, seen_at=func.clock_timestamp())
    with unit_of_work() as current:
        current.execute(seen.on_conflict_do_update(index_elements=["name"], set_={"seen_at": seen.excluded.seen_at}))
        current.execute(text("delete from heartbeat where seen_at < clock_timestamp() - interval '1 day'"))


def no_sweep_lately() -> bool:
    """Whether the last committed sweep is longer ago than beat's tick can explain."""
    swept = session().scalar(
        text("select 1 from sweep_run where swept_at > clock_timestamp() - cast(:silence as interval)"),
        {"silence": SILENCE},
    )
    session().rollback()
    return swept is None


def worker_pulse() -> None:
    """A worker's heartbeat, and its own tick while Redis or every beat is silent."""
    beat_once("worker")
    if no_sweep_lately():
        queue.tick()


def start(pulse: Callable[[], None]) -> None:
    """Run a pulse for as long as the process lives, whatever fails in it."""

    def forever() -> None:
        waiting = threading.Event()
        while not asked_to_stop():
            with AT_WORK:
                try:
                    with queue.flask_app.app_context(), within(SYSTEM):
                        pulse()
                except Exception as error:  # noqa: BLE001  # the pulse outlives a database that is away
                    log.warning("the pulse missed a beat", error=type(error).__name__)
            waiting.wait(EVERY)

    threading.Thread(target=forever, name="pulse", daemon=True).start()


@signals.worker_init.connect(weak=False)
def _worker_starts(**_: object) -> None:
    start(worker_pulse)


@signals.worker_shutdown.connect(weak=False)
def _worker_ends(**_: object) -> None:
    """A pulse that is sending goes on to the end of what it has begun; it would end with its process."""
    AT_WORK.acquire(timeout=MOST)


@signals.beat_init.connect(weak=False)
def _beat_starts(**_: object) -> None:
    start(lambda: beat_once("beat"))
    Watchdog(queue.flask_app, queue.SETTINGS).start()
