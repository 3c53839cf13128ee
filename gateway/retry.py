"""A second try at what a database that went away has cost, where trying again can do no harm."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from gateway.errors import is_gone

PAUSE = 0.2  # seconds; connections that broke are noticed at once, a server that takes over needs a moment

T = TypeVar("T")


async def twice(read: Callable[[], Awaitable[T]]) -> T:
    """What `read` returns, of the second call if the database was gone at the first."""
    try:
        return await read()
    except Exception as error:
        if not is_gone(error):
            raise
        structlog.get_logger().warning("retry", reason=type(error).__name__)
    await asyncio.sleep(PAUSE)
    return await read()
