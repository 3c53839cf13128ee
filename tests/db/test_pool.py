"""The bounded pool: connections reused, never broken ones, and given to whoever waits."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress

import asyncpg
import pytest

from db.pool import BoundedPool, PoolExhausted, create_pool

PID = "SELECT pg_backend_pid()"


@asynccontextmanager
async def _pool(url: str, *, size: int = 1, seconds: float = 5.0, max_waiting: int = 10) -> AsyncIterator[BoundedPool]:
    pool = BoundedPool(await create_pool(url, size=size), timeout=seconds, max_waiting=max_waiting)
    try:
        yield pool
    finally:
        await asyncio.wait_for(pool.close(), 5)


async def _pid(pool: BoundedPool) -> int:
    async with pool.acquire() as conn:
        pid: int = await conn.fetchval(PID)
        return pid


def _read(stats: dict[str, Callable[[], int]]) -> dict[str, int]:
    return {name: measure() for name, measure in stats.items()}


async def test_a_connection_is_lent_again_and_counted_while_it_is_lent(server_url: str) -> None:
    async with _pool(server_url, size=2) as pool:
        first = await _pid(pool)
        idle = _read(pool.stats())
        async with pool.acquire() as conn:
            second, lent = await conn.fetchval(PID), _read(pool.stats())

    assert first == second
    assert (idle, lent) == ({"size": 1, "in_use": 0, "waiting": 0}, {"size": 1, "in_use": 1, "waiting": 0})


async def test_a_connection_that_the_server_ended_is_not_lent_again(server_url: str) -> None:
    admin = await asyncpg.connect(server_url)
    async with _pool(server_url) as pool:
        before = await _pid(pool)
        await admin.fetchval("SELECT pg_terminate_backend($1, 5000)", before)
        await asyncio.sleep(0.05)  # until the news of it has arrived
        after = await _pid(pool)
    await admin.close()

    assert before != after


async def test_a_statement_that_is_cancelled_leaves_nothing_to_the_next(server_url: str) -> None:
    async with _pool(server_url) as pool:
        before = await _pid(pool)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05), pool.acquire() as conn:
                await conn.fetchval("SELECT pg_sleep(60)")
        after = await asyncio.wait_for(_pid(pool), 5)

    assert before == after


async def test_neither_does_one_whose_end_nobody_was_told_of(server_url: str) -> None:
    async with _pool(server_url) as pool:
        async with pool.acquire() as conn:
            before = await conn.fetchval(PID)
            with suppress(TimeoutError):
                async with asyncio.timeout(0.05):
                    await conn.fetchval("SELECT pg_sleep(60)")
        after = [await asyncio.wait_for(_pid(pool), 5) for _ in range(5)]

    assert after == [before] * 5


async def test_a_transaction_that_was_left_open_is_over_when_the_next_comes(server_url: str) -> None:
    async with _pool(server_url) as pool:
        async with pool.acquire() as conn:
            await conn.execute("BEGIN")
        async with pool.acquire() as conn:
            found = conn.is_in_transaction()

    assert not found


async def test_a_change_begun_by_a_request_that_is_given_up_takes_no_later_one_with_it(server_url: str) -> None:
    """Cancelled at any moment, also while it begins: what is committed on the connection afterwards is there."""
    admin = await asyncpg.connect(server_url)
    await admin.execute("CREATE TABLE kept (number int)")

    async def change(pool: BoundedPool, number: int) -> None:
        async with AsyncExitStack() as held:
            # As a request holds it: what went wrong within is not told to the connection.
            conn = await held.enter_async_context(pool.acquire())
            with suppress(asyncio.CancelledError):
                async with conn.transaction():
                    await conn.execute("INSERT INTO kept VALUES ($1)", number)

    async with _pool(server_url) as pool:
        for turn in range(200):
            leaving = asyncio.create_task(change(pool, -1))
            await asyncio.sleep(turn / 100_000)
            leaving.cancel()
            await asyncio.gather(leaving, return_exceptions=True)
            await asyncio.wait_for(change(pool, turn), 5)
            assert await admin.fetchval("SELECT count(*) FROM kept WHERE number = $1", turn) == 1
    await admin.execute("DROP TABLE kept")
    await admin.close()


async def test_those_who_wait_get_what_comes_back(server_url: str) -> None:
    async with _pool(server_url) as pool:
        pids = await asyncio.wait_for(asyncio.gather(*(_pid(pool) for _ in range(10))), 5)

    assert len(set(pids)) == 1


async def test_whoever_waits_too_long_or_finds_no_place_is_told_so(server_url: str) -> None:
    async with _pool(server_url, seconds=0.1, max_waiting=1) as pool, pool.acquire():
        waits, finds_no_place = await asyncio.gather(_pid(pool), _pid(pool), return_exceptions=True)

    assert (type(waits), type(finds_no_place)) == (PoolExhausted, PoolExhausted)


async def test_closing_waits_for_what_is_lent(server_url: str) -> None:
    pool = BoundedPool(await create_pool(server_url, size=2), timeout=1, max_waiting=1)
    await _pid(pool)
    async with pool.acquire() as conn:
        closing = asyncio.create_task(pool.close())
        await asyncio.sleep(0.05)
        answered = await conn.fetchval("SELECT 1")
        waited = not closing.done()
    await asyncio.wait_for(closing, 5)

    assert (answered, waited) == (1, True)
