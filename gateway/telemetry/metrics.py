"""Prometheus: what is counted of requests, served on a port of its own."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server

from gateway.startup_errors import StartupError, error_reason
from gateway.telemetry.request_log import RequestStats

# Clients name their operations, and a label of each name would be memory that anybody signed in can take.
MAX_OPERATION_LABELS = 200
UNNAMED, OTHER = "unnamed", "other"
LABELS = ("operation", "path")
LATENCY_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
# The gauges of the connection pool, and their descriptions.
POOL_GAUGES = {"size": "open", "in_use": "in use", "waiting": "requests that wait for one"}


class Metrics:
    """A registry of its own, filled from the RequestStats."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self._seconds = Histogram(
            "licet_operation_seconds", "From request to answer", LABELS, registry=registry, buckets=LATENCY_BUCKETS
        )
        self._statements = Counter("licet_statements", "Statements sent to PostgreSQL", LABELS, registry=registry)
        self._cost = Counter("licet_cost", "About the rows that operations may touch", LABELS, registry=registry)
        self._responses = Counter("licet_responses", "Answers at all addresses", ("status",), registry=registry)
        self._request_errors = Counter("licet_refusals", "GraphQL requests without data", ("code",), registry=registry)
        self._field_errors = Counter("licet_faults", "Fields that a fault left unanswered", registry=registry)
        self._operation_labels: set[str] = set()
        # Finding the child of a label takes longer than counting.
        self._status = cache(lambda status: self._responses.labels(str(status or "none")))
        self._operation = cache(self._operation_metrics)

    def observe(self, stats: RequestStats) -> None:
        self._status(stats.status).inc()
        if stats.code is not None:
            self._request_errors.labels(stats.code).inc()
        if stats.execution_path is not None:
            seconds, statements, cost = self._operation(self._operation_label(stats.operation), stats.execution_path)
            seconds.observe(stats.seconds)
            statements.inc(stats.statements)
            cost.inc(stats.cost)
            self._field_errors.inc(stats.field_errors)

    def observe_pool(self, stats: Mapping[str, Callable[[], float]]) -> None:
        """`stats` has a function for each of POOL_GAUGES, called whenever the metrics are scraped."""
        for name, description in POOL_GAUGES.items():
            gauge = Gauge(f"licet_pool_{name}", f"Connections to PostgreSQL: {description}", registry=self.registry)
            gauge.set_function(stats[name])

    @contextmanager
    def serve(self, host: str, port: int) -> Iterator[int]:
        """Serve them until the block ends, in a thread of their own; the port they are at, as 0 is any free one.

        Raises StartupError when the port can not be had.
        """
        try:
            server, thread = start_http_server(port, host, self.registry)
        except OSError as error:
            message = f"LICET_METRICS_PORT: {host}:{port} can not be listened at ({error_reason(error)})"
            raise StartupError(f"{message}. Choose another.") from error
        try:
            yield server.server_port
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def _operation_metrics(self, *labels: str) -> tuple[Histogram, Counter, Counter]:
        return self._seconds.labels(*labels), self._statements.labels(*labels), self._cost.labels(*labels)

    def _operation_label(self, operation: str | None) -> str:
        if operation is None:
            return UNNAMED
        if operation not in self._operation_labels:
            if len(self._operation_labels) >= MAX_OPERATION_LABELS:
                return OTHER
            self._operation_labels.add(operation)
        return operation
