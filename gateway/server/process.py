"""The server process: its socket, uvicorn, and a graceful end."""

import asyncio
import errno
import gc
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from math import ceil
from time import monotonic
from types import FrameType
from typing import Any, cast

import uvicorn
from starlette.types import ASGIApp

from gateway.server.http_protocol import HardenedProtocol
from gateway.server.signals import handle_signals, ignore_signals
from gateway.startup_errors import StartupError, error_reason

BACKLOG = 2048
GRACEFUL_TIMEOUT = 10  # seconds for requests under way, at least; an orchestrator commonly kills after 30
# At most twice this long, each response asks its client to close the connection.
DRAIN_SECONDS = 1.0


def bind(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 is any free one. Whoever connects from now on waits for the first answer."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError) as error:
        raise StartupError(
            f"{host} is no address of this machine ({error_reason(error)}): choose another with --host."
        ) from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        # Not later: two sockets that do not listen yet can hold the same port.
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise _bind_error(host, port, error) from error
    return listener


def _bind_error(host: str, port: int, error: OSError) -> StartupError:
    if error.errno == errno.EADDRINUSE:
        return StartupError(f"Port {port} is taken: stop what uses it, or choose another with --port.")
    if error.errno == errno.EACCES:
        return StartupError(f"Port {port} is reserved for the administrator: choose one above 1023 with --port.")
    return StartupError(f"{host} is no address of this machine ({error_reason(error)}): choose another with --host.")


def origin(host: str, listener: socket.socket) -> str:
    """The address to open in a browser on this machine; a wildcard host is reached by loopback."""
    port: int = listener.getsockname()[1]
    local = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}.get(host, host)  # noqa: S104 - read, not bound
    return f"http://[{local}]:{port}" if ":" in local and not local.startswith("[") else f"http://{local}:{port}"


class Server(uvicorn.Server):
    """Shuts down gracefully on the first signal and ignores further ones: requests under way finish first."""

    _should_drain = False

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        handle_signals(self.handle_exit)
        yield
        ignore_signals()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - as uvicorn calls it
        self.should_exit = True
        self._should_drain = sig == signal.SIGTERM

    async def on_tick(self, counter: int) -> bool:
        # Ten times a second; once is enough to check connections, and a timer for each would cost every request.
        if counter % 10 == 0:
            now = monotonic()
            for connection in [*self.server_state.connections]:
                cast(HardenedProtocol, connection).check_stalled(now)
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._should_drain:
            await self._drain(sockets or [])
        await super().shutdown(sockets)

    async def _drain(self, listeners: list[socket.socket]) -> None:
        """Serve each connection for one more request: one that is closed between two may lose the next.

        First with whoever comes, so that a load balancer can notice; then only those who are here. A person's Ctrl-C
        does not wait for this.
        """
        self.server_state.default_headers = [*self.server_state.default_headers, (b"connection", b"close")]
        await asyncio.sleep(DRAIN_SECONDS)
        pending = [connection for listener in listeners for connection in _accept_pending(listener)]
        # At once, with nothing in between: closing cuts whoever waits to be accepted.
        for server in self.servers:
            server.close()
        for connection in pending:
            await asyncio.get_running_loop().connect_accepted_socket(self._create_protocol, connection)
        with suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_SECONDS):
                while self.server_state.connections:  # noqa: ASYNC110 - uvicorn keeps a set, and tells nobody
                    await asyncio.sleep(0.01)

    def _create_protocol(self) -> asyncio.Protocol:
        protocol_class: type[Any] = self.config.http_protocol_class
        protocol: asyncio.Protocol = protocol_class(self.config, self.server_state, self.lifespan.state)
        return protocol


def _accept_pending(listener: socket.socket) -> list[socket.socket]:
    """The connections that nobody has accepted yet."""
    listener.setblocking(False)
    pending = []
    with suppress(BlockingIOError):
        while True:
            pending.append(listener.accept()[0])
    return pending


def uvicorn_config(app: ASGIApp, *, request_timeout: float) -> uvicorn.Config:
    """`request_timeout` is how long a request takes at most."""
    return uvicorn.Config(
        app,
        loop="uvloop",
        http=HardenedProtocol,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=max(GRACEFUL_TIMEOUT, ceil(request_timeout) + 1),
    )


def run(app: ASGIApp, listener: socket.socket, *, request_timeout: float) -> None:
    """Serve until SIGINT or SIGTERM, then finish the requests under way, which take `request_timeout` at most."""
    config = uvicorn_config(app, request_timeout=request_timeout)
    # What is there by now stays there: no collection needs to walk the schema again.
    gc.collect()
    gc.freeze()
    # The loop first: a signal while it is made would leave a coroutine that nobody awaits.
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.get_loop()
        runner.run(Server(config).serve(sockets=[listener]))
