"""DBOS workflows queued with a delay: how long from its end until the last of COUNT has run.

`python dbos_queue.py COUNT` with DATABASE_URL (as libpq reads it) in the environment. One process, as its documentation
has it, with a shorter pause than it has by itself; what has an effect outside is a step.
"""

import os
import sys
import time

from counting import DONE, must_be_ahead, report, wait_for
from dbos import DBOS, DBOSConfig, SetEnqueueOptions

AHEAD = 12 / 1_000  # seconds to store one workflow
QUEUE = "reminders"
CONFIG: DBOSConfig = {
    "name": "bench",
    "system_database_url": os.environ["DATABASE_URL"],
    "log_level": "ERROR",
    "enable_otlp": False,
}


@DBOS.step()
def send() -> None:
    """Nothing but the count."""
    DONE.add()


@DBOS.workflow()
def remind() -> None:
    """One reminder."""
    send()


def main(count: int) -> None:
    """Queue the workflows, and time from the end of the delay on."""
    DBOS(config=CONFIG)
    DBOS.launch()
    DBOS.register_queue(QUEUE, polling_interval_sec=0.05)
    queue = DBOS.retrieve_queue(QUEUE)
    assert queue is not None
    due = time.time() + 10 + count * AHEAD
    for _ in range(count):
        with SetEnqueueOptions(delay_seconds=due - time.time()):
            queue.enqueue(remind)
    must_be_ahead(due)
    report(due, wait_for(count, patience=60 + due - time.time() + count / 20))
    DBOS.destroy()


if __name__ == "__main__":
    main(int(sys.argv[1]))
