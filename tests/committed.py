"""Committed rows and several connections at once, for what a rolled back transaction can not show."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol, cast

from asyncpg import Connection

from db import migrations
from db.pool import create_pool


class Acquire(Protocol):
    """A connection of one's own for the block."""

    def __call__(self) -> AbstractAsyncContextManager[Connection]: ...


@asynccontextmanager
async def connections(url: str, size: int) -> AsyncIterator[Acquire]:
    """Up to `size` connections at once to the database at `url`, which is migrated first."""
    await migrations.upgrade(url)
    async with await create_pool(url, size=size) as pool:

        @asynccontextmanager
        async def acquire() -> AsyncIterator[Connection]:
            async with pool.acquire() as conn:
                yield cast(Connection, conn)

        yield acquire
