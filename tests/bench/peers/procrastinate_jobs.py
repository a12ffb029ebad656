"""Procrastinate jobs scheduled for a moment: how long from then until the last of COUNT has run.

`python procrastinate_jobs.py COUNT` with DATABASE_URL (as libpq reads it) in the environment. One worker, as it is
started by its own command, with more jobs at a time and a shorter pause than it has by itself.
"""

import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import procrastinate
from counting import DONE, must_be_ahead, report, wait_for

AHEAD = 2 / 1_000  # seconds to store one job
URL = os.environ["DATABASE_URL"]
FASTER = ("--concurrency=10", "--fetch-job-polling-interval=0.05")

app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=URL))


@app.task(name="remind")
async def remind() -> None:
    """Nothing but the count."""
    DONE.add()


def main(count: int) -> None:
    """Make the tables, store the jobs, start the worker, and time from the moment on."""
    with procrastinate.App(connector=procrastinate.SyncPsycopgConnector(conninfo=URL)).open() as store:
        store.schema_manager.apply_schema()
        due = time.time() + 10 + count * AHEAD
        at = datetime.fromtimestamp(due, UTC)
        store.configure_task("remind", schedule_at=at).batch_defer(*({} for _ in range(count)))
    worker = subprocess.Popen(
        [sys.executable, "-m", "procrastinate", "--app=procrastinate_jobs.app", "worker", *FASTER],
        cwd=Path(__file__).parent,
        stderr=subprocess.DEVNULL,
    )
    try:
        must_be_ahead(due)
        report(due, wait_for(count, patience=60 + due - time.time() + count / 20))
    finally:
        worker.terminate()
        worker.wait()


if __name__ == "__main__":
    main(int(sys.argv[1]))
