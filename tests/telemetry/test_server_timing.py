"""Server-Timing tells where the time of an answer went, where a setting asks for it."""

import re
from uuid import UUID

import pytest
from asyncpg import Connection

from gateway.settings import Settings
from tests import world
from tests.conftest import Client, asking

QUESTION = "query($id: ID!) { account(id: $id) { name subscriptions { nodes { number product { name } } } } }"
TIMING = re.compile(
    r'prepare;dur=(\d+\.\d\d), db;dur=(\d+\.\d\d);desc="(\d+ statements?)", total;dur=(\d+\.\d\d)', re.ASCII
)


async def _account(conn: Connection) -> UUID:
    account = await world.company(conn)
    await world.subscription(conn, account)
    return account


@pytest.mark.parametrize(("compiled", "statements"), [(True, "1 statement"), (False, "3 statements")])
async def test_it_tells_the_parts_and_the_number_of_statements(
    conn: Connection, settings: Settings, signing_key: str, compiled: bool, statements: str
) -> None:
    account = await _account(conn)
    given = {"server_timing": True, "compiled": compiled}

    async with asking(conn, settings.model_copy(update=given), signing_key, None) as client:
        response = await client.post(QUESTION, {"id": f"acc_{account}"})

    told = TIMING.fullmatch(response.headers["server-timing"])
    assert told is not None
    prepare, database, total = (float(told[part]) for part in (1, 2, 4))
    assert told[3] == statements
    assert 0 < database < total
    assert 0 < prepare < total


async def test_what_runs_nothing_has_no_timing(conn: Connection, settings: Settings, signing_key: str) -> None:
    async with asking(conn, settings.model_copy(update={"server_timing": True}), signing_key, None) as client:
        responses = [await client.post("{ nonsense }"), await client.http.get("/healthz")]

    assert [response.headers.get("server-timing") for response in responses] == [None, None]


async def test_it_is_silent_unless_asked_for(client: Client) -> None:
    response = await client.post("{ viewer { scopes } }")

    assert "server-timing" not in response.headers
