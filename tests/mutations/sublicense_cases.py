"""Keys split off a subscription, changed, deleted, rotated, named and put in members' hands."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from db.user_errors import UserErrorCode
from tests import world
from tests.mutations.scenario import CaseRegistry, Input, Scenario

CASES = CaseRegistry()
case = CASES.register


@dataclass(frozen=True, slots=True)
class SplitSubscription:
    """A subscription of ten licences with its primary key and one sublicence."""

    subscription: UUID
    primary: UUID
    sublicense: UUID
    account: UUID

    def id(self, row: UUID) -> str:
        return f"key_{self.account}_{row}"


async def split(
    scenario: Scenario, account: UUID | None = None, /, *, used: int = 0, **values: Any
) -> SplitSubscription:
    """RESERVED for three devices, of which so many are there; `terms` are the subscription's."""
    owner = account or scenario.account
    terms = values.pop("terms", {})
    subscription, primary, _ = await world.held(scenario.conn, scenario.keyring, owner, **terms)
    given = {"name": "Design", "allocation": "RESERVED", "quota": 3, "used": used, **values}
    sublicense = await world.license_key(scenario.conn, owner, subscription, **given)
    await world.index_key(scenario.conn, scenario.keyring, (owner, subscription, sublicense), "SUBLICENSE")
    for number in range(used):
        await world.activation(scenario.conn, owner, subscription, sublicense, f"device-{number}")
    return SplitSubscription(subscription, primary, sublicense, owner)


async def key(scenario: Scenario, account: UUID | None = None, /, **values: Any) -> Input:
    held = await split(scenario, account, **values)
    return {"licenseKeyId": held.id(held.sublicense)}


async def primary(scenario: Scenario) -> Input:
    held = await split(scenario)
    return {"licenseKeyId": held.id(held.primary)}


async def elsewhere(scenario: Scenario) -> Input:
    return await key(scenario, await world.account(scenario.conn))


async def by_its_own_administrator(scenario: Scenario) -> Input:
    """Who is not one of the account's."""
    scenario.to = "bob"
    held = await split(scenario)
    await world.grant(scenario.conn, scenario.account, scenario.bob, held.sublicense)
    return {"licenseKeyId": held.id(held.sublicense)}


async def by_a_member(scenario: Scenario) -> Input:
    scenario.to = "bob"
    return await key(scenario)


EXPIRED: dict[str, Any] = {"terms": {"expires_on": world.day(-40)}}

# createSublicense

TEAM: Input = {"name": " Sales ", "allocation": "RESERVED", "quota": 3}


async def of(scenario: Scenario, product: str = "desktop", **terms: Any) -> Input:
    subscription, _, _ = await world.held(scenario.conn, scenario.keyring, scenario.account, product, **terms)
    return {"subscriptionId": scenario.id("sub", subscription), **TEAM}


@case("createSublicense")
async def reserved(scenario: Scenario) -> Input:
    return {**await of(scenario), "quota": 10, "expiresOn": str(world.day(100))}


@case("createSublicense")
async def dynamic_in_grace(scenario: Scenario) -> Input:
    card = await world.payment_method(scenario.conn, scenario.account)
    terms: dict[str, Any] = {"auto_renewal": "ON", "payment_method_id": card, "expires_on": world.day(-1)}
    return {**await of(scenario, **terms), "allocation": "DYNAMIC", "quota": 20}


@case("createSublicense", UserErrorCode.SUBSCRIPTION_NOT_FOUND)
async def of_a_subscription_of_others(scenario: Scenario) -> Input:
    other = await world.account(scenario.conn)
    return {"subscriptionId": scenario.id("sub", await world.subscription(scenario.conn, other), other), **TEAM}


@case("createSublicense", UserErrorCode.FORBIDDEN)
async def split_by_a_member(scenario: Scenario) -> Input:
    scenario.to = "bob"
    return await of(scenario)


@case("createSublicense", UserErrorCode.SUBSCRIPTION_NOT_ACTIVE)
async def of_an_expired_subscription(scenario: Scenario) -> Input:
    return await of(scenario, expires_on=world.day(-1))


@case("createSublicense", UserErrorCode.SUBSCRIPTION_NOT_ACTIVE)
async def of_a_pending_subscription(scenario: Scenario) -> Input:
    return await of(scenario, activated_on=None)


@case("createSublicense", UserErrorCode.SUBLICENSES_NOT_SUPPORTED)
async def of_a_product_that_is_not_split(scenario: Scenario) -> Input:
    return await of(scenario, await world.product(scenario.conn, "home", sublicenses_supported=False))


@case("createSublicense", UserErrorCode.ALLOCATION_NOT_SUPPORTED)
async def dynamic_where_all_is_reserved(scenario: Scenario) -> Input:
    product = await world.product(scenario.conn, "mobile", dynamic_allocation_supported=False)
    return {**await of(scenario, product), "allocation": "DYNAMIC"}


@case("createSublicense", UserErrorCode.QUOTA_INVALID)
async def for_nobody(scenario: Scenario) -> Input:
    return {**await of(scenario), "quota": 0}


@case("createSublicense", UserErrorCode.QUOTA_EXCEEDS_POOL)
async def for_more_than_there_are(scenario: Scenario) -> Input:
    return {**await of(scenario), "quota": 11}


@case("createSublicense", UserErrorCode.EXPIRATION_IN_PAST)
async def until_yesterday(scenario: Scenario) -> Input:
    return {**await of(scenario), "expiresOn": str(world.day(-1))}


@case("createSublicense", UserErrorCode.EXPIRATION_AFTER_SUBSCRIPTION)
async def beyond_the_subscription(scenario: Scenario) -> Input:
    return {**await of(scenario), "expiresOn": str(world.day(101))}


# updateSublicense


@case("updateSublicense")
async def to_more_seats(scenario: Scenario) -> Input:
    return {**await key(scenario), "quota": 10}


@case("updateSublicense")
async def to_another_way_and_no_end_of_its_own(scenario: Scenario) -> Input:
    return {**await key(scenario, expires_on=world.day(3)), "allocation": "DYNAMIC", "expiresOn": None}


@case("updateSublicense", UserErrorCode.LICENSE_KEY_NOT_FOUND)
async def updated_elsewhere(scenario: Scenario) -> Input:
    return {**await elsewhere(scenario), "quota": 4}


@case("updateSublicense", UserErrorCode.FORBIDDEN)
async def updated_by_a_key_admin(scenario: Scenario) -> Input:
    return {**await by_its_own_administrator(scenario), "quota": 4}


@case("updateSublicense", UserErrorCode.SUBSCRIPTION_NOT_ACTIVE)
async def updated_too_late(scenario: Scenario) -> Input:
    return {**await key(scenario, **EXPIRED), "quota": 4}


@case("updateSublicense", UserErrorCode.ALLOCATION_NOT_SUPPORTED)
async def to_dynamic_where_all_is_reserved(scenario: Scenario) -> Input:
    await scenario.conn.execute("UPDATE products SET dynamic_allocation_supported = false")
    return {**await key(scenario), "allocation": "DYNAMIC"}


@case("updateSublicense", UserErrorCode.CANNOT_MODIFY_PRIMARY)
async def of_the_primary_key(scenario: Scenario) -> Input:
    return {**await primary(scenario), "quota": 4}


@case("updateSublicense", UserErrorCode.QUOTA_INVALID)
async def to_less_than_nothing(scenario: Scenario) -> Input:
    return {**await key(scenario), "quota": -1}


@case("updateSublicense", UserErrorCode.QUOTA_BELOW_USED)
async def to_less_than_is_used(scenario: Scenario) -> Input:
    return {**await key(scenario, used=3), "quota": 2}


@case("updateSublicense", UserErrorCode.QUOTA_EXCEEDS_POOL)
async def to_more_than_there_are(scenario: Scenario) -> Input:
    return {**await key(scenario), "quota": 11}


@case("updateSublicense", UserErrorCode.EXPIRATION_IN_PAST)
async def to_yesterday(scenario: Scenario) -> Input:
    return {**await key(scenario), "expiresOn": str(world.day(-1))}


@case("updateSublicense", UserErrorCode.EXPIRATION_AFTER_SUBSCRIPTION)
async def to_beyond_the_subscription(scenario: Scenario) -> Input:
    return {**await key(scenario), "expiresOn": str(world.day(101))}


# deleteSublicense


@case("deleteSublicense")
async def without_devices(scenario: Scenario) -> Input:
    return await key(scenario)


@case("deleteSublicense")
async def with_devices_for_the_primary_key(scenario: Scenario) -> Input:
    held = await split(scenario, used=3)
    return {"licenseKeyId": held.id(held.sublicense), "moveToLicenseKeyId": held.id(held.primary)}


@case("deleteSublicense", UserErrorCode.LICENSE_KEY_NOT_FOUND)
async def deleted_elsewhere(scenario: Scenario) -> Input:
    return await elsewhere(scenario)


@case("deleteSublicense", UserErrorCode.LICENSE_KEY_NOT_FOUND)
async def with_devices_for_another_subscription(scenario: Scenario) -> Input:
    other = await split(scenario)
    return {**await key(scenario, used=1), "moveToLicenseKeyId": other.id(other.primary)}


@case("deleteSublicense", UserErrorCode.FORBIDDEN)
async def deleted_by_a_key_admin(scenario: Scenario) -> Input:
    return await by_its_own_administrator(scenario)


@case("deleteSublicense", UserErrorCode.SUBSCRIPTION_NOT_ACTIVE)
async def deleted_too_late(scenario: Scenario) -> Input:
    return await key(scenario, **EXPIRED)


@case("deleteSublicense", UserErrorCode.CANNOT_MODIFY_PRIMARY)
async def deleting_the_primary_key(scenario: Scenario) -> Input:
    return await primary(scenario)


async def moving_to(scenario: Scenario, **values: Any) -> Input:
    """From the sublicence of three devices to another one like this."""
    held = await split(scenario, used=3)
    given = {"allocation": "RESERVED", "quota": 3, **values}
    target = await world.license_key(scenario.conn, scenario.account, held.subscription, **given)
    return {"licenseKeyId": held.id(held.sublicense), "moveToLicenseKeyId": held.id(target)}


@case("deleteSublicense", UserErrorCode.KEY_EXPIRED)
async def with_devices_for_an_expired_key(scenario: Scenario) -> Input:
    return await moving_to(scenario, expires_on=world.day(-1))


@case("deleteSublicense", UserErrorCode.KEY_BLOCKED)
async def with_devices_for_a_blocked_key(scenario: Scenario) -> Input:
    return await moving_to(scenario, blocked_at=world.NOW)


@case("deleteSublicense", UserErrorCode.KEY_IN_USE)
async def with_devices_for_no_key(scenario: Scenario) -> Input:
    return await key(scenario, used=1)


@case("deleteSublicense", UserErrorCode.NO_SEATS_AVAILABLE)
async def with_devices_for_a_small_key(scenario: Scenario) -> Input:
    return await moving_to(scenario, quota=2)


# rotateSublicense


@case("rotateSublicense")
async def with_devices(scenario: Scenario) -> Input:
    return await key(scenario, used=2)


@case("rotateSublicense", UserErrorCode.LICENSE_KEY_NOT_FOUND)
async def rotated_elsewhere(scenario: Scenario) -> Input:
    return await elsewhere(scenario)


@case("rotateSublicense", UserErrorCode.FORBIDDEN)
async def rotated_by_a_key_admin(scenario: Scenario) -> Input:
    return await by_its_own_administrator(scenario)


@case("rotateSublicense", UserErrorCode.SUBSCRIPTION_NOT_ACTIVE)
async def rotated_too_late(scenario: Scenario) -> Input:
    return await key(scenario, **EXPIRED)


@case("rotateSublicense", UserErrorCode.CANNOT_MODIFY_PRIMARY)
async def rotating_the_primary_key(scenario: Scenario) -> Input:
    return await primary(scenario)


@case("rotateSublicense", UserErrorCode.KEY_BLOCKED)
async def rotating_a_blocked_key(scenario: Scenario) -> Input:
    return await key(scenario, blocked_at=world.NOW)


# renameLicenseKey


@case("renameLicenseKey")
async def of_an_expired_subscriptions_primary_key(scenario: Scenario) -> Input:
    held = await split(scenario, **EXPIRED)
    return {"licenseKeyId": held.id(held.primary), "name": " Everybody "}


@case("renameLicenseKey")
async def named_by_its_own_administrator(scenario: Scenario) -> Input:
    return {**await by_its_own_administrator(scenario), "name": "Bob's"}


@case("renameLicenseKey", UserErrorCode.LICENSE_KEY_NOT_FOUND)
async def named_elsewhere(scenario: Scenario) -> Input:
    return {**await elsewhere(scenario), "name": "Ours"}


@case("renameLicenseKey", UserErrorCode.FORBIDDEN)
async def named_by_a_member(scenario: Scenario) -> Input:
    return {**await by_a_member(scenario), "name": "Mine"}


# setLicenseKeyAdmins


async def administered_by(scenario: Scenario, membership: UUID, account: UUID | None = None) -> Input:
    return {**await key(scenario), "membershipIds": [scenario.id("mem", membership, account)]}


@case("setLicenseKeyAdmins")
async def by_bob(scenario: Scenario) -> Input:
    return await administered_by(scenario, scenario.bob)


@case("setLicenseKeyAdmins")
async def by_bob_no_more(scenario: Scenario) -> Input:
    held = await split(scenario)
    await world.grant(scenario.conn, scenario.account, scenario.bob, held.sublicense)
    return {"licenseKeyId": held.id(held.sublicense), "membershipIds": []}


@case("setLicenseKeyAdmins", UserErrorCode.LICENSE_KEY_NOT_FOUND)
async def administered_elsewhere(scenario: Scenario) -> Input:
    return {**await elsewhere(scenario), "membershipIds": []}


@case("setLicenseKeyAdmins", UserErrorCode.FORBIDDEN)
async def given_by_a_key_admin(scenario: Scenario) -> Input:
    return {**await by_its_own_administrator(scenario), "membershipIds": []}


@case("setLicenseKeyAdmins", UserErrorCode.MEMBERSHIP_NOT_FOUND)
async def administered_by_a_stranger(scenario: Scenario) -> Input:
    other = await world.account(scenario.conn)
    return await administered_by(
        scenario, await world.member(scenario.conn, other, None, status="INVITED", email="x"), other
    )


@case("setLicenseKeyAdmins", UserErrorCode.MEMBERSHIP_NOT_FOUND)
async def administered_by_who_is_only_invited(scenario: Scenario) -> Input:
    invited = {"status": "INVITED", "email": "new@example.com"}
    return await administered_by(
        scenario, await world.member(scenario.conn, scenario.account, None, "MEMBER", **invited)
    )


@case("setLicenseKeyAdmins", UserErrorCode.MEMBER_IS_ADMIN)
async def administered_by_an_owner(scenario: Scenario) -> Input:
    ada = await scenario.conn.fetchval(
        "SELECT id FROM memberships WHERE role = 'OWNER' AND account_id = $1", scenario.account
    )
    return await administered_by(scenario, ada)


@case("setLicenseKeyAdmins", UserErrorCode.MEMBER_BLOCKED)
async def administered_by_a_blocked_member(scenario: Scenario) -> Input:
    await scenario.conn.execute("UPDATE memberships SET status = 'BLOCKED' WHERE id = $1", scenario.bob)
    return await administered_by(scenario, scenario.bob)
