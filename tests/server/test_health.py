"""Health from outside: the process answers, and its database is there and migrated."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import httpx
import pytest

from gateway.server.app import create_app
from gateway.settings import Settings
from schema.context import Acquire

UNAVAILABLE = {"status": "unavailable", "reason": "The database does not answer."}
BEHIND = {"status": "unavailable", "reason": "Run `licet migrate`."}


def _connecting(url: str) -> Acquire:
    @asynccontextmanager
    async def acquire() -> AsyncIterator[asyncpg.Connection]:
        conn = await asyncpg.connect(url)
        try:
            yield conn
        finally:
            await conn.close()

    return acquire


async def _get(settings: Settings, acquire: Acquire, path: str) -> tuple[int, Any]:
    transport = httpx.ASGITransport(create_app(settings, acquire=acquire))
    async with httpx.AsyncClient(transport=transport, base_url="http://licet.test") as http:
        response = await http.get(path)
        return response.status_code, response.json()


async def test_a_process_without_a_database_is_healthy_and_not_ready(settings: Settings) -> None:
    nowhere = _connecting("postgresql://licet@127.0.0.1:1/licet")

    assert await _get(settings, nowhere, "/healthz") == (200, {"status": "ok"})
    assert await _get(settings, nowhere, "/readyz") == (503, UNAVAILABLE)


async def test_a_process_with_a_migrated_database_is_ready(settings: Settings, database_url: str) -> None:
    assert await _get(settings, _connecting(database_url), "/readyz") == (200, {"status": "ok"})


async def test_a_process_whose_database_has_no_tables_is_not_ready(settings: Settings, empty_database: str) -> None:
    assert await _get(settings, _connecting(empty_database), "/readyz") == (503, BEHIND)


async def test_a_process_whose_database_is_ahead_stays_ready_through_a_rollout(
    settings: Settings, conn: asyncpg.Connection
) -> None:
    @asynccontextmanager
    async def acquire() -> AsyncIterator[asyncpg.Connection]:
        yield conn

    await conn.execute("UPDATE alembic_version SET version_num = 'newer'")

    assert await _get(settings, acquire, "/readyz") == (200, {"status": "ok"})


async def test_a_database_that_does_not_exist_is_no_fault(settings: Settings, database_url: str) -> None:
    assert await _get(settings, _connecting(f"{database_url}_gone"), "/readyz") == (503, UNAVAILABLE)


@pytest.mark.parametrize("answers", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n"])
async def test_a_database_that_says_nothing_of_use_is_given_up_on(settings: Settings, answers: bytes) -> None:
    gone = asyncio.Event()

    async def listen(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answers)
        await gone.wait()
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]

    async with asyncio.timeout(10):
        verdict = await _get(settings, _connecting(f"postgresql://licet@127.0.0.1:{port}/licet"), "/readyz")
    gone.set()
    server.close()

    assert verdict == (503, UNAVAILABLE)
