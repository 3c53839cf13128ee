"""A second try at what a database that went away has cost, where trying again can do no harm."""

import asyncio

import structlog

from gateway.errors import is_gone

PAUSE = 0.2  # seconds; connections that broke are noticed at once, a server that takes over needs a moment


async def pause_after(error: Exception) -> None:
    """Returns when it is time for the second try; raises the error when there is none to be made."""
    if not is_gone(error):
        raise error
    structlog.get_logger().warning("retry", reason=type(error).__name__)
    await asyncio.sleep(PAUSE)
