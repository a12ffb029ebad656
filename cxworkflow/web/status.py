"""How the system runs: a page for people, and one for the machines that watch it."""

from typing import Any

from flask import Blueprint, current_app, jsonify, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from cxworkflow.db import session
from cxworkflow.permissions import Permission, may
from cxworkflow.queries import operations as queries
from cxworkflow.queries import record
from cxworkflow.scope import SYSTEM, within
from cxworkflow.web import current
from cxworkflow.web.guard import needs, public
from cxworkflow.wording import ago, span

pages = Blueprint("status", __name__)


@pages.get("/status")
@needs(Permission.SEE_OPERATIONS)
def overview() -> ResponseReturnValue:
    """Sweep, backlog, failures, workers and beats, and when the next reminder is due."""
    return render_template(
        "status/overview.html",
        found=queries.operations(),
        next_rung_at=queries.next_rung_at(at=current.now()),
        broker=current_app.extensions["bell"].answers(),
        ago=ago,
        span=span,
        check=record.last_check(),
        keeps_webhooks=may(current.person(), Permission.KEEP_WEBHOOKS, at=current.now()),
        unnoticed=None if current.settings().has_journal else queries.NO_JOURNAL,
    )


@pages.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """200 while the database answers and the sweep is recent, else 503. Without a broker things are only slower."""
    broker = current_app.extensions["bell"].answers()
    try:
        with within(SYSTEM):  # figures only, for machines that nobody signs in
            found = queries.operations()
    except SQLAlchemyError:
        session().rollback()
        return jsonify(status="red", database="away", broker=_word(broker)), 503
    told: dict[str, Any] = {
        "status": "red" if not found.sweeps else "green" if broker and found.alive("worker") else "slower",
        "database": "answers",
        "broker": _word(broker),
        "worker": _word(found.alive("worker")),
        "beat": _word(found.alive("beat")),
        "backlog": found.backlog,
        "last_sweep_seconds_ago": round(found.swept_ago.total_seconds()) if found.swept_ago is not None else None,
    }
    return jsonify(told), 200 if found.sweeps else 503


def _word(answers: object) -> str:
    return "answers" if answers else "away"
