"""uvicorn's HTTP protocol with limits on heads, stalls and unread bytes, and one write per response."""

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

# Copying more than this takes longer than handing it over in chunks.
COALESCE_MAX_BYTES = 65_536
# Counted from the second chunk of a head on; a token takes 8,192.
MAX_HEAD_BYTES = 65_536
# Bytes read and discarded after an early response, so that the client gets to read it.
MAX_DISCARDED_BYTES = 1_048_576
# Seconds without progress: of a head, of a response that is not read, of bytes after a response.
STALL_TIMEOUT = 10.0


class CoalescingTransport:
    """A transport that sends what is written in one turn of the loop in one write: head and body of a response."""

    __slots__ = ("_call_soon", "_chunks", "_transport")

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._chunks: list[bytes] = []
        self._call_soon = asyncio.get_running_loop().call_soon

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        if not self._chunks:
            self._call_soon(self._flush)
        self._chunks.append(data)

    def close(self) -> None:
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        chunks, self._chunks = self._chunks, []
        if sum(map(len, chunks)) > COALESCE_MAX_BYTES:
            self._transport.writelines(chunks)
        elif chunks:
            self._transport.write(b"".join(chunks))


class HardenedProtocol(HttpToolsProtocol):
    """uvicorn's, with an end to connections that stall or send what nobody reads."""

    cycle: RequestResponseCycle | None  # type: ignore[assignment]  # none before the first head is there
    _counted_scope: object = None
    _unread_bytes = 0
    _last_progress: object = None
    _last_progress_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(cast(Any, CoalescingTransport(cast(asyncio.Transport, transport))))

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        cycle = self.cycle
        if cycle is None or cycle.scope is not self.scope or cycle.more_body:
            self._count_unread(len(data))

    def _count_unread(self, size: int) -> None:
        """Of a message that is not whole: it has its scope from its beginning, and its cycle once its head is there."""
        cycle = self.cycle
        in_head = cycle is None or cycle.scope is not self.scope
        is_read = cycle is not None and not in_head and len(cycle.body) > 0 and not cycle.response_complete
        if is_read or self.scope is not self._counted_scope:
            # A chunk of its body, or its first, which may hold the end of another message.
            self._counted_scope, self._unread_bytes = self.scope, 0
            return
        self._unread_bytes += size
        if in_head and self._unread_bytes > MAX_HEAD_BYTES:
            self.send_400_response(f"The head of the request is larger than {MAX_HEAD_BYTES} bytes.")
        elif self._unread_bytes > MAX_DISCARDED_BYTES:
            self.transport.close()

    def on_chunk_header(self) -> None:
        """Drop chunked trailers: proxies do not inspect them, so they must not act as headers (RFC 9110, 6.5.1)."""
        self.headers = []

    def check_stalled(self, now: float) -> None:
        """Ends a connection that has made no progress for too long, unless it is idle between two requests."""
        cycle, transport, timeout = self.cycle, self.transport, STALL_TIMEOUT
        in_request = cycle is not None and not cycle.response_complete
        if in_request and self.config.timeout_graceful_shutdown is not None:
            timeout = self.config.timeout_graceful_shutdown
        progress = (cycle, in_request, len(self.pipeline), transport.get_write_buffer_size())
        # uvicorn's keep-alive timer runs between two requests, and closes only when all is sent.
        is_idle = self.timeout_keep_alive_task is not None and not transport.is_closing()
        if is_idle or progress != self._last_progress:
            self._last_progress, self._last_progress_at = progress, now
        if now - self._last_progress_at > timeout:
            transport.abort()

    def _unsupported_upgrade_warning(self) -> None:
        """An offer to speak something else is nothing to warn of: it is not taken up (RFC 9110, section 7.8)."""
