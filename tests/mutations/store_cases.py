"""What the store writes."""

from typing import Any
from uuid import UUID

from db.errors import UserErrorCode
from db.license_key_custody import key_format
from tests import world
from tests.mutations.scenario import Input, Scene, case

STORE: Input = {"email": None, "name": None, "scopes": ["store:write"]}


def by_store(scene: Scene) -> None:
    scene.to, scene.claims = "store", STORE


async def sold(scene: Scene, **given: Any) -> Input:
    """Terms of a subscription with an item, issued into the account."""
    by_store(scene)
    await world.product(scene.conn, "toolbox")
    return {
        "accountId": scene.account_id,
        "number": "N-1",
        "productCode": "desktop",
        "licenseCount": 10,
        "termMonths": 12,
        "channel": "ONLINE_STORE",
        "startTrigger": "ON_PURCHASE",
        "items": [{"productCode": "toolbox", "quantity": 3}],
        **given,
    }


async def ordered(scene: Scene, **given: Any) -> Input:
    by_store(scene)
    return {
        "accountId": scene.account_id,
        "number": "O-1",
        "placedAt": "2026-06-15T09:00:00Z",
        "kind": "NEW",
        "status": "PENDING",
        "currency": "EUR",
        "lines": [{"productCode": "desktop", "quantity": 2, "unitPrice": "49.90"}],
        "total": "99.80",
        **given,
    }


async def order(scene: Scene, **values: Any) -> UUID:
    by_store(scene)
    return await world.order(scene.conn, scene.account, **values)


async def subscription(scene: Scene, **values: Any) -> UUID:
    by_store(scene)
    return await world.subscription(scene.conn, scene.account, **values)


async def renewed(scene: Scene, **values: Any) -> Input:
    """A renewal of a subscription by a paid order for it."""
    row = await subscription(scene, **values)
    bill = await order(scene, subscription_id=row, kind="RENEWAL")
    return {"subscriptionId": scene.id("sub", row), "orderId": scene.id("ord", bill), "paidOn": str(world.TODAY)}


async def registered(scene: Scene) -> tuple[UUID, str]:
    by_store(scene)
    _, license_key, key = await world.held(scene.conn, scene.keyring, scene.account)
    return license_key, key


# issueSubscription


@case("issueSubscription")
async def into_an_account(scene: Scene) -> Input:
    return await sold(scene)


@case("issueSubscription")
async def that_starts_at_once(scene: Scene) -> Input:
    return await sold(scene, startTrigger="ON_KEY_REGISTRATION", channel="RESELLER", autoRenewal=False)


@case("issueSubscription")
async def by_contract(scene: Scene) -> Input:
    return await sold(scene, startTrigger="ON_FIXED_DATE", startsOn="2026-07-01", channel="SALES_REP", items=[])


@case("issueSubscription")
async def to_nobody(scene: Scene) -> Input:
    given = await sold(scene, channel="RESELLER")
    del given["accountId"]
    return given


@case("issueSubscription", UserErrorCode.FORBIDDEN)
async def by_an_owner(scene: Scene) -> Input:
    given = await sold(scene)
    scene.to, scene.claims = "ada", {}
    return given


@case("issueSubscription", UserErrorCode.FORBIDDEN)
async def by_another_service(scene: Scene) -> Input:
    given = await sold(scene)
    scene.claims = {**STORE, "scopes": ["reporting:read"]}
    return given


@case("issueSubscription", UserErrorCode.PRODUCT_NOT_FOUND)
async def of_no_product(scene: Scene) -> Input:
    return await sold(scene, productCode="nothing")


@case("issueSubscription", UserErrorCode.PRODUCT_NOT_FOUND)
async def with_an_item_of_no_product(scene: Scene) -> Input:
    return await sold(scene, items=[{"productCode": "nothing", "quantity": 1}])


@case("issueSubscription", UserErrorCode.ACCOUNT_NOT_FOUND)
async def into_no_account(scene: Scene) -> Input:
    return await sold(scene, accountId=f"acc_{UUID(int=7)}")


@case("issueSubscription", UserErrorCode.ACCOUNT_KIND_MISMATCH)
async def of_a_product_for_persons(scene: Scene) -> Input:
    return await sold(scene, productCode=await world.product(scene.conn, "home", audience="PERSONAL"))


@case("issueSubscription", UserErrorCode.PRODUCT_LIMIT_REACHED)
async def one_more_than_there_may_be(scene: Scene) -> Input:
    product = await world.product(scene.conn, "enterprise", max_per_account=1)
    await world.subscription(scene.conn, scene.account, product)
    return await sold(scene, productCode=product)


@case("issueSubscription", UserErrorCode.DUPLICATE_NUMBER)
async def under_a_number_that_was_issued(scene: Scene) -> Input:
    await world.issue(scene.conn, scene.keyring, number="N-1")
    return await sold(scene)


@case("issueSubscription", UserErrorCode.DUPLICATE_NUMBER)
async def under_a_number_that_the_account_has(scene: Scene) -> Input:
    await world.subscription(scene.conn, scene.account, number="N-1")
    return await sold(scene)


# recordOrder


@case("recordOrder")
async def a_pending_order(scene: Scene) -> Input:
    return await ordered(scene, invoiceUrl="https://store.example.com/invoices/1.pdf")


@case("recordOrder")
async def a_paid_order_that_starts_a_subscription(scene: Scene) -> Input:
    row = await subscription(scene, activated_on=None, expires_on=None)
    card = await world.payment_method(scene.conn, scene.account)
    of = {"subscriptionId": scene.id("sub", row), "paymentMethodId": scene.id("pay", card)}
    return await ordered(scene, status="PAID", **of)


@case("recordOrder", UserErrorCode.FORBIDDEN)
async def an_order_by_its_owner(scene: Scene) -> Input:
    given = await ordered(scene)
    scene.to, scene.claims = "ada", {}
    return given


@case("recordOrder", UserErrorCode.ACCOUNT_NOT_FOUND)
async def an_order_of_nobody(scene: Scene) -> Input:
    return await ordered(scene, accountId=f"acc_{UUID(int=7)}")


@case("recordOrder", UserErrorCode.SUBSCRIPTION_NOT_FOUND)
async def for_a_subscription_elsewhere(scene: Scene) -> Input:
    account = await world.account(scene.conn)
    row = await world.subscription(scene.conn, account)
    return await ordered(scene, subscriptionId=scene.id("sub", row, account))


@case("recordOrder", UserErrorCode.PAYMENT_METHOD_NOT_FOUND)
async def paid_by_somebody_else(scene: Scene) -> Input:
    account = await world.account(scene.conn)
    return await ordered(
        scene, paymentMethodId=scene.id("pay", await world.payment_method(scene.conn, account), account)
    )


@case("recordOrder", UserErrorCode.PRODUCT_NOT_FOUND)
async def an_order_of_no_product(scene: Scene) -> Input:
    return await ordered(scene, lines=[{"productCode": "nothing", "quantity": 2, "unitPrice": "49.90"}])


@case("recordOrder", UserErrorCode.DUPLICATE_NUMBER)
async def an_order_again(scene: Scene) -> Input:
    await order(scene, number="O-1")
    return await ordered(scene)


@case("recordOrder", UserErrorCode.AMOUNT_MISMATCH)
async def an_order_that_does_not_add_up(scene: Scene) -> Input:
    return await ordered(scene, total="99.8001")


# setOrderStatus


@case("setOrderStatus")
async def money_that_arrived(scene: Scene) -> Input:
    return {"orderId": scene.id("ord", await order(scene, status="AUTHORIZED")), "status": "PAID"}


@case("setOrderStatus")
async def money_that_went_back(scene: Scene) -> Input:
    return {"orderId": scene.id("ord", await order(scene)), "status": "REFUNDED"}


@case("setOrderStatus", UserErrorCode.FORBIDDEN)
async def a_status_by_the_owner(scene: Scene) -> Input:
    given = await money_that_arrived(scene)
    scene.to, scene.claims = "ada", {}
    return given


@case("setOrderStatus", UserErrorCode.ORDER_NOT_FOUND)
async def a_status_of_no_order(scene: Scene) -> Input:
    by_store(scene)
    return {"orderId": scene.id("ord", UUID(int=7)), "status": "PAID"}


# recordRenewal


@case("recordRenewal")
async def by_an_order(scene: Scene) -> Input:
    return await renewed(scene)


@case("recordRenewal")
async def without_an_order(scene: Scene) -> Input:
    row = await subscription(scene, channel="APP_STORE", auto_renewal="NOT_AVAILABLE")
    given = {"subscriptionId": scene.id("sub", row), "paidOn": str(world.TODAY)}
    return {**given, "idempotencyKey": "what the app store calls it"}


@case("recordRenewal", UserErrorCode.FORBIDDEN)
async def a_renewal_by_the_owner(scene: Scene) -> Input:
    given = await renewed(scene)
    scene.to, scene.claims = "ada", {}
    return given


@case("recordRenewal", UserErrorCode.SUBSCRIPTION_NOT_FOUND)
async def a_renewal_of_nothing(scene: Scene) -> Input:
    return {**await renewed(scene), "subscriptionId": scene.id("sub", UUID(int=7))}


@case("recordRenewal", UserErrorCode.ORDER_NOT_FOUND)
async def by_an_order_for_another_subscription(scene: Scene) -> Input:
    bill = await order(scene, kind="RENEWAL", subscription_id=await subscription(scene))
    return {**await renewed(scene), "orderId": scene.id("ord", bill)}


@case("recordRenewal", UserErrorCode.ORDER_NOT_FOUND)
async def by_an_order_of_another_account(scene: Scene) -> Input:
    account = await world.account(scene.conn)
    bill = await world.order(scene.conn, account, await world.subscription(scene.conn, account), kind="RENEWAL")
    return {**await renewed(scene), "orderId": scene.id("ord", bill, account)}


@case("recordRenewal", UserErrorCode.ORDER_NOT_FOUND)
async def by_the_purchase(scene: Scene) -> Input:
    row = await subscription(scene)
    bill = await order(scene, subscription_id=row)
    given = {"subscriptionId": scene.id("sub", row), "orderId": scene.id("ord", bill)}
    return {**given, "paidOn": str(world.TODAY)}


@case("recordRenewal", UserErrorCode.RENEWAL_NOT_AVAILABLE)
async def of_a_trial(scene: Scene) -> Input:
    return await renewed(scene, is_trial=True, auto_renewal="NOT_AVAILABLE")


@case("recordRenewal", UserErrorCode.RENEWAL_NOT_AVAILABLE)
async def of_what_has_no_end(scene: Scene) -> Input:
    return await renewed(scene, term_months=0, expires_on=None, auto_renewal="NOT_AVAILABLE")


@case("recordRenewal", UserErrorCode.RENEWAL_NOT_AVAILABLE)
async def of_what_has_not_begun(scene: Scene) -> Input:
    return await renewed(scene, activated_on=None, expires_on=None)


@case("recordRenewal", UserErrorCode.RENEWAL_NOT_AVAILABLE)
async def by_an_order_that_is_not_paid(scene: Scene) -> Input:
    row = await subscription(scene)
    bill = await order(scene, subscription_id=row, kind="RENEWAL", status="AUTHORIZED")
    given = {"subscriptionId": scene.id("sub", row), "orderId": scene.id("ord", bill)}
    return {**given, "paidOn": str(world.TODAY)}


# blockLicenseKey


@case("blockLicenseKey")
async def by_its_text(scene: Scene) -> Input:
    return {"key": (await registered(scene))[1], "reason": "leaked"}


@case("blockLicenseKey")
async def by_its_id(scene: Scene) -> Input:
    return {"licenseKeyId": scene.id("key", (await registered(scene))[0]), "reason": "leaked"}


@case("blockLicenseKey")
async def a_block_of_what_nobody_has(scene: Scene) -> Input:
    by_store(scene)
    return {"key": await world.issue(scene.conn, scene.keyring), "reason": "leaked"}


@case("blockLicenseKey", UserErrorCode.FORBIDDEN)
async def a_block_by_the_owner(scene: Scene) -> Input:
    given = await by_its_id(scene)
    scene.to, scene.claims = "ada", {}
    return given


@case("blockLicenseKey", UserErrorCode.LICENSE_KEY_NOT_FOUND)
async def a_block_of_nothing(scene: Scene) -> Input:
    by_store(scene)
    return {"licenseKeyId": scene.id("key", UUID(int=7)), "reason": "leaked"}


@case("blockLicenseKey", UserErrorCode.KEY_MALFORMED)
async def a_block_of_what_is_no_key(scene: Scene) -> Input:
    by_store(scene)
    return {"key": "no key", "reason": "leaked"}


@case("blockLicenseKey", UserErrorCode.KEY_NOT_FOUND)
async def a_block_of_what_nobody_issued(scene: Scene) -> Input:
    by_store(scene)
    return {"key": key_format.generate(), "reason": "leaked"}
