"""The bell: tells a worker that something is owed. Losing a ring loses nothing, since workers look anyway."""

import ssl
import time
from typing import Any

import structlog
from celery import Celery
from flask import current_app
from kombu.exceptions import ChannelError
from sqlalchemy import event
from sqlalchemy.orm import Session

from cxworkflow.db import db

log = structlog.get_logger()

TICK = "tasks.tick"
SEND = "tasks.send"
PATIENCE = 1  # seconds that a page waits for a broker that does not answer
QUIET_AFTER_FAILURE = 30  # seconds in which a page does not wait for a broker that has just failed


def celery(redis_url: str) -> Celery:
    """The queue, with the settings under which losing Redis is harmless (measured on kombu 5.7)."""
    app = Celery("cxworkflow", broker=redis_url, set_as_current=False)
    app.conf.update(
        # Left to itself, kombu 5.7 speaks to a rediss:// address without looking at the certificate.
        broker_use_ssl={"ssl_cert_reqs": ssl.CERT_REQUIRED} if redis_url.startswith("rediss:") else None,
        broker_transport_options={
            "ack_emulation": False,  # with it, a Redis restart ends the worker
            "socket_timeout": 5,  # without it, a frozen Redis hangs a publish for over 40 seconds
            "socket_connect_timeout": 3,
            "health_check_interval": 5,  # without it, a connection that died silently never recovers
            "max_retries": 1,  # otherwise a page that rings waits six seconds for a Redis that is not there
            "interval_start": 0,
        },
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,  # any number ends the worker in a long outage
        task_publish_retry=False,  # a ring that fails is not worth waiting for
        task_ignore_result=True,
        task_acks_late=False,  # a lost ring costs a minute; one redelivered for ever costs more
        task_serializer="json",
        accept_content=["json"],
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        timezone="UTC",  # local time zones skip or repeat jobs when the clocks change
    )
    return app


class Bell:
    """Asks the workers to look."""

    def __init__(self, redis_url: str) -> None:
        self._celery = celery(redis_url)
        self._celery.conf.broker_transport_options.update(socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
        self._silent_until = 0.0

    def ring(self, task: str) -> None:
        """Ask a worker to look; a broker that does not answer is left alone for a while."""
        if time.monotonic() < self._silent_until:
            return
        try:
            self._celery.send_task(task, expires=60, ignore_result=True)
        except Exception as error:  # noqa: BLE001  # whatever fails here, the workers look by themselves
            self._silent_until = time.monotonic() + QUIET_AFTER_FAILURE
            log.warning("the bell could not be rung", error=type(error).__name__)

    def waiting(self) -> int | None:
        """How many rings wait for a worker; None where the broker does not answer."""
        try:
            with self._celery.connection_for_write() as connection:
                connection.ensure_connection(max_retries=1, interval_start=0, timeout=3)
                queue = self._celery.conf.task_default_queue
                channel: Any = connection.channel()
                return int(channel.queue_declare(queue, passive=True).message_count)
        except ChannelError:  # nobody has rung yet
            return 0
        except Exception:  # noqa: BLE001  # whatever fails here, the broker is away
            return None

    def answers(self) -> bool:
        """Whether the broker answers now; one that does not is waited for no longer than a ring would."""
        try:
            with self._celery.connection_for_write() as connection:
                connection.ensure_connection(max_retries=1, interval_start=0, timeout=3)
                connection.channel()  # opening one pings the broker
        except Exception:  # noqa: BLE001  # whatever fails here, the broker is away
            return False
        return True


@event.listens_for(db.session, "after_commit")
def _ring(session: Session) -> None:
    """Ring after each commit in which notices were owed, if this application has a bell."""
    if session.info.pop("owes", False) and "bell" in current_app.extensions:
        current_app.extensions["bell"].ring(SEND)


@event.listens_for(db.session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop("owes", None)
