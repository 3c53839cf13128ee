"""uvicorn's HTTP protocol with limits on heads, on silence and on bytes that nobody reads, and one write an answer."""

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

# Bytes. To copy what is longer would take longer than to hand it over piece by piece.
PIECE = 65_536
# Bytes of a head, from its second piece on: a token takes 8,192 of them.
HEAD = 65_536
# Bytes that a client may send on after its answer, or instead of its body, so that it comes to read what it is told.
REST = 1_048_576
# Seconds in which a head must be there, an answer must be taken further, and what is sent after one must end.
SILENCE = 10.0


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
