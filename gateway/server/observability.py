"""What watches an application while it runs: metrics and traces, each only where a setting asks for it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

from starlette.middleware import Middleware

from gateway.settings import Settings
from gateway.telemetry.request_log import RequestLogMiddleware
from schema.context import Acquire

if TYPE_CHECKING:
    from gateway.telemetry.metrics import Metrics
    from gateway.telemetry.tracing import Tracing


class Observability:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._metrics: Metrics | None = None
        self._tracing: Tracing | None = None
        # Loaded here: what nobody asks for takes no memory.
        if settings.metrics_port is not None:
            self._metrics = import_module("gateway.telemetry.metrics").Metrics()
        if settings.traces_url is not None:
            self._tracing = import_module("gateway.telemetry.tracing").Tracing(settings.traces_url)

    def middleware(self) -> list[Middleware]:
        observers = () if self._metrics is None else (self._metrics.observe,)
        tracing = [] if self._tracing is None else [self._tracing.middleware()]
        return [
            Middleware(
                RequestLogMiddleware,
                observers=observers,
                server_timing=self._settings.server_timing,
                access_log=self._settings.access_log,
            ),
            *tracing,
        ]

    def trace_connections(self, acquire: Acquire) -> Acquire:
        return acquire if self._tracing is None else self._tracing.trace_acquire(acquire)

    def httpx_hooks(self) -> Sequence[Any]:
        """Called for each request that we send to others."""
        return () if self._tracing is None else (self._tracing.inject_context,)

    @asynccontextmanager
    async def lifespan(self, pool_stats: Mapping[str, Callable[[], float]]) -> AsyncIterator[None]:
        """Metrics are served within; `pool_stats` are gauges of the connections."""
        with ExitStack() as stack:
            if self._metrics is not None and self._settings.metrics_port is not None:
                self._metrics.observe_pool(pool_stats)
                stack.enter_context(self._metrics.serve(self._settings.metrics_host, self._settings.metrics_port))
            yield
        if self._tracing is not None:
            await asyncio.to_thread(self._tracing.shutdown)
