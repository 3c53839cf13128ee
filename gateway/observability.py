"""What watches an application while it runs: metrics and traces, each only where a setting asks for it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import ExitStack, asynccontextmanager

import httpx
from starlette.middleware import Middleware

from gateway.metrics import Metrics, exposed
from gateway.settings import Settings
from gateway.telemetry import RequestLog
from gateway.tracing import Traced, Traces
from schema.context import Acquire


class Observability:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._metrics = None if settings.metrics_port is None else Metrics()
        self._traces = None if settings.traces_url is None else Traces(settings.traces_url)

    def middleware(self) -> list[Middleware]:
        watches = () if self._metrics is None else (self._metrics.watch,)
        traced = [] if self._traces is None else [Middleware(Traced, traces=self._traces)]
        return [
            Middleware(
                RequestLog, watches=watches, timing=self._settings.server_timing, lines=self._settings.access_log
            ),
            *traced,
        ]

    def connections(self, acquire: Acquire) -> Acquire:
        return acquire if self._traces is None else self._traces.borrowing(acquire)

    @asynccontextmanager
    async def watching(self, client: httpx.AsyncClient, pool: Mapping[str, Callable[[], float]]) -> AsyncIterator[None]:
        """`client` is what others are asked with; `pool` measures the connections."""
        if self._traces is not None:
            client.event_hooks = {"request": [self._traces.passed_on]}
        with ExitStack() as held:
            if self._metrics is not None and self._settings.metrics_port is not None:
                self._metrics.watch_pool(pool)
                held.enter_context(exposed(self._metrics, self._settings.metrics_host, self._settings.metrics_port))
            yield
        if self._traces is not None:
            await asyncio.to_thread(self._traces.shutdown)
