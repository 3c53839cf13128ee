"""An answer leaves in one piece, in order, and whole."""

import asyncio
from typing import cast

from gateway.server.http_protocol import COALESCE_MAX_BYTES, CoalescingTransport


class RecordingTransport(asyncio.Transport):
    """Remembers each call and what came with it."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[str, list[bytes]]] = []

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.calls.append(("write", [bytes(data)]))

    def writelines(self, list_of_data: object) -> None:
        self.calls.append(("writelines", cast(list[bytes], list_of_data)))

    def close(self) -> None:
        self.calls.append(("close", []))

    def is_closing(self) -> bool:
        return ("close", []) in self.calls


async def test_what_is_written_in_one_turn_is_one_piece_and_the_next_turn_another() -> None:
    transport = RecordingTransport()
    coalescing = CoalescingTransport(transport)

    coalescing.write(b"head ")
    coalescing.write(b"body")
    await asyncio.sleep(0)
    coalescing.write(b"next")
    await asyncio.sleep(0)

    assert transport.calls == [("write", [b"head body"]), ("write", [b"next"])]


async def test_what_is_long_is_handed_over_without_a_copy() -> None:
    transport, body = RecordingTransport(), b"x" * (COALESCE_MAX_BYTES + 1)
    coalescing = CoalescingTransport(transport)

    coalescing.write(b"head ")
    coalescing.write(body)
    await asyncio.sleep(0)

    ((name, pieces),) = transport.calls
    assert (name, pieces) == ("writelines", [b"head ", body])
    assert pieces[1] is body


async def test_closing_sends_what_waits_first_and_nothing_afterwards() -> None:
    transport = RecordingTransport()
    coalescing = CoalescingTransport(transport)

    coalescing.write(b"last")
    coalescing.close()
    await asyncio.sleep(0)

    assert transport.calls == [("write", [b"last"]), ("close", [])]
    assert coalescing.is_closing()
