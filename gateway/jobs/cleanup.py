"""The task that deletes what is kept for a while: no request waits for it, and any worker can do it."""

import asyncio
from datetime import timedelta
from random import uniform

import asyncpg
import structlog

from db.changes.cleanup import sweep
from db.clock import Clock
from db.pool import Busy
from schema.context import Acquire

EVERY = 600.0  # seconds


async def keep_swept(acquire: Acquire, clock: Clock, attempts_for: timedelta, every: float = EVERY) -> None:
    """Until it is cancelled. Workers that start together do not sweep together."""
    while True:
        await asyncio.sleep(every * uniform(0.5, 1.5))  # noqa: S311 - not a secret
        try:
            async with acquire() as conn:
                await sweep(conn, clock(), attempts_for)
        except (Busy, OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            structlog.get_logger().warning("not swept", exc_info=True)
