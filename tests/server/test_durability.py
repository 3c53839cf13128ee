"""A server that is killed and a database that stops, in the middle of changes: what was acknowledged is there."""

import asyncio
import base64
import os
import secrets
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from db import embedded_postgres, migrations
from db.embedded_postgres import Server
from gateway.demo.secrets import generate_secrets
from gateway.demo.signing import issue_token
from tests import world
from tests.processes import Running, await_ready, serving
from tests.server.mutation_traffic import TERMS, Call, Client, require_whole, send_again, stream, until

CLIENTS = 6
WAYS = ("kill the server", "crash the database", "stop the database")
SECRETS = generate_secrets()
ISSUER = "https://id.example.com"
SETTINGS = {
    "LICET_TOKEN_ISSUER": ISSUER,
    "LICET_TOKEN_AUDIENCE": "licet",
    "LICET_TOKEN_PUBLIC_KEY": SECRETS.token_public_key(),
    "LICET_LOOKUP_SECRETS": f"1:{'l' * 40}",
    "LICET_ENCRYPTION_SECRETS": f"1:{base64.b64encode(bytes(32)).decode()}",
}


def token(subject: str, **claims: Any) -> str:
    return issue_token(
        SECRETS.token_private_key,
        issuer=ISSUER,
        audience="licet",
        subject=subject,
        now=datetime.now(UTC),
        lifetime=timedelta(hours=2),
        **claims,
    )


@dataclass(slots=True)
class Deployment:
    """A durable database and one server, either of which can be ended and started again."""

    directory: Path
    open: ExitStack
    database: Server
    server: Running = field(init=False)

    def serve(self) -> None:
        self.server = self.open.enter_context(
            serving(self.directory, "serve", DATABASE_URL=self.database.url, **SETTINGS)
        )

    def stop_database(self) -> None:
        self.database.stop()

    def end(self, way: str) -> None:
        if way == "kill the server":
            self.server.process.kill()
            self.server.process.wait()
            return
        if way == "crash the database":
            pid = int((self.database.data_dir / "postgres" / "postmaster.pid").read_text().split()[0])
            os.kill(pid, signal.SIGQUIT)
        self.stop_database()

    def start_again(self, way: str) -> None:
        if way == "kill the server":
            self.serve()
            return
        self.database = embedded_postgres.start(self.database.data_dir)
        await_ready(self.server)


@pytest.fixture
def deployment(tmp_path: Path) -> Iterator[Deployment]:
    with ExitStack() as stack:
        made = Deployment(tmp_path, stack, embedded_postgres.start(tmp_path / "data"))
        stack.callback(made.stop_database)
        asyncio.run(migrations.upgrade(made.database.url))
        made.serve()
        yield made


async def ask(origin: str, bearer: str, query: str, **variables: Any) -> Any:
    headers = {"authorization": f"Bearer {bearer}"}
    async with httpx.AsyncClient() as http:
        answer = await http.post(f"{origin}/graphql", json={"query": query, "variables": variables}, headers=headers)
    return answer.json()["data"]


async def customers(url: str, origin: str) -> list[Client]:
    """People with a subscription in their own account."""
    conn = await asyncpg.connect(url)
    await world.product(conn)
    await conn.close()
    issue = "mutation($input: IssueSubscriptionInput!) { issueSubscription(input: $input) { subscription { id } } }"
    store, found = token("store", scopes=["store:write"]), []
    for position in range(CLIENTS):
        name = f"owner{position}"
        tokens = {"owner": token(name, name=name), "store": store}
        viewer = await ask(origin, tokens["owner"], "{ viewer { accounts { id } } }")
        account_id = viewer["viewer"]["accounts"][0]["id"]
        issued = await ask(origin, store, issue, input={**TERMS, "accountId": account_id, "number": f"{name}'s"})
        found.append(Client(name, account_id, issued["issueSubscription"]["subscription"]["id"], tokens))
    return found


async def settled(url: str) -> asyncpg.Connection:
    """A connection to the database, once no other one does anything there."""
    conn = await asyncpg.connect(url)
    idle = "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'licet' AND state <> 'idle')"
    await until(partial(conn.fetchval, idle))
    return conn


async def interrupted(deployment: Deployment, clients: list[Client], way: str, journal: list[Call]) -> None:
    """Changes, and the end of something in the middle of them."""
    enough = len(journal) + 4 * CLIENTS

    async def is_under_way() -> bool:
        return len(journal) >= enough

    async with asyncio.TaskGroup() as group:
        group.create_task(stream(clients, deployment.server.origin, journal))
        await until(is_under_way)
        # Some milliseconds of chance: at whatever point of a call it comes.
        await asyncio.sleep(secrets.randbelow(50) / 1000)
        await asyncio.to_thread(deployment.end, way)


async def outlive(deployment: Deployment, kills: int) -> dict[str, int]:
    """The calls that there were, and how many of them a kill left without an answer."""
    clients = await customers(deployment.database.url, deployment.server.origin)
    journal: list[Call] = []
    unanswered = 0
    for _, way in zip(range(kills), cycle(WAYS), strict=False):
        await interrupted(deployment, clients, way, journal)
        await asyncio.to_thread(deployment.start_again, way)
        conn = await settled(deployment.database.url)
        await require_whole(conn, clients, journal)
        unanswered += await send_again(clients, deployment.server.origin, journal)
        await require_whole(conn, clients, journal)
        await conn.close()
    assert all(call.acknowledged for call in journal)
    return {"kills": kills, "calls": len(journal), "unanswered": unanswered}


def test_what_was_acknowledged_outlives_five_kills(deployment: Deployment) -> None:
    counts = asyncio.run(outlive(deployment, 5))

    assert counts["unanswered"] >= 5


@pytest.mark.long
def test_what_was_acknowledged_outlives_fifty_kills(deployment: Deployment, capsys: pytest.CaptureFixture[str]) -> None:
    counts = asyncio.run(outlive(deployment, 50))

    with capsys.disabled():
        print(f"\n{counts}")
    assert counts["unanswered"] >= 50
