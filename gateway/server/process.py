"""The server process: its socket, its signals, and uvicorn between the two."""

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

from gateway.server.http_protocol import Protocol
from gateway.server.signals import handle_signals, stop_listening_to_signals
from gateway.startup_errors import Problem, reason

BACKLOG = 2048
GRACE = 10  # seconds for requests under way, at least; an orchestrator commonly kills after 30
# Seconds, at most twice, in which clients that keep connections are told to close them, by their next answer.
FAREWELL = 1.0


def bind(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 is any free one. Whoever connects from now on waits for the first answer."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError) as error:
        raise Problem(f"{host} is no address of this machine ({reason(error)}): choose another with --host.") from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        # Not later: two sockets that do not listen yet can hold the same port.
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise _no_port(host, port, error) from error
    return listener


def _no_port(host: str, port: int, error: OSError) -> Problem:
    if error.errno == errno.EADDRINUSE:
        return Problem(f"Port {port} is taken: stop what uses it, or choose another with --port.")
    if error.errno == errno.EACCES:
        return Problem(f"Port {port} is reserved for the administrator: choose one above 1023 with --port.")
    return Problem(f"{host} is no address of this machine ({reason(error)}): choose another with --host.")


def origin(host: str, listener: socket.socket) -> str:
    """The address to open in a browser on this machine; a wildcard host is reached by loopback."""
    port: int = listener.getsockname()[1]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}.get(host, host)  # noqa: S104 - read, not bound
    return f"http://[{shown}]:{port}" if ":" in shown and not shown.startswith("[") else f"http://{shown}:{port}"


class Server(uvicorn.Server):
    """Ends in order at the first signal and hears no second one: GRACE bounds the wait, and nothing is cut short."""

    _takes_leave = False

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        handle_signals(self.handle_exit)
        yield
        stop_listening_to_signals()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - as uvicorn calls it
        self.should_exit = True
        self._takes_leave = sig == signal.SIGTERM

    async def on_tick(self, counter: int) -> bool:
        # Ten times a second; once is enough to look after connections, and a timer for each would cost every request.
        if counter % 10 == 0:
            now = monotonic()
            for connection in [*self.server_state.connections]:
                cast(Protocol, connection).look(now)
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._takes_leave:
            await self._farewell(sockets or [])
        await super().shutdown(sockets)

    async def _farewell(self, listeners: list[socket.socket]) -> None:
        """Serve each connection for one more request: one that is closed between two may lose the next.

        First with whoever comes, so that a load balancer can notice; then only those who are here. A person's Ctrl-C
        does not wait for this.
        """
        self.server_state.default_headers = [*self.server_state.default_headers, (b"connection", b"close")]
        await asyncio.sleep(FAREWELL)
        last = [connection for listener in listeners for connection in _waiting_at(listener)]
        # At once, with nothing in between: closing cuts whoever waits to be accepted.
        for server in self.servers:
            server.close()
        for connection in last:
            await asyncio.get_running_loop().connect_accepted_socket(self._protocol, connection)
        with suppress(TimeoutError):
            async with asyncio.timeout(FAREWELL):
                while self.server_state.connections:  # noqa: ASYNC110 - uvicorn keeps a set, and tells nobody
                    await asyncio.sleep(0.01)

    def _protocol(self) -> asyncio.Protocol:
        protocol: type[Any] = self.config.http_protocol_class
        made: asyncio.Protocol = protocol(self.config, self.server_state, self.lifespan.state)
        return made


def _waiting_at(listener: socket.socket) -> list[socket.socket]:
    """The connections that nobody has accepted yet."""
    listener.setblocking(False)
    waiting = []
    with suppress(BlockingIOError):
        while True:
            waiting.append(listener.accept()[0])
    return waiting


def configured(app: ASGIApp, *, longest: float) -> uvicorn.Config:
    """How it is served, when a request takes `longest` seconds at most."""
    return uvicorn.Config(
        app,
        loop="uvloop",
        http=Protocol,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=max(GRACE, ceil(longest) + 1),
    )


def run(app: ASGIApp, listener: socket.socket, *, longest: float) -> None:
    """Serve until SIGINT or SIGTERM, then finish the requests under way, which take `longest` seconds at most."""
    config = configured(app, longest=longest)
    # What is there by now stays there: no collection needs to walk the schema again.
    gc.collect()
    gc.freeze()
    # The loop first: a signal while it is made would leave a coroutine that nobody awaits.
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.get_loop()
        runner.run(Server(config).serve(sockets=[listener]))
