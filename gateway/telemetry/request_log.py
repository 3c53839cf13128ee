"""The access log, the request id that ties log lines together, and a response for uncaught exceptions."""

import random
import re
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal
from urllib.parse import quote

import orjson
import structlog
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.telemetry.logging import ALREADY_REDACTED, REDACTION_LOOKAHEAD, REQUEST_ID, redact

_RANDOM = random.Random()  # noqa: S311
REQUEST_ID_FORMAT = re.compile(rb"[A-Za-z0-9._-]{1,64}")
MAX_LOGGED_PATH = 256
# Requested every few seconds by whatever monitors the process: worth a line only when something is wrong.
PROBE_PATHS = frozenset({"/healthz", "/readyz"})


@lru_cache(maxsize=1024)
def _loggable_path(path: str) -> str:
    # Quoted, so that a path with a line break in it can not forge a line.
    return redact(quote(path))[:MAX_LOGGED_PATH]


@dataclass(slots=True)
class RequestStats:
    """What is known of a request while it is processed, in `scope["stats"]`."""

    started: float = 0.0
    """On the clock of time.perf_counter."""
    operation: str | None = None
    """Redacted operation name; None if anonymous or not GraphQL."""
    execution_path: Literal["compiled", "reference"] | None = None
    statements: int = 0
    cost: int = 0
    code: str | None = None
    """The error code of a request error."""
    field_errors: int = 0
    """Fields that ended in an error."""
    trace_id: str | None = None
    """Of OpenTelemetry."""
    status: int | None = None
    """None when the client was gone before the answer."""
    seconds: float = 0.0
    prepare_seconds: float = 0.0
    """From its arrival until the operation was ready to run."""
    database_seconds: float = 0.0

    def mark_prepared(self) -> None:
        self.prepare_seconds = time.perf_counter() - self.started

    def server_timing(self) -> bytes:
        """The value of a Server-Timing header, in milliseconds."""
        total = time.perf_counter() - self.started
        plural = "" if self.statements == 1 else "s"
        database = f'db;dur={self.database_seconds * 1000:.2f};desc="{self.statements} statement{plural}"'
        return f"prepare;dur={self.prepare_seconds * 1000:.2f}, {database}, total;dur={total * 1000:.2f}".encode()

    def log_fields(self) -> dict[str, Any]:
        """The fields of the access log that only GraphQL requests have."""
        fields: dict[str, Any] = {}
        if self.execution_path is not None:
            fields = {
                "operation": self.operation,
                "via": self.execution_path,
                "statements": self.statements,
                "cost": self.cost,
            }
        if self.code is not None:
            fields["code"] = self.code
        if self.field_errors:
            fields["faults"] = self.field_errors
        if self.trace_id is not None:
            fields["trace"] = self.trace_id
        return fields


Observer = Callable[[RequestStats], None]


class RequestLogMiddleware:
    """Gives requests their id, responds to uncaught exceptions, logs one line: never the query, a body or a header."""

    def __init__(
        self, app: ASGIApp, observers: Iterable[Observer] = (), *, server_timing: bool = False, access_log: bool = True
    ) -> None:
        self.app = app
        self._observers = tuple(observers)
        self._server_timing = server_timing
        self._access_log = access_log
        self._logger: Any = None
        self._bound_to: Any = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        identifier = request_id(scope["headers"])
        stats = scope["stats"] = RequestStats(started=time.perf_counter())
        token = REQUEST_ID.set(identifier)

        def send_with_headers(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                stats.status = message["status"]
                headers = [*message.get("headers", ()), (b"x-request-id", identifier.encode())]
                if self._server_timing and stats.execution_path is not None:
                    headers.append((b"server-timing", stats.server_timing()))
                message = {**message, "headers": headers}
            return send(message)

        try:
            await self.app(scope, receive, send_with_headers)
        except ClientDisconnect:
            # Gone in the middle of its body: no fault of ours, and nobody to answer.
            pass
        except Exception:
            structlog.get_logger().exception("fault")
            if stats.status is not None:
                # Half an answer is out: only closing the connection tells the client that it is not a whole one.
                raise
            await _send_internal_error(send_with_headers, identifier)
        finally:
            stats.seconds = time.perf_counter() - stats.started
            if self._access_log:
                self._log_access(scope, stats)
            for observe in self._observers:
                observe(stats)
            REQUEST_ID.reset(token)

    def _log_access(self, scope: Scope, stats: RequestStats) -> None:
        """Writes the access log."""
        path = scope["path"]
        if path in PROBE_PATHS and stats.status == 200:
            return
        # Cut before it is cached: long paths would fill the memory.
        loggable_path = _loggable_path(path[: MAX_LOGGED_PATH + REDACTION_LOOKAHEAD])
        line = {"method": scope["method"], "path": loggable_path, "status": stats.status, ALREADY_REDACTED: True}
        self._bound_logger().info("request", **line, ms=round(stats.seconds * 1000, 1), **stats.log_fields())

    def _bound_logger(self) -> Any:
        """The logger; to bind one for each line would be half of the line's time."""
        configured = structlog.get_config()["logger_factory"]
        if configured is not self._bound_to:
            self._logger, self._bound_to = structlog.get_logger().bind(), configured
        return self._logger


async def _send_internal_error(send: Send, identifier: str) -> None:
    error = {"message": "Internal error", "extensions": {"code": "INTERNAL", "requestId": identifier}}
    body = orjson.dumps({"errors": [error]})
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 500, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def request_id(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """The caller's X-Request-Id when it is short, plain and no secret, or a new one."""
    for name, value in headers:
        if name == b"x-request-id" and REQUEST_ID_FORMAT.fullmatch(value):
            identifier = value.decode()
            if redact(identifier) == identifier:
                return identifier
    # Tells lines apart and guards nothing: no need to ask the system for its best.
    return f"{_RANDOM.getrandbits(128):032x}"
