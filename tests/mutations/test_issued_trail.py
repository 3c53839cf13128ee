"""What the store did with a key before anybody had it: told in the trail of the account that registers it."""

from typing import Any

from asyncpg import Connection

from tests import world
from tests.mutations.license_key_cases import DEVICE
from tests.mutations.scenario import Scenario
from tests.mutations.store_cases import STORE

TRAIL = """
    query ($account: ID!) {
      account(id: $account) {
        auditEvents {
          nodes {
            occurredAt actor action before after
            subject { __typename ... on ProductSubscription { number } ... on LicenseKey { maskedKey } }
          }
        }
      }
    }
"""
KEPT = "id, occurred_at, actor_user_id, actor, action, subject_type, subject_id, before, after, request_id"


async def by_store(scenario: Scenario, mutation: str, **given: Any) -> Any:
    """A change by the store, a day before what follows."""
    answer = await scenario.run(mutation, given, to="store", **STORE)
    assert answer["userErrors"] == []
    await scenario.conn.execute("UPDATE issued_events SET occurred_at = occurred_at - interval '1 day'")
    return answer


async def sold(scenario: Scenario, number: str) -> str:
    """The text of a key that is issued to nobody."""
    terms = {"number": number, "productCode": "desktop", "licenseCount": 10, "termMonths": 12}
    how = {"channel": "RESELLER", "startTrigger": "ON_KEY_REGISTRATION"}
    key: str = (await by_store(scenario, "issueSubscription", **terms, **how))["key"]
    return key


async def trail(scenario: Scenario, account_id: str, to: str) -> Any:
    """The newest first."""
    data = await scenario.client.ask(TRAIL, {"account": account_id}, to=to)
    return data["account"] and data["account"]["auditEvents"]["nodes"]


async def untold(conn: Connection) -> list[tuple[str, Any]]:
    rows = await conn.fetch("SELECT action, after FROM issued_events ORDER BY occurred_at")
    return [tuple(row) for row in rows]


def event(day: int, actor: str, action: str, subject: Any, after: Any) -> dict[str, Any]:
    at = f"2026-06-{day}T12:30:00.000Z"
    return {"occurredAt": at, "actor": actor, "action": action, "before": None, "after": after, "subject": subject}


async def test_who_registers_a_key_reads_what_happened_to_it_and_to_no_other(scenario: Scenario) -> None:
    other = await world.account(scenario.conn)
    await world.member(scenario.conn, other, await world.user(scenario.conn, "eve"))
    lost, kept = await sold(scenario, "N-1"), await sold(scenario, "N-2")
    for key, reason in ((lost, "leaked"), (kept, "unpaid")):
        await by_store(scenario, "blockLicenseKey", key=key, reason=reason)
    await by_store(scenario, "blockLicenseKey", key=kept, reason="paid", blocked=False)

    await scenario.run("registerLicenseKey", {"accountId": scenario.account_id, "key": kept})

    masked = {"__typename": "LicenseKey", "maskedKey": f"*****-*****-*****-*****-{kept[-5:]}"}
    assert await trail(scenario, scenario.account_id, "ada") == [
        event(15, "ada@example.com", "license_key.registered", masked, {"number": "N-2"}),
        event(14, "store", "license_key.unblocked", masked, {"reason": "paid"}),
        event(13, "store", "license_key.blocked", masked, {"reason": "unpaid"}),
        event(
            11,
            "store",
            "subscription.issued",
            {"__typename": "ProductSubscription", "number": "N-2"},
            {"number": "N-2"},
        ),
    ]
    assert await untold(scenario.conn) == [
        ("subscription.issued", {"number": "N-1"}),
        ("license_key.blocked", {"reason": "leaked"}),
    ]
    assert await trail(scenario, f"acc_{other}", "eve") == []
    assert await trail(scenario, scenario.account_id, "eve") is None


async def test_what_happened_is_told_as_it_was_to_whom_a_first_device_makes_the_owner(scenario: Scenario) -> None:
    user_id = await scenario.conn.fetchval("SELECT id FROM users WHERE subject = 'ada'")
    account_id = f"acc_{user_id}"
    key = await sold(scenario, "N-1")
    for reason, blocked in (("unpaid", True), ("paid", False)):
        await by_store(scenario, "blockLicenseKey", key=key, reason=reason, blocked=blocked)
    before = await scenario.conn.fetch(f"SELECT {KEPT} FROM issued_events ORDER BY id")

    await scenario.run("activateProduct", {"accountId": account_id, "key": key, **DEVICE})

    told = await scenario.conn.fetch(f"SELECT {KEPT} FROM audit_events WHERE actor = 'store' ORDER BY id")
    assert told == before
    assert len(told) == 3
    assert {each["action"] for each in await trail(scenario, account_id, "ada")} == {
        *(each["action"] for each in before),
        "license_key.registered",
        "activation.activated",
    }
    assert await untold(scenario.conn) == []


async def test_a_registration_that_is_refused_leaves_the_trail_where_it_was(scenario: Scenario) -> None:
    key = await sold(scenario, "N-1")
    await by_store(scenario, "blockLicenseKey", key=key, reason="leaked")

    refused = await scenario.run("registerLicenseKey", {"accountId": scenario.account_id, "key": key})

    assert [error["code"] for error in refused["userErrors"]] == ["KEY_BLOCKED"]
    assert await trail(scenario, scenario.account_id, "ada") == []
    assert await untold(scenario.conn) == [
        ("subscription.issued", {"number": "N-1"}),
        ("license_key.blocked", {"reason": "leaked"}),
    ]
