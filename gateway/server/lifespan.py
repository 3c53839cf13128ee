"""What is opened when the application starts and closed when it ends: connections, keys, background jobs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import cast

import asyncpg
from starlette.applications import Starlette

from db.clock import Clock
from db.pool import Queue, create_pool
from gateway.auth.verification_keys import KeySource
from gateway.jobs.cleanup import keep_swept
from gateway.server.observability import Observability
from gateway.settings import Settings


class Resources:
    """What the application holds while it runs: connections, and what it fetches keys with."""

    def __init__(self, settings: Settings, clock: Clock, observability: Observability, keys: KeySource) -> None:
        self._settings = settings
        self._observability = observability
        self._keys = keys
        self._clock = clock
        self._queue: Queue | None = None
        self._spare: asyncpg.Pool | None = None

    @asynccontextmanager
    async def open(self, _: Starlette) -> AsyncIterator[None]:
        settings = self._settings
        url = settings.database_url.get_secret_value()
        async with AsyncExitStack() as held:
            held.push_async_callback(self._keys.close)
            pool = await create_pool(url, size=settings.pool_size, statement_timeout=settings.statement_timeout)
            self._queue = Queue(pool, seconds=settings.pool_timeout, places=settings.pool_queue)
            held.push_async_callback(self._queue.close)
            self._spare = await held.enter_async_context(asyncpg.create_pool(url, min_size=0, max_size=1))
            sweeping = asyncio.create_task(keep_swept(self.acquire, self._clock, settings.attempt_limits().window))
            held.callback(sweeping.cancel)
            await held.enter_async_context(self._observability.watching(self._queue.measures()))
            yield

    def acquire(self) -> AbstractAsyncContextManager[asyncpg.Connection]:
        assert self._queue is not None, "the application has not started"
        return self._queue.acquire()

    def probe(self) -> AbstractAsyncContextManager[asyncpg.Connection]:
        """A connection besides: a database that has much to do is there, and its health is asked about just then."""
        assert self._spare is not None, "the application has not started"
        return cast(AbstractAsyncContextManager[asyncpg.Connection], self._spare.acquire())
