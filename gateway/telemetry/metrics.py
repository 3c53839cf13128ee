"""Prometheus: what is counted of requests, and the port of its own where it is read."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server

from gateway.startup_errors import StartupError, error_reason
from gateway.telemetry.request_log import RequestStats

# Clients name their operations, and a label of each name would be memory that anybody signed in can take.
NAMES = 200
UNNAMED, OTHER = "unnamed", "other"
LABELS = ("operation", "path")
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
# What is told of the pool's connections, and how it is asked.
POOL = {"size": "open", "in_use": "lent to a request", "waiting": "requests that wait for one"}


class Metrics:
    """A registry of its own, which is given every `Run`."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self._seconds = Histogram(
            "licet_operation_seconds", "From request to answer", LABELS, registry=registry, buckets=SECONDS
        )
        self._statements = Counter("licet_statements", "Statements sent to PostgreSQL", LABELS, registry=registry)
        self._cost = Counter("licet_cost", "About the rows that operations may touch", LABELS, registry=registry)
        self._responses = Counter("licet_responses", "Answers at all addresses", ("status",), registry=registry)
        self._refusals = Counter("licet_refusals", "GraphQL requests without data", ("code",), registry=registry)
        self._faults = Counter("licet_faults", "Fields that a fault left unanswered", registry=registry)
        self._names: set[str] = set()
        # Looking labels up takes longer than counting.
        self._status = cache(lambda status: self._responses.labels(str(status or "none")))
        self._operation = cache(self._measured)

    def watch(self, stats: RequestStats) -> None:
        self._status(stats.status).inc()
        if stats.code is not None:
            self._refusals.labels(stats.code).inc()
        if stats.execution_path is not None:
            seconds, statements, cost = self._operation(self._named(stats.operation), stats.execution_path)
            seconds.observe(stats.seconds)
            statements.inc(stats.statements)
            cost.inc(stats.cost)
            self._faults.inc(stats.field_errors)

    def watch_pool(self, measures: Mapping[str, Callable[[], float]]) -> None:
        """`measures` has a function for each of POOL, asked whenever the metrics are read."""
        for name, what in POOL.items():
            gauge = Gauge(f"licet_pool_{name}", f"Connections to PostgreSQL: {what}", registry=self.registry)
            gauge.set_function(measures[name])

    @contextmanager
    def exposed(self, host: str, port: int) -> Iterator[int]:
        """Serve them until the block ends, in a thread of their own; the port they are at, as 0 is any free one.

        Raises StartupError when the port can not be had.
        """
        try:
            server, thread = start_http_server(port, host, self.registry)
        except OSError as error:
            place = f"LICET_METRICS_PORT: {host}:{port} can not be listened at ({error_reason(error)})"
            raise StartupError(f"{place}. Choose another.") from error
        try:
            yield server.server_port
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def _measured(self, *labels: str) -> tuple[Histogram, Counter, Counter]:
        return self._seconds.labels(*labels), self._statements.labels(*labels), self._cost.labels(*labels)

    def _named(self, operation: str | None) -> str:
        if operation is None:
            return UNNAMED
        if operation not in self._names:
            if len(self._names) >= NAMES:
                return OTHER
            self._names.add(operation)
        return operation
