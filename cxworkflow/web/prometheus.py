"""Figures for Prometheus: requests by route and status, and how the work stands, for who has the scraper's token."""

import hmac
import os
import time
from collections.abc import Iterator, Mapping
from typing import Any

from flask import Blueprint, Flask, Response, current_app, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from cxworkflow.db import session
from cxworkflow.errors import NotFound
from cxworkflow.queries import figures, operations
from cxworkflow.scope import SYSTEM, within
from cxworkflow.web import current
from cxworkflow.web.guard import public

pages = Blueprint("prometheus", __name__)

TEXT = "text/plain; version=0.0.4; charset=utf-8"
# Counted in each process; where there are several, config/gunicorn.py names a folder in which they put it together.
OURS = CollectorRegistry()
REQUESTS = Counter("cxworkflow_requests", "Requests answered, by route.", ["method", "route", "status"], registry=OURS)
SECONDS = Histogram("cxworkflow_request_seconds", "How long answers took.", registry=OURS)


def register(app: Flask) -> None:
    """Count and time every request."""
    app.before_request(_begin)
    app.after_request(_count)


@pages.get("/prometheus")
@public
def scraped() -> Response:
    """The figures, for who brings the token of CXWORKFLOW_METRICS_TOKEN; without one this address does not exist."""
    token = current.settings().metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token is None or not hmac.compare_digest(given.encode(), token.encode()):
        raise NotFound
    counted = OURS
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        counted = CollectorRegistry()
        multiprocess.MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
    work = CollectorRegistry()
    with within(SYSTEM):  # figures only, for machines that nobody signs in
        work.register(_Work())
        told = generate_latest(counted) + generate_latest(work)
    return Response(told, content_type=TEXT)


class _Work(Collector):
    """How the work stands, asked of database and broker at each scrape. What is away is said to be, and left out."""

    def collect(self) -> Iterator[Metric]:
        """A gauge for each figure."""
        waiting = current_app.extensions["bell"].waiting() if "bell" in current_app.extensions else None
        yield _gauge("broker_answers", "Whether the broker (Redis) answers.", waiting is not None)
        if waiting is not None:
            yield _gauge("queue_depth", "Rings that wait for a worker.", waiting)
        try:
            found = operations.operations()
            states: dict[str, tuple[str, Mapping[Any, int]]] = {
                "clocks": ("Clocks by state.", figures.clocks(current.today())),
                "notices": ("E-mails by state.", figures.notices()),
                "deliveries": ("Deliveries to other programs by state.", figures.deliveries()),
            }
        except SQLAlchemyError:
            session().rollback()
            yield _gauge("database_answers", "Whether the database answers.", False)
            return
        yield _gauge("database_answers", "Whether the database answers.", True)
        for name, (words, numbers) in states.items():
            gauge = GaugeMetricFamily(f"cxworkflow_{name}", words, labels=["state"])
            for state, number in numbers.items():
                gauge.add_metric([state.value], number)
            yield gauge
        if found.swept_ago is not None:
            yield _gauge("sweep_age_seconds", "Since the last committed sweep.", found.swept_ago.total_seconds())
        alive = GaugeMetricFamily("cxworkflow_alive", "Processes seen within a minute.", labels=["kind"])
        for kind in ("worker", "beat"):
            alive.add_metric([kind], found.alive(kind))
        yield alive


def _gauge(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(f"cxworkflow_{name}", words, value=float(value))


def _begin() -> None:
    g.began = time.monotonic()


def _count(response: Response) -> Response:
    # The rule and not the address: numbers of rows and what was typed stay out, and there are no more than routes.
    route = request.url_rule.rule if request.url_rule else "none"
    method = request.method if request.method in ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE") else "?"
    REQUESTS.labels(method, route, str(response.status_code)).inc()
    if "began" in g:
        SECONDS.observe(time.monotonic() - g.began)
    return response
