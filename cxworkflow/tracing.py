"""Spans of pages, statements and tasks for OpenTelemetry, where CXWORKFLOW_TRACES_URL names who gathers them.

It needs the extra `otel`. What a span says is on a list: which page, which statement without its values, which task,
how it ended. Who asked, from where, what was typed and what an error said stay here.
"""

from collections.abc import Sequence
from typing import Any

from flask import Flask

from config.settings import Settings
from cxworkflow.db import db
from cxworkflow.errors import SettingError

SAID = frozenset(
    {
        "http.method",
        "http.request.method",
        "http.response.status_code",
        "http.route",
        "http.status_code",
        "db.operation",
        "db.statement",
        "db.system",
        "celery.action",
        "celery.state",
        "celery.task_name",
    }
)


def start(settings: Settings, app: Flask, part: str) -> Any:
    """Begin to tell of what this process does, as `part` (web, worker); the provider, or None where none is wanted.

    Raises SettingError where spans are wanted and the extra is not installed.
    """
    if settings.traces_url is None:
        return None
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415  # an extra
        from opentelemetry.instrumentation.celery import CeleryInstrumentor  # noqa: PLC0415
        from opentelemetry.instrumentation.flask import FlaskInstrumentor  # noqa: PLC0415
        from opentelemetry.instrumentation.sqlalchemy import SQLAlchemyInstrumentor  # noqa: PLC0415
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import ReadableSpan, TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExportResult  # noqa: PLC0415
    except ModuleNotFoundError as missing:
        raise SettingError(
            "CXWORKFLOW_TRACES_URL is set, but OpenTelemetry is not installed. Install cxworkflow[otel], or unset it."
        ) from missing

    class Discreet(OTLPSpanExporter):
        """Tells of each span what is on the list, and nothing else."""

        def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
            return super().export([_discreet(each) for each in spans])

    def _discreet(span: ReadableSpan) -> ReadableSpan:
        return ReadableSpan(
            name=span.name,
            context=span.context,
            parent=span.parent,
            resource=span.resource,
            attributes={name: value for name, value in (span.attributes or {}).items() if name in SAID},
            kind=span.kind,
            instrumentation_scope=span.instrumentation_scope,
            start_time=span.start_time,
            end_time=span.end_time,
        )

    provider = TracerProvider(resource=Resource({"service.name": f"cxworkflow-{part}"}))
    provider.add_span_processor(BatchSpanProcessor(Discreet(endpoint=settings.traces_url)))
    web: Any = FlaskInstrumentor()
    web.instrument_app(app, tracer_provider=provider, excluded_urls="healthz,prometheus,assets")
    with app.app_context():
        SQLAlchemyInstrumentor().instrument(engine=db.engine, tracer_provider=provider)
    tasks: Any = CeleryInstrumentor  # which says not of what kind it is
    tasks().instrument(tracer_provider=provider)
    return provider
