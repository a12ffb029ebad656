"""Celery tasks with an ETA: how long from the ETA until the last of COUNT has run.

`python celery_eta.py COUNT` with BROKER_URL in the environment. One worker with a process per core, as it starts by
itself; what is done is marked so in its result backend, as the others mark it in their tables.
"""

import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from celery import Celery
from counting import DONE, must_be_ahead, report, wait_for

AHEAD = 8 / 1_000  # seconds to publish and fetch one task, so that all are in the worker when the moment comes

app = Celery("celery_eta", broker=os.environ["BROKER_URL"], backend=os.environ["BROKER_URL"])


@app.task(name="remind")
def remind() -> None:
    """Nothing but the count."""
    DONE.add()


def main(count: int) -> None:
    """Start a worker, publish, and time from the ETA on."""
    app.control.purge()
    worker = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "celery_eta", "worker", "--loglevel", "ERROR"],
        cwd=Path(__file__).parent,
        env={**os.environ, "C_FORCE_ROOT": "yes"},
        stdout=subprocess.DEVNULL,
    )
    try:
        remind.delay()
        wait_for(1, patience=60)
        due = time.time() + 10 + count * AHEAD
        with app.pool.acquire(block=True) as connection, app.amqp.Producer(connection) as producer:
            for _ in range(count):
                remind.apply_async(eta=datetime.fromtimestamp(due, UTC), producer=producer)
        must_be_ahead(due)
        report(due, wait_for(count + 1, patience=60 + due - time.time() + count / 50))
    finally:
        worker.terminate()
        worker.wait()


if __name__ == "__main__":
    main(int(sys.argv[1]))
