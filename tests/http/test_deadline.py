"""Deadlines, clients that go away, and more requests than connections: what is cancelled, freed, refused and kept."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from gateway.settings import Settings
from tests.server.live import Live, live

BEFORE = {"data": {"account": {"subscriptions": {"nodes": [{"displayName": "Before"}]}}}}
LATE = {"message": "This took too long. Ask for less at once, or try again.", "code": "TIMEOUT"}
BUSY = {"message": "Too many requests wait for the database. Try again.", "code": "UNAVAILABLE"}


@pytest.fixture(scope="module")
async def hurried(server_url: str, settings: Settings, signing_key: str) -> AsyncIterator[Live]:
    """Half a second for a request, and one connection."""
    async with live(server_url, settings, signing_key, request_timeout=0.5, pool_size=1) as served:
        yield served


@pytest.fixture(scope="module")
async def patient(server_url: str, settings: Settings, signing_key: str) -> AsyncIterator[Live]:
    """Half a minute for a request, two connections, and at most three that wait for one."""
    given = {"request_timeout": 30.0, "pool_size": 2, "pool_timeout": 0.4, "pool_queue": 3}
    async with live(server_url, settings, signing_key, **given) as served:
        yield served


@asynccontextmanager
async def locked(served: Live) -> AsyncIterator[None]:
    """Whoever reads or changes a subscription waits."""
    async with served.admin.transaction():
        await served.admin.execute("LOCK TABLE subscriptions IN ACCESS EXCLUSIVE MODE")
        yield


def _error(response: object) -> dict[str, str]:
    body = response.json()  # type: ignore[attr-defined]
    (error,) = body["errors"]
    assert "data" not in body
    return {"message": error["message"], "code": error["extensions"]["code"]}


async def _backends(served: Live) -> list[int]:
    found = "SELECT pid FROM pg_stat_activity WHERE application_name = 'licet' AND datname = current_database()"
    return [record["pid"] for record in await served.admin.fetch(found)]


async def test_a_request_ends_at_its_deadline_and_its_connection_lives_on(hurried: Live) -> None:
    before = await _backends(hurried)
    async with locked(hurried):
        started = time.monotonic()
        response = await hurried.send(hurried.names)
        took = time.monotonic() - started
        await hurried.waiting(0, within=1)
    after = await hurried.send(hurried.names)

    assert (response.status_code, _error(response)) == (504, LATE)
    assert 0.5 <= took < 1.5
    assert (after.status_code, after.json()) == (200, BEFORE)
    assert await _backends(hurried) == before


async def test_a_change_that_comes_to_its_deadline_is_not_made(hurried: Live) -> None:
    async with locked(hurried):
        response = await hurried.send(hurried.renaming("Late"))
    after = await hurried.send(hurried.names)

    assert (response.status_code, _error(response)) == (504, LATE)
    assert after.json() == BEFORE
    assert await hurried.display_name() == "Before"


async def test_a_body_that_does_not_arrive_is_not_waited_for(hurried: Live) -> None:
    reader, writer = await asyncio.open_connection(*hurried.address)
    writer.write(hurried.head(hurried.names, length=1_000) + hurried.names)

    async with asyncio.timeout(2):
        status = await reader.readline()
    writer.close()

    assert status == b"HTTP/1.1 408 Request Timeout\r\n"


@pytest.mark.parametrize("change", [False, True], ids=["query", "mutation"])
async def test_a_client_that_goes_away_frees_its_connection_within_a_second(patient: Live, change: bool) -> None:
    before = await _backends(patient)
    async with locked(patient):
        body = patient.renaming("Gone") if change else patient.names
        _, writer = await asyncio.open_connection(*patient.address)
        writer.write(patient.head(body) + body)
        await patient.waiting(1)
        writer.close()
        await patient.waiting(0, within=1)
    after = await patient.send(patient.names)

    assert (after.status_code, after.json()) == (200, BEFORE)
    assert await patient.display_name() == "Before"
    assert set(before) <= set(await _backends(patient))


async def test_a_client_that_goes_away_in_the_middle_of_its_body_leaves_nothing_behind(patient: Live) -> None:
    _, writer = await asyncio.open_connection(*patient.address)
    writer.write(patient.head(patient.names, length=1_000) + patient.names)
    await writer.drain()
    writer.close()

    after = await patient.send(patient.names)

    assert (after.status_code, after.json()) == (200, BEFORE)


async def test_more_requests_than_connections_are_refused_soon_while_health_stays_green(patient: Live) -> None:
    async with locked(patient):
        asking = [asyncio.create_task(patient.send(patient.names)) for _ in range(8)]
        await patient.waiting(2)
        done, waiting = await asyncio.wait(asking, timeout=1)
        health = [(await patient.client.http.get(path)).status_code for path in ("/healthz", "/readyz")]
    served = [(await request).json() for request in waiting]
    recovering = time.monotonic()
    after = await patient.send(patient.names)

    refused = [request.result() for request in done]
    # Three that waited in vain, and three for whom there was no place to wait.
    assert [(response.status_code, _error(response)) for response in refused] == [(503, BUSY)] * 6
    assert {response.headers["retry-after"] for response in refused} == {"1"}
    assert health == [200, 200]
    assert served == [BEFORE] * 2
    assert after.json() == BEFORE
    assert time.monotonic() - recovering < 1
