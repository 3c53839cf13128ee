"""Keys registered, activated and revealed."""

from typing import Any
from uuid import UUID

from db import tables
from db.ids import uuid7
from db.license_key_custody import key_format
from db.user_errors import UserErrorCode
from tests import world
from tests.mutations.scenario import CaseRegistry, Input, Scenario

CASES = CaseRegistry()
case = CASES.register


async def issued(scenario: Scenario, product: str = "desktop", **terms: Any) -> Input:
    return {
        "accountId": scenario.account_id,
        "key": await world.issue(scenario.conn, scenario.keyring, product, **terms),
    }


# registerLicenseKey


@case("registerLicenseKey")
async def a_new_key(scenario: Scenario) -> Input:
    return await issued(scenario)


@case("registerLicenseKey")
async def a_purchase_that_ends_a_trial(scenario: Scenario) -> Input:
    await world.subscription(scenario.conn, scenario.account, is_trial=True, auto_renewal="NOT_AVAILABLE")
    return {**await issued(scenario), "suspendTrial": True}


@case("registerLicenseKey", UserErrorCode.ACCOUNT_NOT_FOUND)
async def in_an_account_of_others(scenario: Scenario) -> Input:
    return {**await issued(scenario), "accountId": f"acc_{await world.account(scenario.conn)}"}


@case("registerLicenseKey", UserErrorCode.FORBIDDEN)
async def by_a_member(scenario: Scenario) -> Input:
    scenario.to = "bob"
    return await issued(scenario)


@case("registerLicenseKey", UserErrorCode.KEY_MALFORMED)
async def mistyped(scenario: Scenario) -> Input:
    given = await issued(scenario)
    return {**given, "key": given["key"][:-1] + ("2" if given["key"][-1] == "1" else "1")}


@case("registerLicenseKey", UserErrorCode.KEY_NOT_FOUND)
async def that_nobody_issued(scenario: Scenario) -> Input:
    return {"accountId": scenario.account_id, "key": key_format.generate()}


@case("registerLicenseKey", UserErrorCode.KEY_REGISTERED_TO_ANOTHER_ACCOUNT)
async def of_another_account(scenario: Scenario) -> Input:
    other = await world.account(scenario.conn)
    return {"accountId": scenario.account_id, "key": (await world.held(scenario.conn, scenario.keyring, other))[2]}


@case("registerLicenseKey", UserErrorCode.KEY_NOT_PRIMARY)
async def of_a_sublicense(scenario: Scenario) -> Input:
    subscription, _, _ = await world.held(scenario.conn, scenario.keyring, scenario.account)
    _, given = await sublicense(scenario, subscription)
    return {"accountId": given["accountId"], "key": given["key"]}


@case("registerLicenseKey", UserErrorCode.KEY_ALREADY_REGISTERED)
async def again(scenario: Scenario) -> Input:
    return {
        "accountId": scenario.account_id,
        "key": (await world.held(scenario.conn, scenario.keyring, scenario.account))[2],
    }


@case("registerLicenseKey", UserErrorCode.KEY_BLOCKED)
async def that_is_blocked(scenario: Scenario) -> Input:
    return await issued(scenario, blocked_at=world.NOW)


@case("registerLicenseKey", UserErrorCode.SUBSCRIPTION_EXPIRED)
async def whose_contract_has_ended(scenario: Scenario) -> Input:
    return await issued(scenario, start_trigger="ON_FIXED_DATE", starts_on=world.day(-400))


@case("registerLicenseKey", UserErrorCode.ACCOUNT_KIND_MISMATCH)
async def of_a_product_for_persons(scenario: Scenario) -> Input:
    return await issued(scenario, await world.product(scenario.conn, "home", audience="PERSONAL"))


@case("registerLicenseKey", UserErrorCode.TRIAL_CONFLICT)
async def during_a_trial(scenario: Scenario) -> Input:
    await world.subscription(scenario.conn, scenario.account, is_trial=True, auto_renewal="NOT_AVAILABLE")
    return await issued(scenario)


@case("registerLicenseKey", UserErrorCode.PRODUCT_LIMIT_REACHED)
async def one_more_than_there_may_be(scenario: Scenario) -> Input:
    product = await world.product(scenario.conn, "enterprise", max_per_account=1)
    await world.subscription(scenario.conn, scenario.account, product)
    return await issued(scenario, product)


@case("registerLicenseKey", UserErrorCode.TOO_MANY_ATTEMPTS)
async def the_eleventh_try(scenario: Scenario) -> Input:
    await tried(scenario, 10)
    return await issued(scenario)


async def tried(scenario: Scenario, times: int, user: str = "ada", **values: Any) -> None:
    """So many keys tried in vain, a moment ago unless told otherwise."""
    user_id = await scenario.conn.fetchval("SELECT id FROM users WHERE subject = $1", user)
    for _ in range(times):
        given = {"id": uuid7(world.NOW), "user_id": user_id, "attempted_at": world.NOW, **values}
        await world.insert(scenario.conn, tables.KeyAttempt, **given)


# activateProduct

DEVICE = {"deviceId": "device-1", "deviceName": "Ada's laptop"}


async def of_held(scenario: Scenario, **values: Any) -> Input:
    """The key of a subscription of the account, on a device."""
    _, _, key = await world.held(scenario.conn, scenario.keyring, scenario.account, **values)
    return {"accountId": scenario.account_id, "key": key, **DEVICE}


async def at_home(scenario: Scenario, product: str = "desktop", **terms: Any) -> Input:
    """A key that nobody has registered, in ada's personal account."""
    user_id = await scenario.conn.fetchval("SELECT id FROM users WHERE subject = 'ada'")
    return {**await issued(scenario, product, **terms), **DEVICE, "accountId": f"acc_{user_id}"}


async def sublicense(scenario: Scenario, subscription: UUID, **values: Any) -> tuple[UUID, Input]:
    terms: dict[str, Any] = {"allocation": "DYNAMIC", "quota": 3, **values}
    license_key = await world.license_key(scenario.conn, scenario.account, subscription, **terms)
    of = (scenario.account, subscription, license_key)
    key = await world.index_key(scenario.conn, scenario.keyring, of, "SUBLICENSE")
    return license_key, {"accountId": scenario.account_id, "key": key, **DEVICE}


@case("activateProduct")
async def a_device_of_a_member(scenario: Scenario) -> Input:
    scenario.to = "bob"
    return await of_held(scenario)


@case("activateProduct")
async def a_device_on_a_persons_new_key(scenario: Scenario) -> Input:
    return await at_home(scenario)


@case("activateProduct")
async def the_first_device_of_a_subscription(scenario: Scenario) -> Input:
    return await of_held(scenario, start_trigger="ON_FIRST_ACTIVATION", activated_on=None, expires_on=None)


@case("activateProduct")
async def a_device_that_moves_to_another_key(scenario: Scenario) -> Input:
    subscription, primary, _ = await world.held(scenario.conn, scenario.keyring, scenario.account, license_count=1)
    await scenario.conn.execute("UPDATE license_keys SET used = 1 WHERE id = $1", primary)
    await world.activation(scenario.conn, scenario.account, subscription, primary, DEVICE["deviceId"])
    _, given = await sublicense(scenario, subscription)
    return given


@case("activateProduct", UserErrorCode.ACCOUNT_NOT_FOUND)
async def on_a_device_in_an_account_of_others(scenario: Scenario) -> Input:
    return {**await of_held(scenario), "accountId": f"acc_{await world.account(scenario.conn)}"}


@case("activateProduct", UserErrorCode.TOO_MANY_ATTEMPTS)
async def on_a_device_the_eleventh_try(scenario: Scenario) -> Input:
    await tried(scenario, 10)
    return await of_held(scenario)


@case("activateProduct", UserErrorCode.KEY_MALFORMED)
async def on_a_device_mistyped(scenario: Scenario) -> Input:
    return {**await of_held(scenario), "key": "QWXYZ"}


@case("activateProduct", UserErrorCode.KEY_NOT_FOUND)
async def on_a_device_that_nobody_issued(scenario: Scenario) -> Input:
    return {**await of_held(scenario), "key": key_format.generate()}


@case("activateProduct", UserErrorCode.KEY_REGISTERED_TO_ANOTHER_ACCOUNT)
async def on_a_device_of_another_account(scenario: Scenario) -> Input:
    return {**await of_another_account(scenario), **DEVICE}


@case("activateProduct", UserErrorCode.KEY_BLOCKED)
async def on_a_device_blocked_before_anybody_had_it(scenario: Scenario) -> Input:
    return await at_home(scenario, blocked_at=world.NOW)


@case("activateProduct", UserErrorCode.KEY_BLOCKED)
async def on_a_device_blocked_afterwards(scenario: Scenario) -> Input:
    given = await of_held(scenario)
    for table in ("license_keys", "license_key_index"):
        await scenario.conn.execute(f"UPDATE {table} SET blocked_at = $1", world.NOW)
    return given


@case("activateProduct", UserErrorCode.SUBSCRIPTION_EXPIRED)
async def on_a_device_whose_contract_has_ended(scenario: Scenario) -> Input:
    return await at_home(scenario, start_trigger="ON_FIXED_DATE", starts_on=world.day(-400))


@case("activateProduct", UserErrorCode.REGISTRATION_REQUIRED)
async def on_a_companys_device_before_it_is_registered(scenario: Scenario) -> Input:
    return {**await issued(scenario), **DEVICE}


@case("activateProduct", UserErrorCode.REGISTRATION_REQUIRED)
async def of_a_companys_product_at_home(scenario: Scenario) -> Input:
    return await at_home(scenario, await world.product(scenario.conn, "office", audience="BUSINESS"))


@case("activateProduct", UserErrorCode.ACCOUNT_KIND_MISMATCH)
async def of_a_persons_product_in_a_company(scenario: Scenario) -> Input:
    return {**await issued(scenario, await world.product(scenario.conn, "home", audience="PERSONAL")), **DEVICE}


@case("activateProduct", UserErrorCode.TRIAL_CONFLICT)
async def on_a_device_during_a_trial(scenario: Scenario) -> Input:
    given = await at_home(scenario)
    home = UUID(given["accountId"].removeprefix("acc_"))
    await world.subscription(scenario.conn, home, is_trial=True, auto_renewal="NOT_AVAILABLE")
    return given


@case("activateProduct", UserErrorCode.PRODUCT_LIMIT_REACHED)
async def on_a_device_one_more_than_there_may_be(scenario: Scenario) -> Input:
    product = await world.product(scenario.conn, "single", max_per_account=1)
    given = await at_home(scenario, product)
    await world.subscription(scenario.conn, UUID(given["accountId"].removeprefix("acc_")), product)
    return given


@case("activateProduct", UserErrorCode.SUBSCRIPTION_NOT_ACTIVE)
async def on_a_device_after_the_end(scenario: Scenario) -> Input:
    return await of_held(scenario, expires_on=world.day(-1))


@case("activateProduct", UserErrorCode.SUBSCRIPTION_NOT_ACTIVE)
async def on_a_device_of_a_suspended_trial(scenario: Scenario) -> Input:
    return await of_held(scenario, is_trial=True, auto_renewal="NOT_AVAILABLE", suspended_at=world.NOW)


@case("activateProduct", UserErrorCode.SUBSCRIPTION_NOT_ACTIVE)
async def on_a_device_before_the_contract_begins(scenario: Scenario) -> Input:
    return await of_held(scenario, start_trigger="ON_FIXED_DATE", activated_on=world.day(3), expires_on=world.day(300))


@case("activateProduct", UserErrorCode.KEY_EXPIRED)
async def on_a_device_after_the_keys_own_day(scenario: Scenario) -> Input:
    subscription, _, _ = await world.held(scenario.conn, scenario.keyring, scenario.account)
    _, given = await sublicense(scenario, subscription, expires_on=world.day(-1))
    return given


@case("activateProduct", UserErrorCode.ACTIVATION_BLOCKED)
async def on_a_blocked_device(scenario: Scenario) -> Input:
    subscription, primary, _ = await world.held(scenario.conn, scenario.keyring, scenario.account)
    await world.activation(scenario.conn, scenario.account, subscription, primary, DEVICE["deviceId"], status="BLOCKED")
    _, given = await sublicense(scenario, subscription)
    return given


@case("activateProduct", UserErrorCode.NO_SEATS_AVAILABLE)
async def on_one_device_more(scenario: Scenario) -> Input:
    given = await of_held(scenario, license_count=1)
    await scenario.conn.execute("UPDATE license_keys SET used = 1")
    return given


@case("activateProduct", UserErrorCode.NO_SEATS_AVAILABLE)
async def beyond_the_quota_of_a_sublicense(scenario: Scenario) -> Input:
    subscription, _, _ = await world.held(scenario.conn, scenario.keyring, scenario.account)
    _, given = await sublicense(scenario, subscription, allocation="RESERVED", quota=2, used=2)
    return given


# revealLicenseKey


@case("revealLicenseKey")
async def to_an_administrator(scenario: Scenario) -> Input:
    _, primary, _ = await world.held(scenario.conn, scenario.keyring, scenario.account)
    return {"licenseKeyId": scenario.id("key", primary)}


@case("revealLicenseKey")
async def to_a_member_to_whom_it_was_granted(scenario: Scenario) -> Input:
    scenario.to = "bob"
    _, primary, _ = await world.held(scenario.conn, scenario.keyring, scenario.account)
    await world.grant(scenario.conn, scenario.account, scenario.bob, primary)
    return {"licenseKeyId": scenario.id("key", primary)}


@case("revealLicenseKey", UserErrorCode.LICENSE_KEY_NOT_FOUND)
async def to_others(scenario: Scenario) -> Input:
    other = await world.account(scenario.conn)
    _, primary, _ = await world.held(scenario.conn, scenario.keyring, other)
    return {"licenseKeyId": scenario.id("key", primary, other)}


@case("revealLicenseKey", UserErrorCode.FORBIDDEN)
async def to_a_member(scenario: Scenario) -> Input:
    scenario.to = "bob"
    return await to_an_administrator(scenario)
