"""The end of the process in traffic: SIGTERM loses nobody's request, on connections that are kept or new."""

import asyncio
import base64
import signal
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from db import migrations
from gateway.demo.secrets import generate_secrets
from gateway.demo.signing import issue_token
from tests.processes import serving

SECRETS = generate_secrets()
ISSUER = "https://id.example"
OWN = {
    "LICET_TOKEN_ISSUER": ISSUER,
    "LICET_TOKEN_AUDIENCE": "licet",
    "LICET_TOKEN_PUBLIC_KEY": SECRETS.token_public_key(),
    "LICET_LOOKUP_SECRETS": "1:a-lookup-secret-of-more-than-32-characters",
    "LICET_ENCRYPTION_SECRETS": f"1:{base64.b64encode(bytes(range(32))).decode()}",
    # However slow the machine, nobody is told to try again.
    "LICET_POOL_TIMEOUT": "30",
}
CLIENTS = 12


@dataclass(slots=True)
class Traffic:
    """Clients that ask again as soon as they are answered, on connections that they keep."""

    origin: str
    answered: int = 0
    told_to_close: int = 0
    lost: list[str] = field(default_factory=list)

    async def run(self, client: httpx.AsyncClient) -> None:
        """Until nobody listens any more."""
        while True:
            try:
                response = await client.post(f"{self.origin}/graphql", json={"query": "{ viewer { user { email } } }"})
            except httpx.ConnectError:
                # Never sent: whoever balances the load sends it elsewhere.
                return
            except httpx.TransportError as error:
                self.lost.append(repr(error))
                return
            assert response.json() == {"data": {"viewer": {"user": {"email": "ada@example.com"}}}}
            self.answered += 1
            self.told_to_close += response.headers.get("connection") == "close"


def _token() -> str:
    return issue_token(
        SECRETS.token_private_key,
        issuer=ISSUER,
        audience="licet",
        subject="ada",
        email="ada@example.com",
        now=datetime.now(UTC),
        lifetime=timedelta(hours=1),
    )


async def test_the_end_of_the_process_loses_no_request(empty_database: str, tmp_path: Path) -> None:
    await migrations.upgrade(empty_database)
    with serving(tmp_path, "serve", DATABASE_URL=empty_database, **OWN) as running:
        traffic, headers = Traffic(running.origin), {"authorization": f"Bearer {_token()}"}
        async with httpx.AsyncClient(headers=headers, timeout=30) as client, asyncio.TaskGroup() as group:
            for _ in range(CLIENTS):
                group.create_task(traffic.run(client))
            while traffic.answered < 10 * CLIENTS:  # noqa: ASYNC110 - a number is waited for, not an event
                await asyncio.sleep(0.01)
            before = traffic.answered
            code = await asyncio.to_thread(running.stop, signal.SIGTERM)

    assert traffic.lost == []
    assert traffic.answered > before
    assert traffic.told_to_close >= CLIENTS
    assert code == 0
    assert '"level":"error"' not in running.stderr.read_text()
