"""The reference of a request: shown with an error and in each of its log lines, so that one leads to the other."""

from uuid import uuid4

import structlog
from flask import Flask, Response, g


def register(app: Flask) -> None:
    """Give every request a reference, before anything else is done with it."""
    app.before_request(_give)
    app.after_request(_tell)


def current() -> str:
    """The reference of this request; empty outside of one that has begun."""
    return str(g.get("reference", ""))


def _give() -> None:
    # Never taken from the request: nobody outside may write into the logs.
    g.reference = uuid4().hex[:16]
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.reference)


def _tell(response: Response) -> Response:
    if reference := current():
        response.headers["X-Request-ID"] = reference
    return response
