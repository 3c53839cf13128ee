"""One change, one transaction: committed as a whole, or not at all."""

import asyncio
from collections.abc import Awaitable, Callable
from random import uniform
from typing import TypeVar

from asyncpg import Connection, DeadlockDetectedError, IntegrityConstraintViolationError, SerializationError

from db.user_errors import raise_for_constraint

MAX_ATTEMPTS = 4
RETRY_DELAY = 0.02  # seconds before the second try; twice as long before each one after it

T = TypeVar("T")


async def run_in_transaction(conn: Connection, change: Callable[[], Awaitable[T]]) -> T:
    """What `change` returns, once it is committed. Raises MutationRefused, with nothing written.

    READ COMMITTED: what several rows decide, `change` decides under a lock. A deadlock's victim is retried, at most
    `MAX_ATTEMPTS` attempts in all; `change` must not do anything that a rollback does not undo.
    """
    for attempt in range(1, MAX_ATTEMPTS):
        try:
            return await _attempt(conn, change)
        except (SerializationError, DeadlockDetectedError):
            # With jitter, so that the same transactions do not collide again.
            await asyncio.sleep(RETRY_DELAY * 2**attempt * uniform(0.5, 1))  # noqa: S311 - not a secret
    return await _attempt(conn, change)


async def _attempt(conn: Connection, change: Callable[[], Awaitable[T]]) -> T:
    try:
        async with conn.transaction(isolation="read_committed"):
            return await change()
    except IntegrityConstraintViolationError as violation:
        raise_for_constraint(violation)
