"""Keys registered, activated and revealed."""

from typing import Any

from db import key_format
from db.errors import UserErrorCode
from tests import world
from tests.mutations.scene import Input, Scene, case


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
    terms: dict[str, Any] = {"allocation": "RESERVED", "quota": 3}
    sublicense = await world.license_key(scene.conn, scene.account, subscription, **terms)
    of = (scene.account, subscription, sublicense)
    return {
        "accountId": scene.account_id,
        "key": await world.index_key(scene.conn, scene.keyring, of, "SUBLICENSE"),
    }


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
