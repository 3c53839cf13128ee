"""What is opened when the application starts and closed when it ends: connections, keys, background jobs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import cast

import asyncpg
from starlette.applications import Starlette

from db.clock import Clock
from db.pool import BoundedPool, create_pool
from gateway.auth.verification_keys import KeySource
from gateway.jobs.cleanup import run_cleanup
from gateway.server.observability import Observability
from gateway.settings import Settings


class Resources:
    """What the application opens when it starts and closes when it stops: connections, keys, background jobs."""

    def __init__(self, settings: Settings, clock: Clock, observability: Observability, key_source: KeySource) -> None:
        self._settings = settings
        self._observability = observability
        self._key_source = key_source
        self._clock = clock
        self._pool: BoundedPool | None = None
        self._health_check_pool: asyncpg.Pool | None = None

    @asynccontextmanager
    async def lifespan(self, _: Starlette) -> AsyncIterator[None]:
        settings = self._settings
        url = settings.database_url.get_secret_value()
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self._key_source.close)
            asyncpg_pool = await create_pool(url, size=settings.pool_size, statement_timeout=settings.statement_timeout)
            self._pool = BoundedPool(asyncpg_pool, timeout=settings.pool_timeout, max_waiting=settings.pool_queue)
            stack.push_async_callback(self._pool.close)
            self._health_check_pool = await stack.enter_async_context(asyncpg.create_pool(url, min_size=0, max_size=1))
            cleanup = asyncio.create_task(run_cleanup(self.acquire, self._clock, settings.attempt_limits().window))
            stack.callback(cleanup.cancel)
            await stack.enter_async_context(self._observability.lifespan(self._pool.stats()))
            yield

    def acquire(self) -> AbstractAsyncContextManager[asyncpg.Connection]:
        assert self._pool is not None, "the application has not started"
        return self._pool.acquire()

    def acquire_for_health_check(self) -> AbstractAsyncContextManager[asyncpg.Connection]:
        """A connection outside the pool: a busy database is healthy, and health checks come just then."""
        assert self._health_check_pool is not None, "the application has not started"
        return cast(AbstractAsyncContextManager[asyncpg.Connection], self._health_check_pool.acquire())
