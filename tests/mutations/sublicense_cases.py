"""Keys split off a subscription, changed, deleted, rotated, named and put in members' hands."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from db.errors import UserErrorCode
from tests import world
from tests.mutations.scenario import Input, Scene, case


@dataclass(frozen=True, slots=True)
class Held:
    """A subscription of ten licences with its primary key and one sublicence."""

    subscription: UUID
    primary: UUID
    sublicense: UUID
    account: UUID

    def id(self, row: UUID) -> str:
        return f"key_{self.account}_{row}"


async def split(scene: Scene, account: UUID | None = None, /, *, used: int = 0, **values: Any) -> Held:
    """RESERVED for three devices, of which so many are there; `terms` are the subscription's."""
    owner = account or scene.account
    terms = values.pop("terms", {})
    subscription, primary, _ = await world.held(scene.conn, scene.keyring, owner, **terms)
    given = {"name": "Design", "allocation": "RESERVED", "quota": 3, "used": used, **values}
    sublicense = await world.license_key(scene.conn, owner, subscription, **given)
    await world.index_key(scene.conn, scene.keyring, (owner, subscription, sublicense), "SUBLICENSE")
    for number in range(used):
        await world.activation(scene.conn, owner, subscription, sublicense, f"device-{number}")
    return Held(subscription, primary, sublicense, owner)


async def key(scene: Scene, account: UUID | None = None, /, **values: Any) -> Input:
    held = await split(scene, account, **values)
    return {"licenseKeyId": held.id(held.sublicense)}


async def primary(scene: Scene) -> Input:
    held = await split(scene)
    return {"licenseKeyId": held.id(held.primary)}


async def elsewhere(scene: Scene) -> Input:
    return await key(scene, await world.account(scene.conn))


async def by_its_own_administrator(scene: Scene) -> Input:
    """Who is not one of the account's."""
    scene.to = "bob"
    held = await split(scene)
    await world.grant(scene.conn, scene.account, scene.bob, held.sublicense)
    return {"licenseKeyId": held.id(held.sublicense)}


async def by_a_member(scene: Scene) -> Input:
    scene.to = "bob"
    return await key(scene)


EXPIRED: dict[str, Any] = {"terms": {"expires_on": world.day(-40)}}

# createSublicense

TEAM: Input = {"name": " Sales ", "allocation": "RESERVED", "quota": 3}


async def of(scene: Scene, product: str = "desktop", **terms: Any) -> Input:
    subscription, _, _ = await world.held(scene.conn, scene.keyring, scene.account, product, **terms)
    return {"subscriptionId": scene.id("sub", subscription), **TEAM}


@case("createSublicense")
async def reserved(scene: Scene) -> Input:
    return {**await of(scene), "quota": 10, "expiresOn": str(world.day(100))}


@case("createSublicense")
async def dynamic_in_grace(scene: Scene) -> Input:
    card = await world.payment_method(scene.conn, scene.account)
    terms: dict[str, Any] = {"auto_renewal": "ON", "payment_method_id": card, "expires_on": world.day(-1)}
    return {**await of(scene, **terms), "allocation": "DYNAMIC", "quota": 20}


@case("createSublicense", UserErrorCode.SUBSCRIPTION_NOT_FOUND)
async def of_a_subscription_of_others(scene: Scene) -> Input:
    other = await world.account(scene.conn)
    return {"subscriptionId": scene.id("sub", await world.subscription(scene.conn, other), other), **TEAM}


@case("createSublicense", UserErrorCode.FORBIDDEN)
async def split_by_a_member(scene: Scene) -> Input:
    scene.to = "bob"
    return await of(scene)


@case("createSublicense", UserErrorCode.SUBSCRIPTION_NOT_ACTIVE)
async def of_an_expired_subscription(scene: Scene) -> Input:
    return await of(scene, expires_on=world.day(-1))


@case("createSublicense", UserErrorCode.SUBSCRIPTION_NOT_ACTIVE)
async def of_a_pending_subscription(scene: Scene) -> Input:
    return await of(scene, activated_on=None)


@case("createSublicense", UserErrorCode.SUBLICENSES_NOT_SUPPORTED)
async def of_a_product_that_is_not_split(scene: Scene) -> Input:
    return await of(scene, await world.product(scene.conn, "home", sublicenses_supported=False))


@case("createSublicense", UserErrorCode.ALLOCATION_NOT_SUPPORTED)
async def dynamic_where_all_is_reserved(scene: Scene) -> Input:
    product = await world.product(scene.conn, "mobile", dynamic_allocation_supported=False)
    return {**await of(scene, product), "allocation": "DYNAMIC"}


@case("createSublicense", UserErrorCode.QUOTA_INVALID)
async def for_nobody(scene: Scene) -> Input:
    return {**await of(scene), "quota": 0}


@case("createSublicense", UserErrorCode.QUOTA_EXCEEDS_POOL)
async def for_more_than_there_are(scene: Scene) -> Input:
    return {**await of(scene), "quota": 11}


@case("createSublicense", UserErrorCode.EXPIRATION_IN_PAST)
async def until_yesterday(scene: Scene) -> Input:
    return {**await of(scene), "expiresOn": str(world.day(-1))}


@case("createSublicense", UserErrorCode.EXPIRATION_AFTER_SUBSCRIPTION)
async def beyond_the_subscription(scene: Scene) -> Input:
    return {**await of(scene), "expiresOn": str(world.day(101))}


# updateSublicense


@case("updateSublicense")
async def to_more_seats(scene: Scene) -> Input:
    return {**await key(scene), "quota": 10}


@case("updateSublicense")
async def to_another_way_and_no_end_of_its_own(scene: Scene) -> Input:
    return {**await key(scene, expires_on=world.day(3)), "allocation": "DYNAMIC", "expiresOn": None}


@case("updateSublicense", UserErrorCode.LICENSE_KEY_NOT_FOUND)
async def updated_elsewhere(scene: Scene) -> Input:
    return {**await elsewhere(scene), "quota": 4}


@case("updateSublicense", UserErrorCode.FORBIDDEN)
async def updated_by_a_key_admin(scene: Scene) -> Input:
    return {**await by_its_own_administrator(scene), "quota": 4}


@case("updateSublicense", UserErrorCode.SUBSCRIPTION_NOT_ACTIVE)
async def updated_too_late(scene: Scene) -> Input:
    return {**await key(scene, **EXPIRED), "quota": 4}


@case("updateSublicense", UserErrorCode.ALLOCATION_NOT_SUPPORTED)
async def to_dynamic_where_all_is_reserved(scene: Scene) -> Input:
    await scene.conn.execute("UPDATE products SET dynamic_allocation_supported = false")
    return {**await key(scene), "allocation": "DYNAMIC"}


@case("updateSublicense", UserErrorCode.CANNOT_MODIFY_PRIMARY)
async def of_the_primary_key(scene: Scene) -> Input:
    return {**await primary(scene), "quota": 4}


@case("updateSublicense", UserErrorCode.QUOTA_INVALID)
async def to_less_than_nothing(scene: Scene) -> Input:
    return {**await key(scene), "quota": -1}


@case("updateSublicense", UserErrorCode.QUOTA_BELOW_USED)
async def to_less_than_is_used(scene: Scene) -> Input:
    return {**await key(scene, used=3), "quota": 2}


@case("updateSublicense", UserErrorCode.QUOTA_EXCEEDS_POOL)
async def to_more_than_there_are(scene: Scene) -> Input:
    return {**await key(scene), "quota": 11}


@case("updateSublicense", UserErrorCode.EXPIRATION_IN_PAST)
async def to_yesterday(scene: Scene) -> Input:
    return {**await key(scene), "expiresOn": str(world.day(-1))}


@case("updateSublicense", UserErrorCode.EXPIRATION_AFTER_SUBSCRIPTION)
async def to_beyond_the_subscription(scene: Scene) -> Input:
    return {**await key(scene), "expiresOn": str(world.day(101))}


# deleteSublicense


@case("deleteSublicense")
async def without_devices(scene: Scene) -> Input:
    return await key(scene)


@case("deleteSublicense")
async def with_devices_for_the_primary_key(scene: Scene) -> Input:
    held = await split(scene, used=3)
    return {"licenseKeyId": held.id(held.sublicense), "moveToLicenseKeyId": held.id(held.primary)}


@case("deleteSublicense", UserErrorCode.LICENSE_KEY_NOT_FOUND)
async def deleted_elsewhere(scene: Scene) -> Input:
    return await elsewhere(scene)


@case("deleteSublicense", UserErrorCode.LICENSE_KEY_NOT_FOUND)
async def with_devices_for_another_subscription(scene: Scene) -> Input:
    other = await split(scene)
    return {**await key(scene, used=1), "moveToLicenseKeyId": other.id(other.primary)}


@case("deleteSublicense", UserErrorCode.FORBIDDEN)
async def deleted_by_a_key_admin(scene: Scene) -> Input:
    return await by_its_own_administrator(scene)


@case("deleteSublicense", UserErrorCode.SUBSCRIPTION_NOT_ACTIVE)
async def deleted_too_late(scene: Scene) -> Input:
    return await key(scene, **EXPIRED)


@case("deleteSublicense", UserErrorCode.CANNOT_MODIFY_PRIMARY)
async def deleting_the_primary_key(scene: Scene) -> Input:
    return await primary(scene)


async def moving_to(scene: Scene, **values: Any) -> Input:
    """From the sublicence of three devices to another one like this."""
    held = await split(scene, used=3)
    given = {"allocation": "RESERVED", "quota": 3, **values}
    target = await world.license_key(scene.conn, scene.account, held.subscription, **given)
    return {"licenseKeyId": held.id(held.sublicense), "moveToLicenseKeyId": held.id(target)}


@case("deleteSublicense", UserErrorCode.KEY_EXPIRED)
async def with_devices_for_an_expired_key(scene: Scene) -> Input:
    return await moving_to(scene, expires_on=world.day(-1))


@case("deleteSublicense", UserErrorCode.KEY_BLOCKED)
async def with_devices_for_a_blocked_key(scene: Scene) -> Input:
    return await moving_to(scene, blocked_at=world.NOW)


@case("deleteSublicense", UserErrorCode.KEY_IN_USE)
async def with_devices_for_no_key(scene: Scene) -> Input:
    return await key(scene, used=1)


@case("deleteSublicense", UserErrorCode.NO_SEATS_AVAILABLE)
async def with_devices_for_a_small_key(scene: Scene) -> Input:
    return await moving_to(scene, quota=2)


# rotateSublicense


@case("rotateSublicense")
async def with_devices(scene: Scene) -> Input:
    return await key(scene, used=2)


@case("rotateSublicense", UserErrorCode.LICENSE_KEY_NOT_FOUND)
async def rotated_elsewhere(scene: Scene) -> Input:
    return await elsewhere(scene)


@case("rotateSublicense", UserErrorCode.FORBIDDEN)
async def rotated_by_a_key_admin(scene: Scene) -> Input:
    return await by_its_own_administrator(scene)


@case("rotateSublicense", UserErrorCode.SUBSCRIPTION_NOT_ACTIVE)
async def rotated_too_late(scene: Scene) -> Input:
    return await key(scene, **EXPIRED)


@case("rotateSublicense", UserErrorCode.CANNOT_MODIFY_PRIMARY)
async def rotating_the_primary_key(scene: Scene) -> Input:
    return await primary(scene)


@case("rotateSublicense", UserErrorCode.KEY_BLOCKED)
async def rotating_a_blocked_key(scene: Scene) -> Input:
    return await key(scene, blocked_at=world.NOW)


# renameLicenseKey


@case("renameLicenseKey")
async def of_an_expired_subscriptions_primary_key(scene: Scene) -> Input:
    held = await split(scene, **EXPIRED)
    return {"licenseKeyId": held.id(held.primary), "name": " Everybody "}


@case("renameLicenseKey")
async def named_by_its_own_administrator(scene: Scene) -> Input:
    return {**await by_its_own_administrator(scene), "name": "Bob's"}


@case("renameLicenseKey", UserErrorCode.LICENSE_KEY_NOT_FOUND)
async def named_elsewhere(scene: Scene) -> Input:
    return {**await elsewhere(scene), "name": "Ours"}


@case("renameLicenseKey", UserErrorCode.FORBIDDEN)
async def named_by_a_member(scene: Scene) -> Input:
    return {**await by_a_member(scene), "name": "Mine"}


# setLicenseKeyAdmins


async def administered_by(scene: Scene, membership: UUID, account: UUID | None = None) -> Input:
    return {**await key(scene), "membershipIds": [scene.id("mem", membership, account)]}


@case("setLicenseKeyAdmins")
async def by_bob(scene: Scene) -> Input:
    return await administered_by(scene, scene.bob)


@case("setLicenseKeyAdmins")
async def by_bob_no_more(scene: Scene) -> Input:
    held = await split(scene)
    await world.grant(scene.conn, scene.account, scene.bob, held.sublicense)
    return {"licenseKeyId": held.id(held.sublicense), "membershipIds": []}


@case("setLicenseKeyAdmins", UserErrorCode.LICENSE_KEY_NOT_FOUND)
async def administered_elsewhere(scene: Scene) -> Input:
    return {**await elsewhere(scene), "membershipIds": []}


@case("setLicenseKeyAdmins", UserErrorCode.FORBIDDEN)
async def given_by_a_key_admin(scene: Scene) -> Input:
    return {**await by_its_own_administrator(scene), "membershipIds": []}


@case("setLicenseKeyAdmins", UserErrorCode.MEMBERSHIP_NOT_FOUND)
async def administered_by_a_stranger(scene: Scene) -> Input:
    other = await world.account(scene.conn)
    return await administered_by(scene, await world.member(scene.conn, other, None, status="INVITED", email="x"), other)


@case("setLicenseKeyAdmins", UserErrorCode.MEMBERSHIP_NOT_FOUND)
async def administered_by_who_is_only_invited(scene: Scene) -> Input:
    invited = {"status": "INVITED", "email": "new@example.com"}
    return await administered_by(scene, await world.member(scene.conn, scene.account, None, "MEMBER", **invited))


@case("setLicenseKeyAdmins", UserErrorCode.MEMBER_IS_ADMIN)
async def administered_by_an_owner(scene: Scene) -> Input:
    ada = await scene.conn.fetchval(
        "SELECT id FROM memberships WHERE role = 'OWNER' AND account_id = $1", scene.account
    )
    return await administered_by(scene, ada)


@case("setLicenseKeyAdmins", UserErrorCode.MEMBER_BLOCKED)
async def administered_by_a_blocked_member(scene: Scene) -> Input:
    await scene.conn.execute("UPDATE memberships SET status = 'BLOCKED' WHERE id = $1", scene.bob)
    return await administered_by(scene, scene.bob)
