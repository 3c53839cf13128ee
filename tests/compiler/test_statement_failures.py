"""What becomes of an operation whose one statement fails: a clear error, and a connection that is good again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import httpx
import pytest
from asyncpg import Connection
from pydantic import SecretStr

from db import migrations
from gateway.server.app import create_app
from gateway.settings import Settings
from tests import world
from tests.compiler.conftest import OnePath, operation_request
from tests.compiler.rows import viewers
from tests.conftest import Client, scratch_database

QUESTION = "query($id: ID!) { account(id: $id) { name paymentMethods { last4 } } }"


@asynccontextmanager
async def _served(settings: Settings, signing_key: str, url: str) -> AsyncIterator[Client]:
    given = {"database_url": SecretStr(url), "pool_size": 1, "statement_timeout": 0.5, "compiled": True}
    app = create_app(settings.model_copy(update=given), lambda: world.NOW)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://licet.test") as http,
    ):
        yield Client(http, signing_key)


async def test_a_statement_over_its_time_is_told_and_the_connection_survives(
    server_url: str, settings: Settings, signing_key: str
) -> None:
    async with scratch_database(server_url) as url:
        await migrations.upgrade(url)
        admin = await asyncpg.connect(url)
        account = await world.company(admin)
        async with _served(settings, signing_key, url) as client:
            variables = {"id": f"acc_{account}"}
            before = await client.post(QUESTION, variables)
            async with admin.transaction():
                await admin.execute("LOCK TABLE payment_methods IN ACCESS EXCLUSIVE MODE")
                late = await client.post(QUESTION, variables)
            after = await client.post(QUESTION, variables)
        await admin.close()

    (error,) = late.json()["errors"]
    assert (late.status_code, late.json().keys(), error["extensions"]["code"]) == (504, {"errors"}, "TIMEOUT")
    assert before.json() == after.json() == {"data": {"account": {"name": "Example Ltd", "paymentMethods": []}}}


async def test_a_client_that_goes_away_leaves_the_connection_to_the_next(
    server_url: str, settings: Settings, signing_key: str
) -> None:
    async with scratch_database(server_url) as url:
        await migrations.upgrade(url)
        admin = await asyncpg.connect(url)
        account = await world.company(admin)
        async with _served(settings, signing_key, url) as client:
            await client.ask("{ viewer { scopes } }")
            async with admin.transaction():
                await admin.execute("LOCK TABLE payment_methods IN ACCESS EXCLUSIVE MODE")
                asking = asyncio.create_task(client.post(QUESTION, {"id": f"acc_{account}"}))
                await asyncio.sleep(0.1)
                asking.cancel()
                await asyncio.gather(asking, return_exceptions=True)
            after = await client.ask(QUESTION, {"id": f"acc_{account}"})
        await admin.close()

    assert after == {"account": {"name": "Example Ltd", "paymentMethods": []}}


@pytest.mark.parametrize("name", ["product_overviews", "to_one_in_a_list", "items_of_subscriptions"])
async def test_a_row_that_is_promised_and_missing_is_answered_by_resolvers(
    hard_rows: Connection, by_statement: OnePath, by_resolvers: OnePath, name: str
) -> None:
    asked, owner = operation_request(name), viewers()["owner"]
    transaction = hard_rows.transaction()
    await transaction.start()
    # As if there were no foreign keys.
    await hard_rows.execute("SET LOCAL session_replication_role = replica")
    await hard_rows.execute("DELETE FROM products WHERE code = 'toolbox'")

    answers = [await asking.ask(asked, owner) for asking in (by_statement, by_resolvers)]
    await transaction.rollback()

    assert answers[0] == answers[1]
    assert '"message": "Internal error"' in answers[0]
