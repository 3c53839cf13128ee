"""Tries at licence keys: counted, limited, and given back when they told nothing."""

from datetime import timedelta
from typing import Any

import pytest
from asyncpg import Connection

from db.changes.key_attempts import REVEALING_CODES
from db.license_key_custody import key_format
from db.user_errors import UserErrorCode
from gateway.settings import Settings
from tests import world
from tests.conftest import Client, asking
from tests.mutations.cases import REFUSED_CASES, SUCCESSFUL_CASES
from tests.mutations.license_key_cases import issued, of_held, tried
from tests.mutations.scenario import Case, Scenario

LOOKED_UP = ("registerLicenseKey", "activateProduct")
REFUSED_AFTER_LOOKING = [
    param
    for param in REFUSED_CASES
    if param.values[0] in LOOKED_UP and param.values[1] != UserErrorCode.TOO_MANY_ATTEMPTS
]
REGISTER = """
    mutation ($input: RegisterLicenseKeyInput!) { registerLicenseKey(input: $input) { userErrors { code } } }
"""


async def _verdict(scenario: Scenario, key: str, mutation: str = "registerLicenseKey", **more: Any) -> str | None:
    answer = await scenario.run(mutation, {"accountId": scenario.account_id, "key": key, **more})
    return answer["userErrors"][0]["code"] if answer["userErrors"] else None


async def _counted(conn: Connection) -> int:
    count: int = await conn.fetchval("SELECT count(*) FROM key_attempts")
    return count


async def test_ten_keys_tried_in_vain_are_too_many_for_a_quarter_of_an_hour(scenario: Scenario) -> None:
    good = await issued(scenario)

    wrong = [await _verdict(scenario, key_format.generate()) for _ in range(10)]
    then = await _verdict(scenario, good["key"])
    await scenario.conn.execute("UPDATE key_attempts SET attempted_at = attempted_at - interval '15 minutes'")
    later = await _verdict(scenario, good["key"])

    assert wrong == ["KEY_NOT_FOUND"] * 10
    assert (then, later) == ("TOO_MANY_ATTEMPTS", None)


@pytest.mark.parametrize(("mutation", "code", "case"), REFUSED_AFTER_LOOKING)
async def test_only_revealing_refusals_count_as_attempts(
    scenario: Scenario, mutation: str, code: UserErrorCode, case: Case
) -> None:
    given = await case(scenario)

    await scenario.run(mutation, given)

    assert await _counted(scenario.conn) == (1 if code in REVEALING_CODES else 0)


@pytest.mark.parametrize(("mutation", "case"), [param for param in SUCCESSFUL_CASES if param.values[0] in LOOKED_UP])
async def test_success_is_not_counted(scenario: Scenario, mutation: str, case: Case) -> None:
    given = await case(scenario)

    await scenario.run(mutation, given)

    assert await _counted(scenario.conn) == 0


async def test_the_same_key_tried_again_is_the_same_try(scenario: Scenario) -> None:
    key = key_format.generate()

    verdicts = [
        await _verdict(scenario, typed) for typed in (key, key_format.display(key), key.lower()) for _ in range(5)
    ]

    assert verdicts == ["KEY_NOT_FOUND"] * 15
    assert await _counted(scenario.conn) == 1


async def test_a_mistyped_key_costs_nothing(scenario: Scenario) -> None:
    verdicts = {await _verdict(scenario, f"ABCD{letter}") for letter in "ABCDEFGHIJKLM"}

    assert verdicts == {"KEY_MALFORMED"}
    assert await _counted(scenario.conn) == 0


async def test_registering_and_activating_share_the_limit_and_people_do_not(scenario: Scenario) -> None:
    given = await of_held(scenario)
    await tried(scenario, 9)

    register = await _verdict(scenario, key_format.generate())
    activate = await scenario.run("activateProduct", given)
    another = await scenario.run("activateProduct", given, to="bob")

    assert register == "KEY_NOT_FOUND"
    assert activate["userErrors"][0]["code"] == "TOO_MANY_ATTEMPTS"
    assert another["userErrors"] == []


async def test_a_call_that_is_sent_again_is_answered_whatever_was_tried_since(scenario: Scenario) -> None:
    given = {**await issued(scenario), "idempotencyKey": "once"}
    answer = await scenario.run("registerLicenseKey", given)
    await tried(scenario, 10)

    again = await scenario.run("registerLicenseKey", given)

    assert again == answer


async def test_an_office_shares_an_address_and_its_limit(
    scenario: Scenario, settings: Settings, signing_key: str
) -> None:
    trusting = settings.model_copy(update={"trusted_proxies": ("127.0.0.1",), "key_attempts_per_address": 3})
    for _ in range(3):
        await tried(scenario, 1, address="203.0.113.7", attempted_at=world.NOW - timedelta(minutes=14))
    good = await issued(scenario)

    async with asking(scenario.conn, trusting, signing_key, None) as client:
        from_office = await _from(client, "198.51.100.1, 203.0.113.7", good)
        from_elsewhere = await _from(client, "203.0.113.7, 198.51.100.1", good)

    assert from_office == ["TOO_MANY_ATTEMPTS"]
    assert from_elsewhere == []


async def test_untrusted_proxy_cannot_set_the_client_address(scenario: Scenario) -> None:
    wrong = {"accountId": scenario.account_id, "key": key_format.generate()}

    await _from(scenario.client, "203.0.113.7", wrong)

    assert await scenario.conn.fetchval("SELECT address FROM key_attempts") == "127.0.0.1"


async def _from(client: Client, forwarded_for: str, given: dict[str, Any]) -> list[str]:
    headers = {"authorization": f"Bearer {client.token('ada')}", "x-forwarded-for": forwarded_for}
    sent = {"query": REGISTER, "variables": {"input": given}}
    response = await client.http.post("/graphql", json=sent, headers=headers)
    return [error["code"] for error in response.json()["data"]["registerLicenseKey"]["userErrors"]]
