"""The connections to PostgreSQL: prepared statements kept, values as the graph wants them, waits bounded."""

import asyncio
from collections.abc import Callable
from typing import Any, cast

import asyncpg
import orjson
from asyncpg import Connection

from db.prepared_statements import PREPARED, Pooled

LOCK_TIMEOUT = 2.0  # seconds


async def create_pool(url: str, *, size: int = 8, statement_timeout: float = 5.0) -> asyncpg.Pool:
    """A pool of up to `size` connections; a statement is cancelled after `statement_timeout` seconds,
    and after `LOCK_TIMEOUT` when it waits for somebody else's lock.
    """
    return await asyncpg.create_pool(
        url,
        min_size=1,
        max_size=size,
        init=prepare,
        reset=_keep,
        command_timeout=statement_timeout + 1,
        max_inactive_connection_lifetime=0,
        connection_class=Pooled,
        statement_cache_size=PREPARED,
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


class Busy(Exception):
    """No connection came free in the time that is worth waiting, or too many wait already."""


class Queue:
    """Lends the connections of a pool: at most `places` wait for one, each at most `seconds`.

    What comes back in order is kept at hand for the next: the pool's own bookkeeping takes longer than a small answer.
    """

    def __init__(self, pool: asyncpg.Pool, *, seconds: float, places: int) -> None:
        self._pool = pool
        self._seconds = seconds
        self._places = places
        self._waiting = 0
        self._at_hand: list[Connection] = []

    def measures(self) -> dict[str, Callable[[], int]]:
        """How many connections there are, how many are lent, and how many requests wait for one."""
        pool = self._pool
        return {
            "size": pool.get_size,
            "in_use": lambda: pool.get_size() - pool.get_idle_size() - len(self._at_hand),
            "waiting": lambda: self._waiting,
        }

    def acquire(self) -> "Lent":
        """For an `async with`, which raises Busy at its start."""
        return Lent(self)

    async def close(self) -> None:
        """Waits until everything that is lent has come back."""
        while self._at_hand:
            await self._release(self._at_hand.pop())
        await self._pool.close()

    async def take(self) -> Connection:
        """Raises Busy. Whoever takes one gives it back."""
        while self._at_hand:
            conn = self._at_hand.pop()
            if _is_alive(conn):
                return conn
            await self._release(conn)
        # Most find one free: then there is nothing to wait for, and no timer to set.
        return cast(Connection, await (self._pool.acquire() if self._pool.get_idle_size() else self._next()))

    async def give_back(self, conn: Connection, *, in_order: bool) -> None:
        """`in_order` when its block ended so; the pool looks after the others."""
        if in_order and not self._waiting and not self._pool.is_closing() and _is_clean(conn):
            self._at_hand.append(conn)
        else:
            await self._release(conn)

    async def _release(self, conn: Connection) -> None:
        await self._pool.release(cast(Any, conn))

    async def _next(self) -> Any:
        if self._waiting >= self._places:
            raise Busy
        self._waiting += 1
        try:
            async with asyncio.timeout(self._seconds):
                return await self._pool.acquire()
        except TimeoutError:
            raise Busy from None
        finally:
            self._waiting -= 1


def _is_alive(conn: Connection) -> bool:
    try:
        return not conn.is_closed()
    except asyncpg.InterfaceError:
        # The pool has taken it back: the server ended it.
        return False


def _is_clean(conn: Connection) -> bool:
    """Nothing is left of its block: no transaction, and no statement that was given up and has not ended yet."""
    return not conn.is_in_transaction() and not cast(Any, conn)._protocol._is_cancelling()


class Lent:
    """A connection of a queue for a block. No generator: this is in the way of every request."""

    __slots__ = ("_conn", "_queue")

    def __init__(self, queue: Queue) -> None:
        self._queue = queue

    async def __aenter__(self) -> Connection:
        self._conn = await self._queue.take()
        return self._conn

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        await self._queue.give_back(self._conn, in_order=kind is None)


async def prepare(conn: Connection) -> None:
    """Let `jsonb` be read and written as what it stands for."""
    await conn.set_type_codec("jsonb", schema="pg_catalog", encoder=_encode, decoder=orjson.loads, format="text")
    # asyncpg asks the catalogue about an array type when it first meets one: here, not in somebody's request.
    await conn.execute("SELECT $1::uuid[], $2::text[], $3::int[]", None, None, None)


async def _keep(conn: Connection) -> None:
    """Nothing to reset: no request changes the state of its connection outside a transaction."""


def _encode(value: Any) -> str:
    # Ids and amounts: asyncpg's UUID is a class of its own.
    return orjson.dumps(value, default=str).decode()
