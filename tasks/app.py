"""The Celery app that `celery -A tasks.app` runs; its tasks take no arguments, since Redis is only a bell."""

import os
from datetime import datetime
from uuid import uuid4

import structlog
from structlog.contextvars import bound_contextvars

from config import settings
from cxworkflow import logs, tracing
from cxworkflow.app import create_app
from cxworkflow.bell import SEND, TICK, celery
from cxworkflow.db import db, server_clock, session, unit_of_work
from cxworkflow.documents import anchor_file
from cxworkflow.mail import post_office, sign_in_links
from cxworkflow.mail.delivery import deliver
from cxworkflow.mail.reconcile import check_copies
from cxworkflow.scope import SYSTEM, within
from cxworkflow.services import jobs, recurring, reminders
from cxworkflow.webhooks.delivery import Sender
from cxworkflow.webhooks.delivery import deliver as tell_others
from tasks.stopping import asked_to_stop

log = structlog.get_logger()
logs.configure()
SETTINGS = settings.read(os.environ)
flask_app = create_app(SETTINGS)
app = celery(SETTINGS.redis_url)
tracing.start(SETTINGS, flask_app, "worker")

# Every periodic job. One tick a minute; any number of beats is harmless, since all jobs look at state.
PERIODIC = {"tick": {"task": TICK, "schedule": 60.0, "options": {"expires": 55}}}
app.conf.beat_schedule = PERIODIC


def _leave_connections() -> None:
    """A pool process opens connections of its own; those that it was forked with stay its parent's, and open."""
    with flask_app.app_context():
        db.engine.dispose(close=False)


os.register_at_fork(after_in_child=_leave_connections)


@app.task(name=TICK)
def tick() -> None:
    """Owe what is due, then send what is owed."""
    with flask_app.app_context(), within(SYSTEM), bound_contextvars(request_id=f"tick {uuid4().hex[:16]}"):
        now = server_clock()
        at = now()
        for job in (recurring.open_due, _sweep, jobs.do_due):
            try:
                with unit_of_work():
                    job(at=at)
            except Exception:  # whatever is wrong with one of them, the others are done
                log.exception("a job failed", job=f"{job.__module__}.{job.__name__}")
        _keep_anchors()
        _send_links()
        post = post_office(SETTINGS)
        deliver(post, now=now, stop=asked_to_stop)
        check_copies(post.journal, at=at)
        _tell_other_programs()


@app.task(name=SEND)
def send() -> None:
    """Send what is owed."""
    with flask_app.app_context(), within(SYSTEM), bound_contextvars(request_id=f"send {uuid4().hex[:16]}"):
        _send_links()
        deliver(post_office(SETTINGS), now=server_clock(), stop=asked_to_stop)
        _tell_other_programs()


def _keep_anchors() -> None:
    """The anchors that the database holds go into the file that may lie elsewhere."""
    if SETTINGS.anchor_file is None:
        return
    try:
        anchor_file.bring_up_to_date(SETTINGS.anchor_file)
    except Exception:  # whatever is wrong with it, the notices are sent
        session().rollback()
        log.exception("the file of anchors could not be brought up to date")


def _tell_other_programs() -> None:
    """After the e-mails: programs that take their time make no person wait."""
    try:
        sender = Sender(SETTINGS.keys, loopback=SETTINGS.demo)
        tell_others(sender, now=server_clock(), stop=asked_to_stop)
    except Exception:  # whatever is wrong with them, the rest goes on
        session().rollback()
        log.exception("other programs could not be told")


def _sweep(*, at: datetime) -> None:
    """What it owes is committed in parts, so that other workers begin to send."""
    reminders.sweep(at=at, after_part=session().commit)


def _send_links() -> None:
    """Somebody waits for these, so they go first."""
    try:
        sign_in_links.send_all(SETTINGS)
    except Exception:  # whatever is wrong with them, the notices are sent
        session().rollback()
        log.exception("the sign-in links could not be sent")


import tasks.pulse  # noqa: E402, F401  # listens to the signals of the app above
