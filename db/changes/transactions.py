"""One change, one transaction: committed as a whole, or not at all."""

import asyncio
from collections.abc import Awaitable, Callable
from random import uniform
from typing import TypeVar

from asyncpg import Connection, DeadlockDetectedError, IntegrityConstraintViolationError, SerializationError

from db.errors import raise_for_constraint

TRIES = 4
PAUSE = 0.02  # seconds before the second try; twice as long before each one after it

T = TypeVar("T")


async def commit(conn: Connection, change: Callable[[], Awaitable[T]]) -> T:
    """What `change` returns, once it is committed. Raises MutationRefused, with nothing written.

    READ COMMITTED: what several rows decide, `change` decides under a lock. Whoever PostgreSQL chooses to give way
    to others tries again, at most `TRIES` times; `change` must not do anything that a rollback does not undo.
    """
    for tried in range(1, TRIES):
        try:
            return await _once(conn, change)
        except (SerializationError, DeadlockDetectedError):
            # By chance: those who met must not meet again.
            await asyncio.sleep(PAUSE * 2**tried * uniform(0.5, 1))  # noqa: S311 - not a secret
    return await _once(conn, change)


async def _once(conn: Connection, change: Callable[[], Awaitable[T]]) -> T:
    try:
        async with conn.transaction(isolation="read_committed"):
            return await change()
    except IntegrityConstraintViolationError as violation:
        raise_for_constraint(violation)
