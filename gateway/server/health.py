"""/healthz and /readyz, for whatever watches the process."""

import asyncio
from collections.abc import Awaitable, Callable

import asyncpg
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from db import revisions
from schema.context import Acquire

READINESS_TIMEOUT = 2.0  # seconds; a probe that waits longer has been given up by its caller


async def healthz(_: Request) -> Response:
    """The process answers. Whether it can do its work is /readyz's question."""
    return JSONResponse({"status": "ok"})


def create_readyz(acquire: Acquire) -> Callable[[Request], Awaitable[Response]]:
    async def readyz(_: Request) -> Response:
        """The database answers, and its tables are those of this code."""
        try:
            async with asyncio.timeout(READINESS_TIMEOUT), acquire() as conn:
                behind = await revisions.is_behind(conn)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return JSONResponse({"status": "unavailable", "reason": "The database does not answer."}, 503)
        if behind:
            return JSONResponse({"status": "unavailable", "reason": "Run `licet migrate`."}, 503)
        return JSONResponse({"status": "ok"})

    return readyz
