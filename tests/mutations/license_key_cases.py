"""Keys registered, activated and revealed."""

from typing import Any
from uuid import UUID

from db import tables
from db.errors import UserErrorCode
from db.ids import uuid7
from db.license_key_custody import key_format
from tests import world
from tests.mutations.scenario import Input, Scene, case


async def issued(scene: Scene, product: str = "desktop", **terms: Any) -> Input:
    return {"accountId": scene.account_id, "key": await world.issue(scene.conn, scene.keyring, product, **terms)}


# registerLicenseKey


@case("registerLicenseKey")
async def a_new_key(scene: Scene) -> Input:
    return await issued(scene)


@case("registerLicenseKey")
async def a_purchase_that_ends_a_trial(scene: Scene) -> Input:
    await world.subscription(scene.conn, scene.account, is_trial=True, auto_renewal="NOT_AVAILABLE")
    return {**await issued(scene), "suspendTrial": True}


@case("registerLicenseKey", UserErrorCode.ACCOUNT_NOT_FOUND)
async def in_an_account_of_others(scene: Scene) -> Input:
    return {**await issued(scene), "accountId": f"acc_{await world.account(scene.conn)}"}


@case("registerLicenseKey", UserErrorCode.FORBIDDEN)
async def by_a_member(scene: Scene) -> Input:
    scene.to = "bob"
    return await issued(scene)


@case("registerLicenseKey", UserErrorCode.KEY_MALFORMED)
async def mistyped(scene: Scene) -> Input:
    given = await issued(scene)
    return {**given, "key": given["key"][:-1] + ("2" if given["key"][-1] == "1" else "1")}


@case("registerLicenseKey", UserErrorCode.KEY_NOT_FOUND)
async def that_nobody_issued(scene: Scene) -> Input:
    return {"accountId": scene.account_id, "key": key_format.generate()}


@case("registerLicenseKey", UserErrorCode.KEY_REGISTERED_TO_ANOTHER_ACCOUNT)
async def of_another_account(scene: Scene) -> Input:
    other = await world.account(scene.conn)
    return {"accountId": scene.account_id, "key": (await world.held(scene.conn, scene.keyring, other))[2]}


@case("registerLicenseKey", UserErrorCode.KEY_NOT_PRIMARY)
async def of_a_sublicense(scene: Scene) -> Input:
    subscription, _, _ = await world.held(scene.conn, scene.keyring, scene.account)
    _, given = await sublicense(scene, subscription)
    return {"accountId": given["accountId"], "key": given["key"]}


@case("registerLicenseKey", UserErrorCode.KEY_ALREADY_REGISTERED)
async def again(scene: Scene) -> Input:
    return {"accountId": scene.account_id, "key": (await world.held(scene.conn, scene.keyring, scene.account))[2]}


@case("registerLicenseKey", UserErrorCode.KEY_BLOCKED)
async def that_is_blocked(scene: Scene) -> Input:
    return await issued(scene, blocked_at=world.NOW)


@case("registerLicenseKey", UserErrorCode.SUBSCRIPTION_EXPIRED)
async def whose_contract_has_ended(scene: Scene) -> Input:
    return await issued(scene, start_trigger="ON_FIXED_DATE", starts_on=world.day(-400))


@case("registerLicenseKey", UserErrorCode.ACCOUNT_KIND_MISMATCH)
async def of_a_product_for_persons(scene: Scene) -> Input:
    return await issued(scene, await world.product(scene.conn, "home", audience="PERSONAL"))


@case("registerLicenseKey", UserErrorCode.TRIAL_CONFLICT)
async def during_a_trial(scene: Scene) -> Input:
    await world.subscription(scene.conn, scene.account, is_trial=True, auto_renewal="NOT_AVAILABLE")
    return await issued(scene)


@case("registerLicenseKey", UserErrorCode.PRODUCT_LIMIT_REACHED)
async def one_more_than_there_may_be(scene: Scene) -> Input:
    product = await world.product(scene.conn, "enterprise", max_per_account=1)
    await world.subscription(scene.conn, scene.account, product)
    return await issued(scene, product)


@case("registerLicenseKey", UserErrorCode.TOO_MANY_ATTEMPTS)
async def the_eleventh_try(scene: Scene) -> Input:
    await tried(scene, 10)
    return await issued(scene)


async def tried(scene: Scene, times: int, user: str = "ada", **values: Any) -> None:
    """So many keys tried in vain, a moment ago unless told otherwise."""
    user_id = await scene.conn.fetchval("SELECT id FROM users WHERE subject = $1", user)
    for _ in range(times):
        given = {"id": uuid7(world.NOW), "user_id": user_id, "attempted_at": world.NOW, **values}
        await world.insert(scene.conn, tables.KeyAttempt, **given)


# activateProduct

DEVICE = {"deviceId": "device-1", "deviceName": "Ada's laptop"}


async def of_held(scene: Scene, **values: Any) -> Input:
    """The key of a subscription of the account, on a device."""
    _, _, key = await world.held(scene.conn, scene.keyring, scene.account, **values)
    return {"accountId": scene.account_id, "key": key, **DEVICE}


async def at_home(scene: Scene, product: str = "desktop", **terms: Any) -> Input:
    """A key that nobody has registered, in ada's personal account."""
    user_id = await scene.conn.fetchval("SELECT id FROM users WHERE subject = 'ada'")
    return {**await issued(scene, product, **terms), **DEVICE, "accountId": f"acc_{user_id}"}


async def sublicense(scene: Scene, subscription: UUID, **values: Any) -> tuple[UUID, Input]:
    terms: dict[str, Any] = {"allocation": "DYNAMIC", "quota": 3, **values}
    license_key = await world.license_key(scene.conn, scene.account, subscription, **terms)
    of = (scene.account, subscription, license_key)
    key = await world.index_key(scene.conn, scene.keyring, of, "SUBLICENSE")
    return license_key, {"accountId": scene.account_id, "key": key, **DEVICE}


@case("activateProduct")
async def a_device_of_a_member(scene: Scene) -> Input:
    scene.to = "bob"
    return await of_held(scene)


@case("activateProduct")
async def a_device_on_a_persons_new_key(scene: Scene) -> Input:
    return await at_home(scene)


@case("activateProduct")
async def the_first_device_of_a_subscription(scene: Scene) -> Input:
    return await of_held(scene, start_trigger="ON_FIRST_ACTIVATION", activated_on=None, expires_on=None)


@case("activateProduct")
async def a_device_that_moves_to_another_key(scene: Scene) -> Input:
    subscription, primary, _ = await world.held(scene.conn, scene.keyring, scene.account, license_count=1)
    await scene.conn.execute("UPDATE license_keys SET used = 1 WHERE id = $1", primary)
    await world.activation(scene.conn, scene.account, subscription, primary, DEVICE["deviceId"])
    _, given = await sublicense(scene, subscription)
    return given


@case("activateProduct", UserErrorCode.ACCOUNT_NOT_FOUND)
async def on_a_device_in_an_account_of_others(scene: Scene) -> Input:
    return {**await of_held(scene), "accountId": f"acc_{await world.account(scene.conn)}"}


@case("activateProduct", UserErrorCode.TOO_MANY_ATTEMPTS)
async def on_a_device_the_eleventh_try(scene: Scene) -> Input:
    await tried(scene, 10)
    return await of_held(scene)


@case("activateProduct", UserErrorCode.KEY_MALFORMED)
async def on_a_device_mistyped(scene: Scene) -> Input:
    return {**await of_held(scene), "key": "ABCDE"}


@case("activateProduct", UserErrorCode.KEY_NOT_FOUND)
async def on_a_device_that_nobody_issued(scene: Scene) -> Input:
    return {**await of_held(scene), "key": key_format.generate()}


@case("activateProduct", UserErrorCode.KEY_REGISTERED_TO_ANOTHER_ACCOUNT)
async def on_a_device_of_another_account(scene: Scene) -> Input:
    return {**await of_another_account(scene), **DEVICE}


@case("activateProduct", UserErrorCode.KEY_BLOCKED)
async def on_a_device_blocked_before_anybody_had_it(scene: Scene) -> Input:
    return await at_home(scene, blocked_at=world.NOW)


@case("activateProduct", UserErrorCode.KEY_BLOCKED)
async def on_a_device_blocked_afterwards(scene: Scene) -> Input:
    given = await of_held(scene)
    for table in ("license_keys", "license_key_index"):
        await scene.conn.execute(f"UPDATE {table} SET blocked_at = $1", world.NOW)
    return given


@case("activateProduct", UserErrorCode.SUBSCRIPTION_EXPIRED)
async def on_a_device_whose_contract_has_ended(scene: Scene) -> Input:
    return await at_home(scene, start_trigger="ON_FIXED_DATE", starts_on=world.day(-400))


@case("activateProduct", UserErrorCode.REGISTRATION_REQUIRED)
async def on_a_companys_device_before_it_is_registered(scene: Scene) -> Input:
    return {**await issued(scene), **DEVICE}


@case("activateProduct", UserErrorCode.REGISTRATION_REQUIRED)
async def of_a_companys_product_at_home(scene: Scene) -> Input:
    return await at_home(scene, await world.product(scene.conn, "office", audience="BUSINESS"))


@case("activateProduct", UserErrorCode.ACCOUNT_KIND_MISMATCH)
async def of_a_persons_product_in_a_company(scene: Scene) -> Input:
    return {**await issued(scene, await world.product(scene.conn, "home", audience="PERSONAL")), **DEVICE}


@case("activateProduct", UserErrorCode.TRIAL_CONFLICT)
async def on_a_device_during_a_trial(scene: Scene) -> Input:
    given = await at_home(scene)
    home = UUID(given["accountId"].removeprefix("acc_"))
    await world.subscription(scene.conn, home, is_trial=True, auto_renewal="NOT_AVAILABLE")
    return given


@case("activateProduct", UserErrorCode.PRODUCT_LIMIT_REACHED)
async def on_a_device_one_more_than_there_may_be(scene: Scene) -> Input:
    product = await world.product(scene.conn, "single", max_per_account=1)
    given = await at_home(scene, product)
    await world.subscription(scene.conn, UUID(given["accountId"].removeprefix("acc_")), product)
    return given


@case("activateProduct", UserErrorCode.SUBSCRIPTION_NOT_ACTIVE)
async def on_a_device_after_the_end(scene: Scene) -> Input:
    return await of_held(scene, expires_on=world.day(-1))


@case("activateProduct", UserErrorCode.SUBSCRIPTION_NOT_ACTIVE)
async def on_a_device_of_a_suspended_trial(scene: Scene) -> Input:
    return await of_held(scene, is_trial=True, auto_renewal="NOT_AVAILABLE", suspended_at=world.NOW)


@case("activateProduct", UserErrorCode.SUBSCRIPTION_NOT_ACTIVE)
async def on_a_device_before_the_contract_begins(scene: Scene) -> Input:
    return await of_held(scene, start_trigger="ON_FIXED_DATE", activated_on=world.day(3), expires_on=world.day(300))


@case("activateProduct", UserErrorCode.KEY_EXPIRED)
async def on_a_device_after_the_keys_own_day(scene: Scene) -> Input:
    subscription, _, _ = await world.held(scene.conn, scene.keyring, scene.account)
    _, given = await sublicense(scene, subscription, expires_on=world.day(-1))
    return given


@case("activateProduct", UserErrorCode.ACTIVATION_BLOCKED)
async def on_a_blocked_device(scene: Scene) -> Input:
    subscription, primary, _ = await world.held(scene.conn, scene.keyring, scene.account)
    await world.activation(scene.conn, scene.account, subscription, primary, DEVICE["deviceId"], status="BLOCKED")
    _, given = await sublicense(scene, subscription)
    return given


@case("activateProduct", UserErrorCode.NO_SEATS_AVAILABLE)
async def on_one_device_more(scene: Scene) -> Input:
    given = await of_held(scene, license_count=1)
    await scene.conn.execute("UPDATE license_keys SET used = 1")
    return given


@case("activateProduct", UserErrorCode.NO_SEATS_AVAILABLE)
async def beyond_the_quota_of_a_sublicense(scene: Scene) -> Input:
    subscription, _, _ = await world.held(scene.conn, scene.keyring, scene.account)
    _, given = await sublicense(scene, subscription, allocation="RESERVED", quota=2, used=2)
    return given


# revealLicenseKey


@case("revealLicenseKey")
async def to_an_administrator(scene: Scene) -> Input:
    _, primary, _ = await world.held(scene.conn, scene.keyring, scene.account)
    return {"licenseKeyId": scene.id("key", primary)}


@case("revealLicenseKey")
async def to_a_member_to_whom_it_was_granted(scene: Scene) -> Input:
    scene.to = "bob"
    _, primary, _ = await world.held(scene.conn, scene.keyring, scene.account)
    await world.grant(scene.conn, scene.account, scene.bob, primary)
    return {"licenseKeyId": scene.id("key", primary)}


@case("revealLicenseKey", UserErrorCode.LICENSE_KEY_NOT_FOUND)
async def to_others(scene: Scene) -> Input:
    other = await world.account(scene.conn)
    _, primary, _ = await world.held(scene.conn, scene.keyring, other)
    return {"licenseKeyId": scene.id("key", primary, other)}


@case("revealLicenseKey", UserErrorCode.FORBIDDEN)
async def to_a_member(scene: Scene) -> Input:
    scene.to = "bob"
    return await to_an_administrator(scene)
