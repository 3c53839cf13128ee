"""The limit: a bare ASGI endpoint that runs one hand-written statement per question, and does nothing else."""

import gc
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import orjson
from starlette.types import Receive, Scope, Send

from db.pool import create_pool

QUERIES = Path(__file__).parent / "queries"

Variables = dict[str, Any]


def _keys(global_id: str) -> list[str]:
    return global_id.split("_")[1:]


# The arguments of each question's statement, from the variables that the graph is asked with.
ARGUMENTS: dict[str, Callable[[Variables], list[Any]]] = {
    "Tiny": lambda given: _keys(given["id"]),
    "Nested": lambda given: _keys(given["id"]),
    "Dashboard": lambda given: [*_keys(given["id"]), datetime.now(UTC).date()],
    "Report": lambda given: [[_keys(global_id)[0] for global_id in given["ids"]], given["first"]],
    "Large": lambda given: [*_keys(given["id"]), given["autoRenewal"]],
}

# What is always the same in an answer: the database would copy all that is between once more for each end.
ANSWERS = {
    "Tiny": b'{"data":{"subscription":%b}}',
    "Nested": b'{"data":{"account":%b}}',
    "Dashboard": b'{"data":{"account":%b}}',
    "Report": b'{"data":{"nodes":[%b]}}',
    "Large": b'{"data":{"account":%b}}',
}


class Limit:
    def __init__(self, url: str, pool_size: int) -> None:
        self._url, self._pool_size = url, pool_size
        self._pool: asyncpg.Pool
        self._questions = {
            name: ((QUERIES / name.lower() / "limit.sql").read_text(), arguments, ANSWERS[name])
            for name, arguments in ARGUMENTS.items()
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await self._answer(receive, send)

    async def _answer(self, receive: Receive, send: Send) -> None:
        message = await receive()
        body = message["body"]
        while message["more_body"]:
            message = await receive()
            body += message["body"]
        asked = orjson.loads(body)
        statement, arguments, answered = self._questions[asked["operationName"]]
        async with self._pool.acquire() as conn:
            found: bytes = await conn.fetchval(statement, *arguments(asked["variables"]))
        answer = answered % found
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(answer)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self._pool = await create_pool(self._url, size=self._pool_size)
        gc.freeze()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._pool.close()
        await send({"type": "lifespan.shutdown.complete"})


def from_environment() -> Limit:
    return Limit(os.environ["DATABASE_URL"], int(os.environ["POOL_SIZE"]))
