"""The connection pool: codecs registered, connections checked, and a bounded wait for one."""

import asyncio
from collections.abc import Callable
from typing import Any, cast

import asyncpg
import orjson
from asyncpg import Connection

from db.prepared_statements import MAX_STATEMENTS, LicetConnection

LOCK_TIMEOUT = 2.0  # seconds


async def create_pool(url: str, *, size: int = 8, statement_timeout: float = 5.0) -> asyncpg.Pool:
    """A pool of up to `size` connections; a statement is cancelled after `statement_timeout` seconds,
    and after `LOCK_TIMEOUT` when it waits for somebody else's lock.
    """
    return await asyncpg.create_pool(
        url,
        min_size=1,
        max_size=size,
        init=register_codecs,
        reset=_no_reset,
        command_timeout=statement_timeout + 1,
        max_inactive_connection_lifetime=0,
        connection_class=LicetConnection,
        statement_cache_size=MAX_STATEMENTS,
        # Larger statements would be prepared anew each time, and older ones once an interval.
        max_cacheable_statement_size=0,
        max_cached_statement_lifetime=0,
        server_settings={
            "application_name": "licet",
            "timezone": "UTC",
            "datestyle": "ISO, YMD",
            "jit": "off",
            # Planned once for all accounts: a statement of many relations takes longer to plan than to run.
            "plan_cache_mode": "force_generic_plan",
            "statement_timeout": str(int(statement_timeout * 1000)),
            "lock_timeout": str(int(LOCK_TIMEOUT * 1000)),
            "idle_in_transaction_session_timeout": "10000",
        },
    )


class PoolExhausted(Exception):
    """No connection became free within the timeout, or `max_waiting` requests wait already."""


class BoundedPool:
    """A pool in front of asyncpg's: at most `max_waiting` requests wait, each at most `timeout` seconds.

    Clean connections stay idle here for the next request: asyncpg's own bookkeeping takes longer than a small answer.
    """

    def __init__(self, pool: asyncpg.Pool, *, timeout: float, max_waiting: int) -> None:
        self._pool = pool
        self._timeout = timeout
        self._max_waiting = max_waiting
        self._waiting = 0
        self._idle: list[Connection] = []

    def stats(self) -> dict[str, Callable[[], int]]:
        """Gauges: the pool's size, connections in use, and requests that wait for one."""
        pool = self._pool
        return {
            "size": pool.get_size,
            "in_use": lambda: pool.get_size() - pool.get_idle_size() - len(self._idle),
            "waiting": lambda: self._waiting,
        }

    def acquire(self) -> "Lease":
        """For `async with`, which raises PoolExhausted."""
        return Lease(self)

    async def close(self) -> None:
        """Waits until every connection has been released."""
        while self._idle:
            await self._release_to_pool(self._idle.pop())
        await self._pool.close()

    async def acquire_connection(self) -> Connection:
        """Raises PoolExhausted. The caller must release it."""
        while self._idle:
            conn = self._idle.pop()
            if _is_alive(conn):
                return conn
            await self._release_to_pool(conn)
        # Usually one is free: then there is nothing to wait for, and no timer to set.
        return cast(
            Connection, await (self._pool.acquire() if self._pool.get_idle_size() else self._wait_for_connection())
        )

    async def release(self, conn: Connection, *, clean: bool) -> None:
        """`clean` when its block raised nothing; asyncpg's pool checks the others."""
        if clean and not self._waiting and not self._pool.is_closing() and _is_clean(conn):
            self._idle.append(conn)
        else:
            await self._release_to_pool(conn)

    async def _release_to_pool(self, conn: Connection) -> None:
        await self._pool.release(cast(Any, conn))

    async def _wait_for_connection(self) -> Any:
        if self._waiting >= self._max_waiting:
            raise PoolExhausted
        self._waiting += 1
        try:
            async with asyncio.timeout(self._timeout):
                return await self._pool.acquire()
        except TimeoutError:
            raise PoolExhausted from None
        finally:
            self._waiting -= 1


def _is_alive(conn: Connection) -> bool:
    try:
        return not conn.is_closed()
    except asyncpg.InterfaceError:
        # asyncpg's pool has released it: the server closed the connection.
        return False


def _is_clean(conn: Connection) -> bool:
    """Its block left nothing behind: no open transaction, and no statement still being cancelled."""
    return not conn.is_in_transaction() and not cast(Any, conn)._protocol._is_cancelling()


class Lease:
    """A connection for a block. A class, because a generator is slower and every request passes here."""

    __slots__ = ("_conn", "_pool")

    def __init__(self, pool: BoundedPool) -> None:
        self._pool = pool

    async def __aenter__(self) -> Connection:
        self._conn = await self._pool.acquire_connection()
        return self._conn

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        await self._pool.release(self._conn, clean=kind is None)


async def register_codecs(conn: Connection) -> None:
    """Read and write `jsonb` as Python values."""
    await conn.set_type_codec("jsonb", schema="pg_catalog", encoder=_encode, decoder=orjson.loads, format="text")
    # asyncpg asks the catalogue about an array type when it first meets one: here, not in somebody's request.
    await conn.execute("SELECT $1::uuid[], $2::text[], $3::int[]", None, None, None)


async def _no_reset(conn: Connection) -> None:
    """Nothing to reset: no request changes the state of its connection outside a transaction."""


def _encode(value: Any) -> str:
    # Ids and amounts: asyncpg's UUID is a class of its own.
    return orjson.dumps(value, default=str).decode()
