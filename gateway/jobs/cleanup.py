"""The task that deletes expired rows: no request waits for it, and any worker can do it."""

import asyncio
from datetime import timedelta
from random import uniform

import asyncpg
import structlog

from db.changes.cleanup import delete_expired
from db.clock import Clock
from db.pool import PoolExhausted
from schema.context import Acquire

INTERVAL = 600.0  # seconds


async def run_cleanup(acquire: Acquire, clock: Clock, attempt_window: timedelta, interval: float = INTERVAL) -> None:
    """Until it is cancelled. Workers that start together do not run it together."""
    while True:
        await asyncio.sleep(interval * uniform(0.5, 1.5))  # noqa: S311 - not a secret
        try:
            async with acquire() as conn:
                await delete_expired(conn, clock(), attempt_window)
        except (PoolExhausted, OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            structlog.get_logger().warning("not swept", exc_info=True)
