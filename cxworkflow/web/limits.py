"""How often something may be asked in a minute: counted in Redis for all processes, without it by each for itself."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask import Flask, g, request
from flask_limiter import Limiter, RequestLimit

from config.settings import Settings

PER_MINUTE = {
    "signin.enter": 60,  # by address, behind which there can be a whole office
    "sign_in_links.ask": 20,
    "sign_in_links.use": 30,
    "providers.begin": 60,
    "providers.finish": 60,
    "calendar_feeds.feed": 60,
    "calendar_feeds.make": 10,
    "tokens.make": 10,
    "clocks.index": 120,
    "notices.index": 120,
    "record.index": 120,
    "record.story": 10,
    "privacy.own": 20,
    "privacy.of_person": 60,
    "attachments.attach": 20,
    "commitments.attach": 20,
    "commitments.index": 120,
    "metrics.index": 120,
    "evidence.download": 120,
    "attachments.download": 120,
    "search.index": 60,
    "offline.upload": 20,
    "papers.save": 20,
    "library.begin": 20,
    "library.revise": 20,
    "offline.download": 60,
    "versions.download": 60,
    "publications.preview_file": 60,
    "reports.record": 60,
    "reports.department": 60,
    "reports.department_file": 20,  # reads all that is filed
    "published.index": 240,  # by address, behind which there can be a whole office
    "published.one": 240,
    "published.plan_file": 60,
    "published.metrics_csv": 60,
    "published.metrics_json": 60,
    "published.plan_metrics_csv": 120,
    "published.plan_metrics_json": 120,
    "published.list_csv": 120,
    "published.list_json": 120,
    "published.atom": 120,
    "quarter_files.bring_in": 10,
    "prometheus.scraped": 60,
    "webhooks.register": 20,  # looks up a name, and makes a secret
    "webhooks.renew": 20,
    "webhooks.replay": 60,
    "webhooks.one": 120,
    "what_if.play": 6,  # plays a whole policy on a copy of the database
}
MINUTE = 60  # seconds
PATIENCE = 1  # seconds that a page waits for a Redis that does not answer


def register(app: Flask) -> None:
    """Count the pages of the table; call it when they are all there."""
    settings: Settings = app.extensions["settings"]
    asked_before = app.before_request_funcs[None].copy()

    def hold(reached: RequestLimit) -> None:
        own = limiter._fallback_limiter  # noqa: SLF001  # what counts while Redis is away has no other name
        if own is not None and reached.limiter is not own:
            own.clear(reached.limit, *reached.request_args)
            own.hit(reached.limit, *reached.request_args, cost=reached.limit.amount)

    limiter = Limiter(
        key_func=_who,
        app=app,
        storage_uri=_storage(settings.redis_url),
        storage_options={"socket_timeout": PATIENCE, "socket_connect_timeout": PATIENCE},
        strategy="moving-window",
        key_prefix="cxworkflow",
        in_memory_fallback_enabled=True,
        on_breach=hold,  # whoever has to wait goes on waiting if Redis goes away
    )
    # Those of the table ask for themselves, and no limit counts all pages: the others need not ask whether one does.
    app.before_request_funcs[None] = asked_before
    for endpoint, times in PER_MINUTE.items():
        limited: Any = limiter.limit(f"{times} per minute")(app.view_functions[endpoint])
        app.view_functions[endpoint] = limited
    app.extensions["limits"] = limiter


def _who() -> str:
    person = g.get("person")
    return f"person {person.id}" if person is not None else f"address {request.remote_addr}"


def _storage(redis_url: str) -> str:
    """The address as the counting library writes it: a socket's differs from Celery's."""
    parts = urlsplit(redis_url)
    if parts.scheme != "redis+socket":
        return redis_url
    number = parse_qs(parts.query).get("virtual_host", ["0"])[0]
    return f"redis+unix://{parts.path}?db={number}"
