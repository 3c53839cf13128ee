"""The database restarted in traffic: every answer is a right one or a 503 worth another try, and all recovers."""

import asyncio
import io
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import asyncpg
import httpx

from db import embedded_postgres
from gateway.settings import Settings
from tests.conftest import FAST
from tests.server.live import Live, over

RUNNING = 1.0  # seconds of traffic before and after
RECOVERED = 5.0  # seconds


@dataclass(slots=True)
class Traffic:
    """What one client after another was answered, and when, until it is over."""

    served: Live
    is_over: bool = False
    answers: list[tuple[float, httpx.Response]] = field(default_factory=list)

    async def run(self, bodies: Iterator[bytes]) -> None:
        while not self.is_over:
            response = await self.served.send(next(bodies))
            self.answers.append((time.monotonic(), response))

    def refused(self) -> list[httpx.Response]:
        return [response for _, response in self.answers if response.status_code != 200]

    def first(self, after: float) -> float:
        """Seconds until one was answered well again."""
        return min(at for at, response in self.answers if at > after and response.status_code == 200) - after


def _names(body: Callable[[str], bytes]) -> Iterator[bytes]:
    return (body(str(number)) for number in count(1))


async def test_a_database_that_restarts_in_traffic_costs_no_more_than_another_try(
    tmp_path: Path, settings: Settings, signing_key: str, log: io.StringIO
) -> None:
    server = await asyncio.to_thread(embedded_postgres.start, tmp_path, settings=FAST)
    async with over(server.url, settings, signing_key) as served:
        reads, writes = Traffic(served), Traffic(served)
        async with asyncio.TaskGroup() as group:
            for _ in range(4):
                group.create_task(reads.run(iter(lambda: served.names, b"")))
            group.create_task(writes.run(_names(served.renaming)))
            await asyncio.sleep(RUNNING)
            await asyncio.to_thread(server.stop)
            server = await asyncio.to_thread(embedded_postgres.start, tmp_path, settings=FAST)
            back = time.monotonic()
            await asyncio.sleep(RUNNING)
            reads.is_over = writes.is_over = True
        calm = [(await served.send(served.names)).status_code for _ in range(20)]
        admin = await asyncpg.connect(server.url)
        stored = int(await admin.fetchval("SELECT display_name FROM subscriptions"))
        await admin.close()
    await asyncio.to_thread(server.stop)

    for refused in (*reads.refused(), *writes.refused()):
        (error,) = refused.json()["errors"]
        assert (refused.status_code, error["extensions"]["code"]) == (503, "UNAVAILABLE")
        assert refused.headers["retry-after"] == "1"
    assert max(reads.first(back), writes.first(back)) < RECOVERED
    assert calm == [200] * 20
    acknowledged = [response.json() for _, response in writes.answers if response.status_code == 200]
    # A change can be made and its connection break before the subscription is read again: that field is null, and told.
    assert {error["extensions"]["code"] for body in acknowledged for error in body.get("errors", ())} <= {"UNAVAILABLE"}
    renamed = [body["data"]["renameSubscription"]["subscription"] for body in acknowledged]
    assert 0 < max(int(subscription["displayName"]) for subscription in renamed if subscription) <= stored
    assert '"fault"' in log.getvalue()
