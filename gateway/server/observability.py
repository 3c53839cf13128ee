"""What watches an application while it runs: metrics and traces, each only where a setting asks for it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

from starlette.middleware import Middleware

from gateway.settings import Settings
from gateway.telemetry.request_log import RequestLog
from schema.context import Acquire

if TYPE_CHECKING:
    from gateway.telemetry.metrics import Metrics
    from gateway.telemetry.tracing import Traces


class Observability:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._metrics: Metrics | None = None
        self._traces: Traces | None = None
        # Loaded here: what nobody asks for takes no memory.
        if settings.metrics_port is not None:
            self._metrics = import_module("gateway.telemetry.metrics").Metrics()
        if settings.traces_url is not None:
            self._traces = import_module("gateway.telemetry.tracing").Traces(settings.traces_url)

    def middleware(self) -> list[Middleware]:
        watches = () if self._metrics is None else (self._metrics.watch,)
        traced = [] if self._traces is None else [self._traces.middleware()]
        return [
            Middleware(
                RequestLog, watches=watches, timing=self._settings.server_timing, lines=self._settings.access_log
            ),
            *traced,
        ]

    def connections(self, acquire: Acquire) -> Acquire:
        return acquire if self._traces is None else self._traces.borrowing(acquire)

    def hooks(self) -> Sequence[Any]:
        """What is told of each request that we send to others."""
        return () if self._traces is None else (self._traces.passed_on,)

    @asynccontextmanager
    async def watching(self, pool: Mapping[str, Callable[[], float]]) -> AsyncIterator[None]:
        """`pool` measures the connections."""
        with ExitStack() as held:
            if self._metrics is not None and self._settings.metrics_port is not None:
                self._metrics.watch_pool(pool)
                held.enter_context(self._metrics.exposed(self._settings.metrics_host, self._settings.metrics_port))
            yield
        if self._traces is not None:
            await asyncio.to_thread(self._traces.shutdown)
