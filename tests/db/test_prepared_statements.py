"""What a connection keeps prepared: statements that are asked again, and never more than PostgreSQL has room for."""

import pytest

from db import prepared_statements
from db.pool import create_pool

KEPT = "SELECT left(statement, 10) FROM pg_prepared_statements WHERE statement LIKE 'SELECT 4%' ORDER BY prepare_time"


def _statement(number: int, length: int) -> str:
    return f"SELECT {number} /*".ljust(length - 2, "x") + "*/"


async def test_what_is_kept_has_a_length_together(server_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared_statements, "MAX_CHARACTERS", 1_100)
    connections = await create_pool(server_url, size=1)
    async with connections.acquire() as conn:
        for number in (401, 402, 403, 401, 404, 405):
            assert await conn.fetchval(_statement(number, 300)) == number
        kept = [row[0] for row in await conn.fetch(KEPT)]
        again = [await conn.fetchval(_statement(number, 5_000)) for number in (402, 402, 406, 401)]
    await connections.close()

    # Asked again, 401 outlived 402 and 403.
    assert kept == ["SELECT 401", "SELECT 404", "SELECT 405"]
    # Too long for the room, and answered all the same.
    assert again == [402, 402, 406, 401]


async def test_a_short_statement_stays_prepared_beside_a_hundred_others(server_url: str) -> None:
    connections = await create_pool(server_url, size=1)
    async with connections.acquire() as conn:
        for number in range(400, 500):
            await conn.fetchval(_statement(number, 1_000))
        kept = await conn.fetch(KEPT)
    await connections.close()

    assert len(kept) == 100
