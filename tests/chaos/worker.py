"""What the rig's workers and beats run: the product's own Celery app, its waits shortened, a clock that can jump.

`celery --app tests.chaos.worker worker`. The environment variable CHAOS_JUMP names a file: the hours in it are how far
this process's own clock stands ahead. CHAOS_WITHOUT names a guard that is to be missing (see `tests.chaos.guards`).
"""

import os
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

import celery.worker.request

from cxworkflow import bell, clock, db, demo
from cxworkflow.mail import delivery, transport
from cxworkflow.services import sending
from tests.chaos import guards

# Some fifty times shorter than in the product, in the same order: a lease outlasts a message, a doubt a late server.
db.CONNECT_ARGS["options"] = f"{db.CONNECT_ARGS['options']} -c idle_in_transaction_session_timeout=3s"
sending.LEASE = timedelta(seconds=3.5)
sending.DOUBT_WAIT = timedelta(seconds=3)
sending.FIRST_WAIT = timedelta(seconds=0.1)
sending.LONGEST_WAIT = timedelta(seconds=1)
sending.MOST_ATTEMPTS = 1000  # a thousand faults in ten minutes are no reason to ask a person
transport.STEP = 0.7  # type: ignore[assignment]
transport.REPLY = 1
transport.HANDOVER = delivery.HANDOVER = 1.5  # type: ignore[assignment, attr-defined]
bell.QUIET_AFTER_FAILURE = 1
demo.REREAD_AFTER = 0
JUMP = Path(os.environ["CHAOS_JUMP"])


class OwnClock(datetime):
    """This machine's clock, which the rig can set wrong."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        """The wrong time, if a file says by how many hours."""
        return datetime.now(tz) + timedelta(hours=float(JUMP.read_text() if JUMP.exists() else 0))


for module in (clock, demo, celery.worker.request):
    module.datetime = OwnClock  # type: ignore[attr-defined]

from tasks import pulse  # noqa: E402  # the app is made with the settings above
from tasks.app import app  # noqa: E402

pulse.EVERY = 0.5  # type: ignore[assignment]
pulse.SILENCE = "1.5 seconds"
app.conf.beat_schedule["tick"]["schedule"] = 1.0
app.conf.broker_transport_options.update(socket_timeout=2, socket_connect_timeout=2, health_check_interval=2)
guards.remove(os.environ.get("CHAOS_WITHOUT", ""), app)
