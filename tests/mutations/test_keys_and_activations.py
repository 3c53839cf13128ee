"""What registering, activating and revealing do, as the graph shows it afterwards."""

from typing import Any
from uuid import UUID

import pytest

from tests import world
from tests.mutations.license_key_cases import DEVICE, at_home, issued, of_held, sublicense
from tests.mutations.scenario import Scene

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


async def _trail(scene: Scene) -> list[tuple[Any, ...]]:
    return [tuple(event) for event in await scene.conn.fetch(TRAIL)]


async def test_registering_a_key_brings_its_subscription_into_the_account(scene: Scene) -> None:
    await world.product(scene.conn, "toolbox")
    items = [{"productCode": "toolbox", "quantity": 2}]
    given = await issued(scene, number="I-1", items=items, channel="ONLINE_STORE")

    data = await scene.client.ask(REGISTER, {"input": {**given, "name": "  Design  "}})

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
    assert await _trail(scene) == [("license_key.registered", "LicenseKey", None, {"number": "I-1"})]


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
    scene: Scene, terms: dict[str, Any], status: str, activated_on: str | None, expires_on: str | None
) -> None:
    given = await issued(scene, **terms)

    data = await scene.client.ask(REGISTER, {"input": given})

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
    scene: Scene, card: dict[str, Any], renewal: str, charged: Any
) -> None:
    await world.payment_method(scene.conn, scene.account, **card)
    given = await issued(scene, auto_renewal="ON")

    data = await scene.client.ask(REGISTER, {"input": given})

    found = data["registerLicenseKey"]["subscription"]
    assert (found["autoRenewal"], found["paymentMethod"]) == (renewal, charged)


async def test_a_key_that_is_registered_already_comes_with_what_it_is_of(scene: Scene) -> None:
    given = await issued(scene)
    first = await scene.client.ask(REGISTER, {"input": given})

    data = await scene.client.ask(REGISTER, {"input": given})

    sentence = "This key is registered in this account already."
    again = {"code": "KEY_ALREADY_REGISTERED", "field": ["key"], "message": sentence}
    assert data == {"registerLicenseKey": {**first["registerLicenseKey"], "userErrors": [again]}}


@pytest.mark.parametrize("typed", ["{}", "{lower}", "  {spaced}\n", "{wide}", "{dashed}"])
async def test_a_key_is_read_however_it_is_typed(scene: Scene, typed: str) -> None:
    given = await issued(scene)
    key: str = given["key"]
    wide = "".join(chr(ord(character) + 0xFEE0) if character != "-" else "－" for character in key)
    forms = {"lower": key.lower(), "spaced": key.replace("-", " "), "wide": wide, "dashed": key.replace("-", "–")}

    data = await scene.client.ask(REGISTER, {"input": {**given, "key": typed.format(key, **forms)}})

    assert data["registerLicenseKey"]["userErrors"] == []


async def test_a_purchase_suspends_the_trial_when_that_is_wanted(scene: Scene) -> None:
    trial, _, key = await world.held(
        scene.conn, scene.keyring, scene.account, is_trial=True, auto_renewal="NOT_AVAILABLE"
    )
    given = await issued(scene, number="I-2")

    await scene.client.ask(REGISTER, {"input": {**given, "suspendTrial": True}})
    on_trial = await scene.client.ask(ACTIVATE, {"input": {"accountId": scene.account_id, "key": key, **DEVICE}})

    assert await scene.conn.fetchval("SELECT suspended_at FROM subscriptions WHERE id = $1", trial) == world.NOW
    assert on_trial["activateProduct"]["userErrors"] == [{"code": "SUBSCRIPTION_NOT_ACTIVE", "field": ["key"]}]
    assert await _trail(scene) == [
        ("license_key.registered", "LicenseKey", None, {"number": "I-2"}),
        ("subscription.suspended", "Subscription", {"isSuspended": False}, {"isSuspended": True}),
    ]


async def test_the_first_device_starts_a_subscription_that_waits_for_it(scene: Scene) -> None:
    given = await of_held(scene, start_trigger="ON_FIRST_ACTIVATION", activated_on=None, expires_on=None)

    data = await scene.client.ask(ACTIVATE, {"input": given})

    started = {"status": "ACTIVE", "activatedOn": "2026-06-15", "expiresOn": "2027-06-15"}
    assert data["activateProduct"]["subscription"] == started
    assert [event[0] for event in await _trail(scene)] == ["activation.activated", "subscription.started"]


async def test_a_persons_new_key_becomes_theirs_with_its_first_device(scene: Scene) -> None:
    given = await at_home(scene)

    data = await scene.client.ask(ACTIVATE, {"input": given})

    assert data["activateProduct"]["userErrors"] == []
    assert data["activateProduct"]["activation"]["licenseKey"] == {"used": 1, "available": 9}
    owner = await scene.conn.fetchval("SELECT account_id FROM license_key_index")
    assert f"acc_{owner}" == given["accountId"]


async def test_the_same_device_again_is_the_same_activation(scene: Scene) -> None:
    given = await of_held(scene)
    first = await scene.client.ask(ACTIVATE, {"input": given})
    await scene.conn.execute("UPDATE activations SET activated_at = $1, last_seen_at = NULL", FEBRUARY)

    again = await scene.client.ask(ACTIVATE, {"input": {**given, "deviceName": "Renamed"}})

    kept = {"activatedAt": "2026-02-15T12:30:00.000Z", "lastSeenAt": "2026-06-15T12:30:00.000Z"}
    activation = {**first["activateProduct"]["activation"], **kept}
    assert again == {"activateProduct": {**first["activateProduct"], "activation": activation}}
    assert len(await _trail(scene)) == 1


async def test_a_deactivated_device_takes_a_seat_again(scene: Scene) -> None:
    given = await of_held(scene, license_count=1)
    await scene.client.ask(ACTIVATE, {"input": given})
    await scene.conn.execute("UPDATE activations SET status = 'DEACTIVATED'")
    await scene.conn.execute("UPDATE license_keys SET used = 0")

    data = await scene.client.ask(ACTIVATE, {"input": {**given, "deviceName": "Renamed"}})

    activation = data["activateProduct"]["activation"]
    assert (activation["status"], activation["deviceName"]) == ("ACTIVE", "Renamed")
    assert activation["licenseKey"] == {"used": 1, "available": 0}


async def test_a_device_that_moves_to_another_key_takes_its_seat_along(scene: Scene) -> None:
    subscription, primary, key = await world.held(scene.conn, scene.keyring, scene.account, license_count=1)
    other, there = await sublicense(scene, subscription)
    await scene.client.ask(ACTIVATE, {"input": {"accountId": scene.account_id, "key": key, **DEVICE}})

    moved = await scene.client.ask(ACTIVATE, {"input": there})

    assert moved["activateProduct"]["userErrors"] == []
    used: dict[UUID, int] = dict(
        tuple(record) for record in await scene.conn.fetch("SELECT id, used FROM license_keys")
    )
    assert used == {primary: 0, other: 1}


async def test_a_key_is_revealed_whole_and_each_time_recorded(scene: Scene) -> None:
    _, primary, key = await world.held(scene.conn, scene.keyring, scene.account)
    given = {"licenseKeyId": scene.id("key", primary)}

    answers = [await scene.change("revealLicenseKey", given) for _ in range(2)]

    assert [answer["key"] for answer in answers] == [key, key]
    assert await _trail(scene) == [("license_key.revealed", "LicenseKey", None, None)] * 2
