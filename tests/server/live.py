"""The application behind a real socket and over a real pool, in the tests' own loop."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import orjson
from pydantic import SecretStr

from db import migrations
from gateway.server.app import create_app
from gateway.server.process import Server, uvicorn_config
from gateway.settings import Settings
from tests import world
from tests.conftest import Client, scratch_database


class _Server(Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are for pytest."""
        yield


@asynccontextmanager
async def listening(settings: Settings) -> AsyncIterator[tuple[str, int]]:
    """Where the application of these settings listens."""
    config = uvicorn_config(create_app(settings, lambda: world.NOW), request_timeout=settings.request_timeout)
    server = _Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started:
            assert not serving.done(), "it does not start"
            await asyncio.sleep(0.01)
        yield listener.getsockname()
        server.should_exit = True
        await serving


@dataclass(frozen=True, slots=True)
class Live:
    """A served application, its client ada with one subscription, and a connection to disturb it with."""

    address: tuple[str, int]
    client: Client
    admin: asyncpg.Connection
    account: UUID
    subscription: UUID

    def body(self, query: str, **variables: Any) -> bytes:
        return orjson.dumps({"query": query, "variables": variables})

    @property
    def names(self) -> bytes:
        """Asks for the names of the account's subscriptions."""
        query = "query($id: ID!) { account(id: $id) { subscriptions { nodes { displayName } } } }"
        return self.body(query, id=f"acc_{self.account}")

    def renaming(self, name: str) -> bytes:
        query = """
            mutation($input: RenameSubscriptionInput!) {
              renameSubscription(input: $input) { subscription { displayName } userErrors { code } }
            }
        """
        return self.body(
            query, input={"subscriptionId": f"sub_{self.account}_{self.subscription}", "displayName": name}
        )

    async def send(self, body: bytes) -> httpx.Response:
        headers = {"authorization": f"Bearer {self.client.token('ada')}", "content-type": "application/json"}
        return await self.client.http.post("/graphql", content=body, headers=headers)

    def head(self, body: bytes, length: int | None = None) -> bytes:
        """What goes before the body on a connection of a test's own, which may promise more than it sends."""
        lines = [
            "POST /graphql HTTP/1.1",
            "host: licet.test",
            f"authorization: Bearer {self.client.token('ada')}",
            "content-type: application/json",
            f"content-length: {length or len(body)}",
        ]
        return "".join(f"{line}\r\n" for line in [*lines, ""]).encode()

    async def waiting(self, number: int, within: float = 10) -> list[int]:
        """The processes of the connections that wait for a lock, as soon as there are so many."""
        # Not pg_stat_activity: inside a transaction it stays as it was when first read.
        found = """
            SELECT array_agg(DISTINCT pid) FROM pg_locks
            WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        """
        async with asyncio.timeout(within):
            while True:
                pids: list[int] = await self.admin.fetchval(found) or []
                if len(pids) == number:
                    return pids
                await asyncio.sleep(0.01)

    async def display_name(self) -> str | None:
        name: str | None = await self.admin.fetchval("SELECT display_name FROM subscriptions")
        return name


@asynccontextmanager
async def live(server_url: str, settings: Settings, signing_key: str, **given: Any) -> AsyncIterator[Live]:
    """Over a database of its own on that server."""
    async with scratch_database(server_url) as url, over(url, settings, signing_key, **given) as served:
        yield served


@asynccontextmanager
async def over(url: str, settings: Settings, signing_key: str, **given: Any) -> AsyncIterator[Live]:
    """Over this database, which is empty."""
    await migrations.upgrade(url)
    admin = await asyncpg.connect(url)
    account = await world.company(admin)
    subscription = await world.subscription(admin, account, display_name="Before")
    changed = settings.model_copy(update={"database_url": SecretStr(url), **given})
    async with (
        listening(changed) as address,
        httpx.AsyncClient(base_url="http://{}:{}".format(*address), timeout=30) as http,
    ):
        served = Live(address, Client(http, signing_key), admin, account, subscription)
        await served.send(served.names)
        yield served
    await admin.close()
