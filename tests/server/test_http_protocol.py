"""What a client may do with a connection, and for how long: whoever sends or takes nothing does not keep it."""

import asyncio
import logging
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import httpx
import pytest

from gateway.server import http_protocol, process
from gateway.settings import Settings
from tests.conftest import Client
from tests.server.live import listening

HEALTH = b"GET /healthz HTTP/1.1\r\nhost: licet.test\r\n\r\n"
NOWHERE = b"POST /nowhere HTTP/1.1\r\nhost: licet.test\r\ncontent-length: 100000000\r\n\r\n"
Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@pytest.fixture
async def address(
    settings: Settings, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[str, int]]:
    """Of a server whose stall timeout is half a second."""
    monkeypatch.setattr(http_protocol, "STALL_TIMEOUT", 0.5)
    monkeypatch.setattr(process, "GRACEFUL_TIMEOUT", 0.5)
    url = type(settings.database_url)(database_url)
    async with listening(settings.model_copy(update={"database_url": url, "request_timeout": 0.5})) as address:
        yield address


@asynccontextmanager
async def connected(address: tuple[str, int]) -> AsyncIterator[Ends]:
    with socket.socket() as taking:
        # The system would keep megabytes for a client that does not read.
        taking.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        taking.connect(address)
        reader, writer = await asyncio.open_connection(sock=taking.dup())
    try:
        yield reader, writer
    finally:
        writer.close()


async def until_closed(ends: Ends, drop: bytes = b"") -> bytes:
    """What was answered until the server closed, while a drop is sent again and again."""
    reader, writer = ends
    answered = b""
    async with asyncio.timeout(10):
        while True:
            try:
                async with asyncio.timeout(0.2):
                    piece = await reader.read(65_536)
            except TimeoutError:
                writer.write(drop)
                continue
            except ConnectionError:
                return answered
            if not piece:
                return answered
            answered += piece


@pytest.mark.parametrize(
    ("first", "drop", "answered"),
    [
        (b"", b"", b""),
        (b"GET /healthz HTTP/1.1\r\n", b"a: b\r\n", b""),
        (b"", b"\r\n", b""),
        (HEALTH, b"\r\n", b"HTTP/1.1 200 OK"),
        (NOWHERE, b"x", b"HTTP/1.1 404 Not Found"),
    ],
    ids=["nothing", "a head in drops", "blank lines", "blank lines after an answer", "a body after the answer"],
)
async def test_a_connection_on_which_nothing_comes_about_is_closed(
    address: tuple[str, int], first: bytes, drop: bytes, answered: bytes
) -> None:
    async with connected(address) as ends:
        ends[1].write(first)
        said = await until_closed(ends, drop)

    assert said.partition(b"\r\n")[0] == answered


async def test_a_connection_that_waits_for_its_next_request_is_kept(address: tuple[str, int]) -> None:
    async with connected(address) as (reader, writer):
        for _ in range(3):
            writer.write(HEALTH)
            status = await reader.readuntil(b"\r\n")
            await reader.readuntil(b'{"status":"ok"}')
            await asyncio.sleep(1)

    assert status == b"HTTP/1.1 200 OK\r\n"


async def test_an_answer_that_is_not_taken_is_not_kept(address: tuple[str, int]) -> None:
    asked = 500
    async with connected(address) as (reader, writer):
        # More than the server's system keeps for it.
        writer.write(b"GET /schema.graphql HTTP/1.1\r\nhost: licet.test\r\n\r\n" * asked)
        await asyncio.sleep(5)
        taken = await until_closed((reader, writer))

    assert 0 < taken.count(b"HTTP/1.1 200 OK") < asked


@pytest.mark.parametrize("line", [b"a: " + b"x" * 1_000_000, b"a: b\r\n" * 200_000], ids=["long", "many"])
async def test_a_head_without_an_end_is_refused(address: tuple[str, int], line: bytes) -> None:
    async with connected(address) as ends:
        ends[1].write(b"GET /healthz HTTP/1.1\r\n" + line)
        said = await until_closed(ends)

    assert said.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert said.endswith(b"\r\n\r\nThe head of the request is larger than 65536 bytes.")


async def test_a_body_that_nobody_reads_is_not_taken_for_ever(
    address: tuple[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_protocol, "STALL_TIMEOUT", 60.0)
    sent = 0
    async with connected(address) as (_, writer):
        writer.write(NOWHERE)
        with suppress(ConnectionError):
            while sent < 50_000_000:
                writer.write(b"x" * 65_536)
                await writer.drain()
                sent += 65_536

    assert http_protocol.MAX_DISCARDED_BYTES < sent < 50_000_000


async def test_ten_thousand_headers_take_no_longer_than_their_length(address: tuple[str, int]) -> None:
    headers = b"".join(b"%x:\r\n" % number for number in [*range(9_000), 0])
    async with connected(address) as (reader, writer):
        began = time.monotonic()
        writer.write(b"POST /graphql HTTP/1.1\r\nhost: licet.test\r\n" + headers + b"\r\n")
        status = await reader.readline()

    assert status == b"HTTP/1.1 401 Unauthorized\r\n"
    assert time.monotonic() - began < 1


async def test_a_trailer_is_no_header(address: tuple[str, int], signing_key: str) -> None:
    async with httpx.AsyncClient() as http:
        token = Client(http, signing_key).token("ada")
    head = b"POST /graphql HTTP/1.1\r\nhost: licet.test\r\ntransfer-encoding: chunked\r\n\r\n"
    async with connected(address) as (reader, writer):
        writer.write(head + b"2\r\n{}\r\n0\r\nauthorization: Bearer " + token.encode() + b"\r\n\r\n")
        status = await reader.readline()
        said = await reader.readuntil(b"}]}")

    assert status == b"HTTP/1.1 401 Unauthorized\r\n"
    assert said.endswith(b'"The Authorization header is missing.","extensions":{"code":"UNAUTHENTICATED"}}]}')


async def test_an_offer_of_another_protocol_is_passed_over(
    address: tuple[str, int], caplog: pytest.LogCaptureFixture
) -> None:
    offer = b"connection: upgrade\r\nupgrade: h2c\r\n\r\n"
    with caplog.at_level(logging.WARNING):
        async with connected(address) as (reader, writer):
            writer.write(HEALTH.replace(b"\r\n\r\n", b"\r\n" + offer))
            status = await reader.readline()

    assert status == b"HTTP/1.1 200 OK\r\n"
    assert caplog.records == []
