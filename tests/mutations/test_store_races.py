"""The store's calls sent many times at once, as they come over HTTP: each has one effect, and all the same answer."""

import asyncio
from typing import Any

import httpx

from gateway.server.app import create_app
from gateway.settings import Settings
from tests import world
from tests.committed import Acquire, connections
from tests.conftest import Client, now
from tests.mutations.scenario import Input, mutation_document
from tests.mutations.store_cases import STORE

ROUNDS, TIMES = 10, 20


async def at_once(acquire: Acquire, settings: Settings, signing_key: str, mutation: str, given: Input) -> list[Any]:
    """What the service answers to the same call, sent so many times."""
    app = create_app(settings, now, acquire=acquire)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://licet.test") as http:
        client = Client(http, signing_key)
        calls = [client.ask(mutation_document(mutation), {"input": given}, to="store", **STORE) for _ in range(TIMES)]
        return [data["answer"] for data in await asyncio.gather(*calls)]


async def test_a_renewal_that_is_sent_at_once_under_one_key_counts_once(
    empty_database: str, settings: Settings, signing_key: str
) -> None:
    async with connections(empty_database, TIMES) as acquire:
        async with acquire() as conn:
            account_id = await world.company(conn)
            rows = [await world.subscription(conn, account_id) for _ in range(ROUNDS)]

        for row in rows:
            given = {"subscriptionId": f"sub_{account_id}_{row}", "paidOn": "2026-06-15", "idempotencyKey": f"{row}"}
            answers = await at_once(acquire, settings, signing_key, "recordRenewal", given)
            assert [answer["userErrors"] for answer in answers] == [[]] * TIMES
            assert [answer["subscription"]["expiresOn"] for answer in answers] == ["2027-09-23"] * TIMES
            assert all(answer == answers[0] for answer in answers)

        async with acquire() as conn:
            assert await conn.fetchval("SELECT count(*) FROM audit_events") == ROUNDS


async def test_a_sale_that_is_sent_at_once_is_sold_once(
    empty_database: str, settings: Settings, signing_key: str
) -> None:
    async with connections(empty_database, TIMES) as acquire:
        async with acquire() as conn:
            await world.company(conn)

        for position in range(ROUNDS):
            terms = {"productCode": "desktop", "licenseCount": 1, "termMonths": 12, "channel": "RESELLER"}
            given = {**terms, "number": f"N-{position}", "startTrigger": "ON_KEY_REGISTRATION"}
            answers = await at_once(acquire, settings, signing_key, "issueSubscription", given)
            codes = [error["code"] for answer in answers for error in answer["userErrors"]]
            assert codes == ["DUPLICATE_NUMBER"] * (TIMES - 1)
            assert len([answer["key"] for answer in answers if answer["key"]]) == 1

        async with acquire() as conn:
            assert await conn.fetchval("SELECT count(*) FROM license_key_index") == ROUNDS
