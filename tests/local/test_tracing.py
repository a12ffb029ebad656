"""Spans for OpenTelemetry, told to a real collector: which page and which statement, and nothing of anybody."""

import gzip
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from config.settings import Settings
from cxworkflow import tracing
from cxworkflow.app import create_app
from cxworkflow.db import db
from cxworkflow.errors import SettingError
from tests.conftest import settings
from tests.databases import copied

trace_service = pytest.importorskip("opentelemetry.proto.collector.trace.v1.trace_service_pb2")
pytestmark = pytest.mark.integration


@pytest.fixture
def collector() -> Iterator[tuple[str, list[bytes]]]:
    """Its address, and what it was told."""
    told: list[bytes] = []

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.append(gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """It says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Door) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/v1/traces", told
        server.shutdown()


@pytest.fixture
def read(server_url: str, migrated: str, redis_url: str, tmp_path: Path) -> Iterator[Settings]:
    """Settings of an application on a database of the test's own."""
    with copied(server_url, migrated) as url:
        yield settings(url, redis_url, journal=tmp_path)


def test_a_page_and_its_statements_are_told_of_without_who_asked_or_what_was_typed(
    read: Settings, collector: tuple[str, list[bytes]]
) -> None:
    address, told = collector
    object.__setattr__(read, "traces_url", address)
    app = create_app(read)
    provider = tracing.start(read, app, "web")
    try:
        asked = app.test_client().get("/sign-in?next=/people/jane.doe@example.gov", headers={"User-Agent": "Telltale"})
        assert asked.status_code == 200
        app.test_client().get("/healthz")
        assert provider.force_flush(10_000)
    finally:
        provider.shutdown()
        from opentelemetry.instrumentation.celery import CeleryInstrumentor
        from opentelemetry.instrumentation.sqlalchemy import SQLAlchemyInstrumentor

        CeleryInstrumentor().uninstrument()  # type: ignore[no-untyped-call]
        SQLAlchemyInstrumentor().uninstrument()
        with app.app_context():
            db.engine.dispose()
    spans = [
        span
        for body in told
        for resource in trace_service.ExportTraceServiceRequest.FromString(body).resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]
    names = {span.name for span in spans}
    assert "GET /sign-in" in names
    assert not any("healthz" in name for name in names)
    page = next(span for span in spans if span.name == "GET /sign-in")
    within = [span for span in spans if span.parent_span_id == page.span_id]
    assert any(each.key == "db.statement" for span in within for each in span.attributes)
    assert {each.key for span in spans for each in span.attributes} <= tracing.SAID
    whole = b"".join(told)
    for private in (b"jane.doe", b"Telltale", b"127.0.0.1"):
        assert private not in whole


def test_where_nobody_gathers_spans_none_are_made(read: Settings) -> None:
    assert tracing.start(read, create_app(read), "web") is None


def test_without_the_extra_the_start_is_refused_in_words(read: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.instrumentation.flask", None)
    object.__setattr__(read, "traces_url", "http://127.0.0.1:9/v1/traces")
    with pytest.raises(SettingError, match=r"Install cxworkflow\[otel\]"):
        tracing.start(read, create_app(read), "web")
