"""A line for each request, with an id that ties lines together; and an answer for what nobody caught."""

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

from gateway.telemetry.logging import CLEAN, LOOKAHEAD, REQUEST_ID, redact

_RANDOM = random.Random()  # noqa: S311
ACCEPTED_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")


LOGGED_PATH = 256
# Asked every few seconds by whatever watches the process: worth a line only when something is wrong.
PROBES = frozenset({"/healthz", "/readyz"})


@lru_cache(maxsize=1024)
def _shown_path(beginning: str) -> str:
    # Quoted, so that a path with a line break in it can not forge a line.
    return redact(quote(beginning))[:LOGGED_PATH]


@dataclass(slots=True)
class Run:
    """What becomes known of a request while it is answered; `scope["run"]` has it."""

    started: float = 0.0
    """On the clock of time.perf_counter."""
    operation: str | None = None
    """Its name, as a log may have it; None when it has none or is none."""
    via: Literal["compiled", "reference"] | None = None
    statements: int = 0
    cost: int = 0
    code: str | None = None
    """Why nothing was answered."""
    faults: int = 0
    """Fields that could not be answered."""
    trace: str | None = None
    """The id of its trace."""
    status: int | None = None
    """None when the client was gone before the answer."""
    seconds: float = 0.0
    prepare_seconds: float = 0.0
    """From its arrival until there was something to run."""
    database_seconds: float = 0.0

    def prepared(self) -> None:
        self.prepare_seconds = time.perf_counter() - self.started

    def timing(self) -> bytes:
        """The value of a Server-Timing header, in milliseconds."""
        total = time.perf_counter() - self.started
        plural = "" if self.statements == 1 else "s"
        database = f'db;dur={self.database_seconds * 1000:.2f};desc="{self.statements} statement{plural}"'
        return f"prepare;dur={self.prepare_seconds * 1000:.2f}, {database}, total;dur={total * 1000:.2f}".encode()

    def facts(self) -> dict[str, Any]:
        """What an access line says besides."""
        known: dict[str, Any] = {}
        if self.via is not None:
            known = {"operation": self.operation, "via": self.via, "statements": self.statements, "cost": self.cost}
        if self.code is not None:
            known["code"] = self.code
        if self.faults:
            known["faults"] = self.faults
        if self.trace is not None:
            known["trace"] = self.trace
        return known


Watch = Callable[[Run], None]


class RequestLog:
    """Gives each request its id, answers what nobody caught, and logs one line: never the query, a body or a header."""

    def __init__(
        self, app: ASGIApp, watches: Iterable[Watch] = (), *, timing: bool = False, lines: bool = True
    ) -> None:
        self.app = app
        self._watches = tuple(watches)
        self._timing = timing
        self._lines = lines
        self._logger: Any = None
        self._bound_to: Any = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        identifier = request_id(scope["headers"])
        run = scope["run"] = Run(started=time.perf_counter())
        token = REQUEST_ID.set(identifier)

        def send_on(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                run.status = message["status"]
                headers = [*message.get("headers", ()), (b"x-request-id", identifier.encode())]
                if self._timing and run.via is not None:
                    headers.append((b"server-timing", run.timing()))
                message = {**message, "headers": headers}
            return send(message)

        try:
            await self.app(scope, receive, send_on)
        except ClientDisconnect:
            # Gone in the middle of its body: no fault of ours, and nobody to answer.
            pass
        except Exception:
            structlog.get_logger().exception("fault")
            if run.status is not None:
                # Half an answer is out: only closing the connection tells the client that it is not a whole one.
                raise
            await _send_fault(send_on, identifier)
        finally:
            run.seconds = time.perf_counter() - run.started
            if self._lines:
                self._tell(scope, run)
            for watch in self._watches:
                watch(run)
            REQUEST_ID.reset(token)

    def _tell(self, scope: Scope, run: Run) -> None:
        """The access line."""
        path = scope["path"]
        if path in PROBES and run.status == 200:
            return
        # Cut before it is remembered: whoever asks for long paths would fill the memory.
        shown_path = _shown_path(path[: LOGGED_PATH + LOOKAHEAD])
        line = {"method": scope["method"], "path": shown_path, "status": run.status, CLEAN: True}
        self._bound().info("request", **line, ms=round(run.seconds * 1000, 1), **run.facts())

    def _bound(self) -> Any:
        """The logger; to bind one for each line would be half of the line's time."""
        configured = structlog.get_config()["logger_factory"]
        if configured is not self._bound_to:
            self._logger, self._bound_to = structlog.get_logger().bind(), configured
        return self._logger


async def _send_fault(send: Send, identifier: str) -> None:
    error = {"message": "Internal error", "extensions": {"code": "INTERNAL", "requestId": identifier}}
    body = orjson.dumps({"errors": [error]})
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 500, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def request_id(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """The caller's X-Request-Id when it is short, plain and no secret, or a new one."""
    for name, value in headers:
        if name == b"x-request-id" and ACCEPTED_ID.fullmatch(value):
            identifier = value.decode()
            if redact(identifier) == identifier:
                return identifier
    # Tells lines apart and guards nothing: no need to ask the system for its best.
    return f"{_RANDOM.getrandbits(128):032x}"
