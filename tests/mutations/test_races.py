"""Many at once, through the whole application, over real connections and committed rows; each race is run ten times."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from asyncpg import Connection
from pydantic import SecretStr

from db.license_key_custody import key_format
from db.license_key_custody.keyring import Keyring
from gateway.server.app import create_app
from gateway.settings import Settings
from tests import world
from tests.committed import Acquire, connections
from tests.conftest import Client, now, scratch_database
from tests.mutations.scenario import Input, mutation_document

TIMES = pytest.mark.parametrize("time", range(10))
STORE: Input = {"to": "store", "email": None, "name": None, "scopes": ["store:write"]}
SUCCESS = "SUCCESS"
TERMS: Input = {
    "productCode": "desktop",
    "licenseCount": 5,
    "termMonths": 12,
    "channel": "RESELLER",
    "startTrigger": "ON_KEY_REGISTRATION",
}


@asynccontextmanager
async def running(settings: Settings, signing_key: str) -> AsyncIterator[Client]:
    """Asks a whole application with connections of its own; another one is what a restart leaves."""
    app = create_app(settings, now)
    # A machine that is busy with other things may take long over a lock's turn.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("db.pool.LOCK_TIMEOUT", 30.0)
        async with app.router.lifespan_context(app):
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://licet.test", timeout=60) as http:
                yield Client(http, signing_key)


@pytest.fixture(scope="module")
async def committed(server_url: str, settings: Settings) -> AsyncIterator[tuple[Settings, Acquire]]:
    async with scratch_database(server_url) as url, connections(url, 2) as acquire:
        # Nobody is sent away for having waited: that is another test's.
        patient = {"pool_timeout": 60.0, "statement_timeout": 30.0, "request_timeout": 60.0}
        yield settings.model_copy(update={"database_url": SecretStr(url), "pool_size": 16, **patient}), acquire


@pytest.fixture
async def rows(committed: tuple[Settings, Acquire]) -> AsyncIterator[Connection]:
    """A connection of the test's own to a database with the product desktop alone."""
    async with committed[1]() as conn:
        await conn.execute(
            "TRUNCATE accounts, products, license_key_index, issued_subscriptions, idempotency_records,"
            " key_attempts CASCADE"
        )
        await world.product(conn)
        yield conn


@pytest.fixture(scope="module")
async def client(committed: tuple[Settings, Acquire], signing_key: str) -> AsyncIterator[Client]:
    async with running(committed[0], signing_key) as client:
        yield client


async def owner(conn: Connection) -> tuple[str, str]:
    """Somebody, whom no earlier round knew, and the id of their account."""
    subject = f"owner-{uuid4()}"
    account_id = await world.account(conn)
    await world.member(conn, account_id, await world.user(conn, subject))
    return subject, f"acc_{account_id}"


async def change(client: Client, mutation: str, given: Input, **asker: Any) -> Any:
    return (await client.ask(mutation_document(mutation), {"input": given}, **asker))["answer"]


async def verdict(answer: Awaitable[Any]) -> str:
    errors = (await answer)["userErrors"]
    return str(errors[0]["code"]) if errors else SUCCESS


async def verdicts(*answers: Awaitable[Any]) -> Counter[str]:
    return Counter(await asyncio.gather(*map(verdict, answers)))


@TIMES
async def test_a_key_is_registered_once_whoever_tries(
    rows: Connection, client: Client, keyring: Keyring, time: int
) -> None:
    accounts = dict([await owner(rows) for _ in range(20)])
    key = await world.issue(rows, keyring)

    came_to = await verdicts(
        *[
            change(client, "registerLicenseKey", {"accountId": account, "key": key}, to=subject)
            for _ in range(10)
            for subject, account in accounts.items()
        ]
    )

    assert came_to == {SUCCESS: 1, "KEY_ALREADY_REGISTERED": 9, "KEY_REGISTERED_TO_ANOTHER_ACCOUNT": 190}
    assert await rows.fetchval("SELECT count(*) FROM subscriptions") == 1
    assert await rows.fetchval("SELECT array_agg(action) FROM audit_events") == ["license_key.registered"]


@TIMES
async def test_no_seat_is_taken_twice(rows: Connection, client: Client, keyring: Keyring, time: int) -> None:
    subject, account = await owner(rows)
    _, license_key, key = await world.held(rows, keyring, UUID(account[4:]), license_count=6)
    given = {"accountId": account, "key": key}

    came_to = await verdicts(
        *[
            change(client, "activateProduct", {**given, "deviceId": name, "deviceName": name}, to=subject)
            for name in [f"device-{number}" for number in range(60)]
        ]
    )

    assert came_to == {SUCCESS: 6, "NO_SEATS_AVAILABLE": 54}
    assert await rows.fetchval("SELECT used FROM license_keys WHERE id = $1", license_key) == 6
    assert await rows.fetchval("SELECT count(*) FROM activations WHERE status = 'ACTIVE'") == 6


@TIMES
async def test_a_device_that_activates_many_times_at_once_takes_one_seat(
    rows: Connection, client: Client, keyring: Keyring, time: int
) -> None:
    subject, account = await owner(rows)
    _, license_key, key = await world.held(rows, keyring, UUID(account[4:]), license_count=6)
    given = {"accountId": account, "key": key, "deviceId": "device", "deviceName": "Laptop"}

    answers = await asyncio.gather(*[change(client, "activateProduct", given, to=subject) for _ in range(20)])

    assert {answer["activation"]["id"] for answer in answers} == {answers[0]["activation"]["id"]}
    assert await rows.fetchval("SELECT used FROM license_keys WHERE id = $1", license_key) == 1


@TIMES
async def test_a_call_sent_fifty_times_has_one_effect_and_one_answer_also_after_a_restart(
    rows: Connection, client: Client, committed: tuple[Settings, Acquire], signing_key: str, time: int
) -> None:
    given = {**TERMS, "number": "S-1", "idempotencyKey": "once"}

    answers = await asyncio.gather(*[change(client, "issueSubscription", given, **STORE) for _ in range(50)])
    async with running(committed[0], signing_key) as restarted:
        again = await change(restarted, "issueSubscription", given, **STORE)

    assert answers[0]["userErrors"] == []
    assert key_format.is_well_formed(key_format.normalize(answers[0]["key"]))
    assert [*answers, again] == [answers[0]] * 51
    assert await rows.fetchval("SELECT count(*) FROM license_key_index") == 1


@TIMES
async def test_a_trial_is_given_up_while_it_is_used(
    rows: Connection, client: Client, keyring: Keyring, time: int
) -> None:
    subject, account = await owner(rows)
    terms: Input = {"is_trial": True, "auto_renewal": "NOT_AVAILABLE", "license_count": 30}
    trial, license_key, trial_key = await world.held(rows, keyring, UUID(account[4:]), **terms)
    purchase = {"accountId": account, "key": await world.issue(rows, keyring), "suspendTrial": True}
    on_trial = {"accountId": account, "key": trial_key}
    calls = [
        change(client, "activateProduct", {**on_trial, "deviceId": name, "deviceName": name}, to=subject)
        for name in [f"device-{number}" for number in range(20)]
    ]
    calls.insert(8, change(client, "registerLicenseKey", purchase, to=subject))

    came_to = await verdicts(*calls)

    activated = came_to[SUCCESS] - 1
    assert came_to == {SUCCESS: activated + 1, "SUBSCRIPTION_NOT_ACTIVE": 20 - activated}
    assert await rows.fetchval("SELECT suspended_at FROM subscriptions WHERE id = $1", trial) == world.NOW
    assert await rows.fetchval("SELECT used FROM license_keys WHERE id = $1", license_key) == activated
    assert await rows.fetchval("SELECT count(*) FROM activations") == activated


@TIMES
async def test_an_account_has_no_more_of_a_product_than_it_may(
    rows: Connection, client: Client, keyring: Keyring, time: int
) -> None:
    subject, account = await owner(rows)
    await rows.execute("UPDATE products SET max_per_account = 2")
    keys = [await world.issue(rows, keyring) for _ in range(8)]

    came_to = await verdicts(
        *[change(client, "registerLicenseKey", {"accountId": account, "key": key}, to=subject) for key in keys]
    )

    assert came_to == {SUCCESS: 2, "PRODUCT_LIMIT_REACHED": 6}
    assert await rows.fetchval("SELECT count(*) FROM subscriptions") == 2


@TIMES
async def test_concurrent_key_guesses_are_limited_to_ten(rows: Connection, client: Client, time: int) -> None:
    subject, account = await owner(rows)

    came_to = await verdicts(
        *[
            change(client, "registerLicenseKey", {"accountId": account, "key": key_format.generate()}, to=subject)
            for _ in range(30)
        ]
    )

    assert came_to == {"KEY_NOT_FOUND": 10, "TOO_MANY_ATTEMPTS": 20}
