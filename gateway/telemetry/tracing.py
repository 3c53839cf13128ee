"""OpenTelemetry: a span for each request, and one for each connection that it acquires, sent to a collector.

The packages are those of the extra `traces`; without LICET_TRACES_URL nothing of this runs. No span holds the text of
an exception, a statement, an argument or an address.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
from asyncpg import Connection
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.startup_errors import StartupError
from gateway.telemetry.request_log import PROBE_PATHS, RequestStats
from gateway.version import VERSION
from schema.context import Acquire

try:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.trace import Span, SpanKind, StatusCode, use_span
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
except ImportError:
    INSTALLED = False
else:
    INSTALLED = True

# W3C Trace Context: the headers that propagate a trace.
PROPAGATED_HEADERS = (b"traceparent", b"tracestate")


class Tracing:
    """Raises StartupError without the packages. What else there is, such as a sampler, the OTEL_* variables say."""

    def __init__(self, url: str) -> None:
        if not INSTALLED:
            raise StartupError("LICET_TRACES_URL needs more packages: pip install 'licet[traces]'.")
        resource = Resource.create({"service.name": "licet", "service.version": VERSION})
        self._provider = TracerProvider(resource=resource)
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=url)))
        self._propagator = TraceContextTextMapPropagator()
        self.tracer = self._provider.get_tracer("licet")

    def shutdown(self) -> None:
        """Sends what has not been sent; waits for the collector."""
        self._provider.shutdown()

    def middleware(self) -> Middleware:
        return Middleware(TracingMiddleware, tracing=self)

    def trace_acquire(self, acquire: Acquire) -> Acquire:
        """The same connections, each with a span from the acquire to the release."""

        @asynccontextmanager
        async def acquire_traced() -> AsyncIterator[Connection]:
            # Not the current span: a connection is acquired in a loader's task and released in the request's.
            span = self.tracer.start_span("postgresql", kind=SpanKind.CLIENT)
            span.set_attribute("db.system.name", "postgresql")
            try:
                async with acquire() as conn:
                    span.add_event("borrowed")
                    yield conn
            finally:
                span.end()

        return acquire_traced

    async def inject_context(self, request: httpx.Request) -> None:
        """A request hook of httpx: outgoing requests belong to the same trace."""
        self._propagator.inject(request.headers)

    async def trace_request(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        incoming = {
            name.decode(): value.decode("latin-1") for name, value in scope["headers"] if name in PROPAGATED_HEADERS
        }
        span = self.tracer.start_span("request", self._propagator.extract(incoming), kind=SpanKind.SERVER)
        with use_span(span, end_on_exit=True, record_exception=False, set_status_on_exception=False):
            outgoing: dict[str, str] = {}
            self._propagator.inject(outgoing)
            stats: RequestStats = scope["stats"]
            stats.trace_id = f"{span.get_span_context().trace_id:032x}"

            async def send_with_headers(message: Message) -> None:
                if message["type"] == "http.response.start":
                    header = (b"traceparent", outgoing["traceparent"].encode())
                    message = {**message, "headers": [*message.get("headers", ()), header]}
                await send(message)

            try:
                await app(scope, receive, send_with_headers)
            finally:
                _set_span_attributes(span, scope, stats)


@dataclass(frozen=True, slots=True)
class TracingMiddleware:
    """ASGI middleware; within RequestLogMiddleware."""

    app: ASGIApp
    tracing: Tracing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] not in PROBE_PATHS:
            await self.tracing.trace_request(self.app, scope, receive, send)
        else:
            await self.app(scope, receive, send)


def _set_span_attributes(span: "Span", scope: Scope, stats: RequestStats) -> None:
    span.update_name(stats.operation or scope["method"])
    span.set_attribute("http.request.method", scope["method"])
    if stats.status is not None:
        span.set_attribute("http.response.status_code", stats.status)
    if stats.execution_path is not None:
        span.set_attribute("graphql.operation.name", stats.operation or "")
        span.set_attribute("licet.via", stats.execution_path)
        span.set_attribute("licet.statements", stats.statements)
        span.set_attribute("licet.cost", stats.cost)
    if stats.code is not None:
        span.set_attribute("licet.code", stats.code)
    if stats.status is None or stats.status >= 500:
        span.set_status(StatusCode.ERROR)
