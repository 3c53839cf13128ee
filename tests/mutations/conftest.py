"""What the tests of mutations share."""

import pytest
from asyncpg import Connection

from db.license_key_custody.keyring import Keyring
from tests import world
from tests.conftest import Client
from tests.mutations.scenario import Scenario


@pytest.fixture
async def scenario(conn: Connection, client: Client, client_without_processor: Client, keyring: Keyring) -> Scenario:
    account = await world.company(conn)
    bob = await world.member(conn, account, await world.user(conn, "bob"), "MEMBER")
    for person in ("ada", "bob"):
        # The first request of a person writes a row: before digests are compared.
        await client.ask("{ __typename }", to=person)
    return Scenario(conn, client, client_without_processor, keyring, account, bob)
