"""The server process: its socket, its signals, and uvicorn between the two."""

import asyncio
import errno
import gc
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from math import ceil
from time import monotonic
from types import FrameType
from typing import Any, cast

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from gateway.problems import Problem, reason

BACKLOG = 2048
GRACE = 10  # seconds for requests under way, at least; an orchestrator commonly kills after 30
# Seconds, at most twice, in which clients that keep connections are told to close them, by their next answer.
FAREWELL = 1.0
# Bytes. To copy what is longer would take longer than to hand it over piece by piece.
PIECE = 65_536
# Bytes of a head, from its second piece on: a token takes 8,192 of them.
HEAD = 65_536
# Bytes that a client may send on after its answer, or instead of its body, so that it comes to read what it is told.
REST = 1_048_576
# Seconds in which a head must be there, an answer must be taken further, and what is sent after one must end.
SILENCE = 10.0
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
INTERRUPTED = 130  # as shells report a command that Ctrl-C ended


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
        _listen(self.handle_exit)
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


class Gathered:
    """A transport that sends what is written in one turn of the loop as one piece: head and body of an answer."""

    __slots__ = ("_call_soon", "_pieces", "_transport")

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._pieces: list[bytes] = []
        self._call_soon = asyncio.get_running_loop().call_soon

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, piece: bytes) -> None:
        if not self._pieces:
            self._call_soon(self._send)
        self._pieces.append(piece)

    def close(self) -> None:
        self._send()
        self._transport.close()

    def _send(self) -> None:
        pieces, self._pieces = self._pieces, []
        if sum(map(len, pieces)) > PIECE:
            self._transport.writelines(pieces)
        elif pieces:
            self._transport.write(b"".join(pieces))


class Protocol(HttpToolsProtocol):
    """uvicorn's, with an end to what a client sends that leads to nothing, and to its silence."""

    cycle: RequestResponseCycle | None  # type: ignore[assignment]  # none before the first head is there
    _counted_of: object = None
    _counted = 0
    _seen: object = None
    _since = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(cast(Any, Gathered(cast(asyncio.Transport, transport))))

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        cycle = self.cycle
        if cycle is None or cycle.scope is not self.scope or cycle.more_body:
            self._count(len(data))

    def _count(self, size: int) -> None:
        """Of a message that is not whole: it has its scope from its beginning, and its cycle once its head is there."""
        cycle = self.cycle
        in_head = cycle is None or cycle.scope is not self.scope
        is_read = cycle is not None and not in_head and len(cycle.body) > 0 and not cycle.response_complete
        if is_read or self.scope is not self._counted_of:
            # A piece of its body, or its first, which may hold the end of another message.
            self._counted_of, self._counted = self.scope, 0
            return
        self._counted += size
        if in_head and self._counted > HEAD:
            self.send_400_response(f"The head of the request is larger than {HEAD} bytes.")
        elif self._counted > REST:
            self.transport.close()

    def on_chunk_header(self) -> None:
        """Fields after the last chunk are trailers, which no proxy has looked at, and no headers (RFC 9110, 6.5.1)."""
        self.headers = []

    def look(self, now: float) -> None:
        """Ends the connection when it has been the same for too long, unless it waits for its next request."""
        cycle, transport, longest = self.cycle, self.transport, SILENCE
        under_way = cycle is not None and not cycle.response_complete
        if under_way and self.config.timeout_graceful_shutdown is not None:
            longest = self.config.timeout_graceful_shutdown
        seen = (cycle, under_way, len(self.pipeline), transport.get_write_buffer_size())
        # uvicorn's timer is for those who say nothing between two requests, and closes only when all is sent.
        waits = self.timeout_keep_alive_task is not None and not transport.is_closing()
        if waits or seen != self._seen:
            self._seen, self._since = seen, now
        if now - self._since > longest:
            transport.abort()

    def _unsupported_upgrade_warning(self) -> None:
        """An offer to speak something else is nothing to warn of: it is not taken up (RFC 9110, section 7.8)."""


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


@contextmanager
def until_stopped() -> Iterator[None]:
    """Ctrl-C, SIGTERM and a closed terminal end the block, wherever it is, and count as success."""
    _listen(signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        yield
    stop_listening_to_signals()


def _listen(handler: Callable[[int, FrameType | None], None]) -> None:
    for number in STOPPING:
        # What nohup or a shell's & made us ignore stays ignored.
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, handler)


def stop_listening_to_signals() -> None:
    """The process is about to end by itself: no impatient second Ctrl-C cuts the end of the database short."""
    for number in STOPPING:
        signal.signal(number, signal.SIG_IGN)
