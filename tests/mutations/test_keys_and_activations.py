"""What registering, activating and revealing do, as the graph shows it afterwards."""

from typing import Any
from uuid import UUID

import pytest

from tests import world
from tests.mutations.license_key_cases import DEVICE, at_home, issued, of_held, sublicense
from tests.mutations.scenario import Scenario

FEBRUARY = world.NOW.replace(month=2)
REGISTER = """
    mutation ($input: RegisterLicenseKeyInput!) {
      registerLicenseKey(input: $input) {
        subscription {
          number displayName status autoRenewal activatedOn expiresOn renewsOn licenseCount channel
          items { product { code } quantity } paymentMethod { last4 } account { name }
        }
        licenseKey { maskedKey kind used available registeredAt }
        userErrors { code field message }
      }
    }
"""
ACTIVATE = """
    mutation ($input: ActivateProductInput!) {
      activateProduct(input: $input) {
        activation { id deviceId deviceName status activatedAt lastSeenAt licenseKey { used available } }
        subscription { status activatedOn expiresOn }
        userErrors { code field }
      }
    }
"""
TRAIL = "SELECT action, subject_type, before, after FROM audit_events ORDER BY action"


async def _trail(scenario: Scenario) -> list[tuple[Any, ...]]:
    return [tuple(event) for event in await scenario.conn.fetch(TRAIL)]


async def test_registering_a_key_brings_its_subscription_into_the_account(scenario: Scenario) -> None:
    await world.product(scenario.conn, "toolbox")
    items = [{"productCode": "toolbox", "quantity": 2}]
    given = await issued(scenario, number="I-1", items=items, channel="ONLINE_STORE")

    data = await scenario.client.ask(REGISTER, {"input": {**given, "name": "  Design  "}})

    assert data == {
        "registerLicenseKey": {
            "subscription": {
                "number": "I-1",
                "displayName": "Design",
                "status": "ACTIVE",
                "autoRenewal": "OFF",
                "activatedOn": "2026-06-15",
                "expiresOn": "2027-06-15",
                "renewsOn": None,
                "licenseCount": 10,
                "channel": "ONLINE_STORE",
                "items": [{"product": {"code": "toolbox"}, "quantity": 2}],
                "paymentMethod": None,
                "account": {"name": "Example Ltd"},
            },
            "licenseKey": {
                "maskedKey": f"*****-*****-*****-*****-{given['key'][-5:]}",
                "kind": "PRIMARY",
                "used": 0,
                "available": 10,
                "registeredAt": "2026-06-15T12:30:00.000Z",
            },
            "userErrors": [],
        }
    }
    assert await _trail(scenario) == [("license_key.registered", "LicenseKey", None, {"number": "I-1"})]


@pytest.mark.parametrize(
    ("terms", "status", "activated_on", "expires_on"),
    [
        ({"start_trigger": "ON_KEY_REGISTRATION"}, "ACTIVE", "2026-06-15", "2027-06-15"),
        ({"start_trigger": "ON_KEY_REGISTRATION", "term_months": 0}, "ACTIVE", "2026-06-15", None),
        (
            {"start_trigger": "ON_PURCHASE", "issued_at": FEBRUARY},
            "ACTIVE",
            "2026-02-15",
            "2027-02-15",
        ),
        ({"start_trigger": "ON_FIRST_ACTIVATION"}, "PENDING", None, None),
        ({"start_trigger": "ON_FIXED_DATE", "starts_on": world.day(16)}, "PENDING", "2026-07-01", "2027-07-01"),
    ],
)
async def test_the_first_term_begins_as_the_terms_say(
    scenario: Scenario, terms: dict[str, Any], status: str, activated_on: str | None, expires_on: str | None
) -> None:
    given = await issued(scenario, **terms)

    data = await scenario.client.ask(REGISTER, {"input": given})

    found = data["registerLicenseKey"]["subscription"]
    assert (found["status"], found["activatedOn"], found["expiresOn"]) == (status, activated_on, expires_on)


@pytest.mark.parametrize(
    ("card", "renewal", "charged"),
    [
        ({"is_default": True}, "ON", {"last4": "4242"}),
        ({"is_default": False}, "OFF", None),
        ({"is_default": True, "expires_on": world.day(-1)}, "OFF", None),
        ({"is_default": True, "kind": "INVOICE"}, "OFF", None),
    ],
)
async def test_terms_that_renew_are_charged_to_the_default_method_or_begin_switched_off(
    scenario: Scenario, card: dict[str, Any], renewal: str, charged: Any
) -> None:
    await world.payment_method(scenario.conn, scenario.account, **card)
    given = await issued(scenario, auto_renewal="ON")

    data = await scenario.client.ask(REGISTER, {"input": given})

    found = data["registerLicenseKey"]["subscription"]
    assert (found["autoRenewal"], found["paymentMethod"]) == (renewal, charged)


async def test_a_key_that_is_registered_already_comes_with_what_it_is_of(scenario: Scenario) -> None:
    given = await issued(scenario)
    first = await scenario.client.ask(REGISTER, {"input": given})

    data = await scenario.client.ask(REGISTER, {"input": given})

    sentence = "This key is registered in this account already."
    again = {"code": "KEY_ALREADY_REGISTERED", "field": ["key"], "message": sentence}
    assert data == {"registerLicenseKey": {**first["registerLicenseKey"], "userErrors": [again]}}


@pytest.mark.parametrize("typed", ["{}", "{lower}", "  {spaced}\n", "{wide}", "{dashed}"])
async def test_a_key_is_read_however_it_is_typed(scenario: Scenario, typed: str) -> None:
    given = await issued(scenario)
    key: str = given["key"]
    wide = "".join(chr(ord(character) + 0xFEE0) if character != "-" else "－" for character in key)
    forms = {"lower": key.lower(), "spaced": key.replace("-", " "), "wide": wide, "dashed": key.replace("-", "–")}

    data = await scenario.client.ask(REGISTER, {"input": {**given, "key": typed.format(key, **forms)}})

    assert data["registerLicenseKey"]["userErrors"] == []


async def test_a_purchase_suspends_the_trial_when_that_is_wanted(scenario: Scenario) -> None:
    trial, _, key = await world.held(
        scenario.conn, scenario.keyring, scenario.account, is_trial=True, auto_renewal="NOT_AVAILABLE"
    )
    given = await issued(scenario, number="I-2")

    await scenario.client.ask(REGISTER, {"input": {**given, "suspendTrial": True}})
    on_trial = await scenario.client.ask(ACTIVATE, {"input": {"accountId": scenario.account_id, "key": key, **DEVICE}})

    assert await scenario.conn.fetchval("SELECT suspended_at FROM subscriptions WHERE id = $1", trial) == world.NOW
    assert on_trial["activateProduct"]["userErrors"] == [{"code": "SUBSCRIPTION_NOT_ACTIVE", "field": ["key"]}]
    assert await _trail(scenario) == [
        ("license_key.registered", "LicenseKey", None, {"number": "I-2"}),
        ("subscription.suspended", "Subscription", {"isSuspended": False}, {"isSuspended": True}),
    ]


async def test_the_first_device_starts_a_subscription_that_waits_for_it(scenario: Scenario) -> None:
    given = await of_held(scenario, start_trigger="ON_FIRST_ACTIVATION", activated_on=None, expires_on=None)

    data = await scenario.client.ask(ACTIVATE, {"input": given})

    started = {"status": "ACTIVE", "activatedOn": "2026-06-15", "expiresOn": "2027-06-15"}
    assert data["activateProduct"]["subscription"] == started
    assert [event[0] for event in await _trail(scenario)] == ["activation.activated", "subscription.started"]


async def test_a_persons_new_key_becomes_theirs_with_its_first_device(scenario: Scenario) -> None:
    given = await at_home(scenario)

    data = await scenario.client.ask(ACTIVATE, {"input": given})

    assert data["activateProduct"]["userErrors"] == []
    assert data["activateProduct"]["activation"]["licenseKey"] == {"used": 1, "available": 9}
    owner = await scenario.conn.fetchval("SELECT account_id FROM license_key_index")
    assert f"acc_{owner}" == given["accountId"]


async def test_the_same_device_again_is_the_same_activation(scenario: Scenario) -> None:
    given = await of_held(scenario)
    first = await scenario.client.ask(ACTIVATE, {"input": given})
    await scenario.conn.execute("UPDATE activations SET activated_at = $1, last_seen_at = NULL", FEBRUARY)

    again = await scenario.client.ask(ACTIVATE, {"input": {**given, "deviceName": "Renamed"}})

    kept = {"activatedAt": "2026-02-15T12:30:00.000Z", "lastSeenAt": "2026-06-15T12:30:00.000Z"}
    activation = {**first["activateProduct"]["activation"], **kept}
    assert again == {"activateProduct": {**first["activateProduct"], "activation": activation}}
    assert len(await _trail(scenario)) == 1


async def test_a_deactivated_device_takes_a_seat_again(scenario: Scenario) -> None:
    given = await of_held(scenario, license_count=1)
    await scenario.client.ask(ACTIVATE, {"input": given})
    await scenario.conn.execute("UPDATE activations SET status = 'DEACTIVATED'")
    await scenario.conn.execute("UPDATE license_keys SET used = 0")

    data = await scenario.client.ask(ACTIVATE, {"input": {**given, "deviceName": "Renamed"}})

    activation = data["activateProduct"]["activation"]
    assert (activation["status"], activation["deviceName"]) == ("ACTIVE", "Renamed")
    assert activation["licenseKey"] == {"used": 1, "available": 0}


async def test_a_device_that_moves_to_another_key_takes_its_seat_along(scenario: Scenario) -> None:
    subscription, primary, key = await world.held(scenario.conn, scenario.keyring, scenario.account, license_count=1)
    other, there = await sublicense(scenario, subscription)
    await scenario.client.ask(ACTIVATE, {"input": {"accountId": scenario.account_id, "key": key, **DEVICE}})

    moved = await scenario.client.ask(ACTIVATE, {"input": there})

    assert moved["activateProduct"]["userErrors"] == []
    used: dict[UUID, int] = dict(
        tuple(record) for record in await scenario.conn.fetch("SELECT id, used FROM license_keys")
    )
    assert used == {primary: 0, other: 1}


async def test_a_key_is_revealed_whole_and_each_time_recorded(scenario: Scenario) -> None:
    _, primary, key = await world.held(scenario.conn, scenario.keyring, scenario.account)
    given = {"licenseKeyId": scenario.id("key", primary)}

    answers = [await scenario.run("revealLicenseKey", given) for _ in range(2)]

    assert [answer["key"] for answer in answers] == [key, key]
    assert await _trail(scenario) == [("license_key.revealed", "LicenseKey", None, None)] * 2
