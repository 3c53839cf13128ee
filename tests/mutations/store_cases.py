"""What the store writes."""

from typing import Any
from uuid import UUID

from db.license_key_custody import key_format
from db.user_errors import UserErrorCode
from tests import world
from tests.mutations.scenario import CaseRegistry, Input, Scenario

CASES = CaseRegistry()
case = CASES.register

STORE: Input = {"email": None, "name": None, "scopes": ["store:write"]}


def by_store(scenario: Scenario) -> None:
    scenario.to, scenario.claims = "store", STORE


async def sold(scenario: Scenario, **given: Any) -> Input:
    """Terms of a subscription with an item, issued into the account."""
    by_store(scenario)
    await world.product(scenario.conn, "toolbox")
    return {
        "accountId": scenario.account_id,
        "number": "N-1",
        "productCode": "desktop",
        "licenseCount": 10,
        "termMonths": 12,
        "channel": "ONLINE_STORE",
        "startTrigger": "ON_PURCHASE",
        "items": [{"productCode": "toolbox", "quantity": 3}],
        **given,
    }


async def ordered(scenario: Scenario, **given: Any) -> Input:
    by_store(scenario)
    return {
        "accountId": scenario.account_id,
        "number": "O-1",
        "placedAt": "2026-06-15T09:00:00Z",
        "kind": "NEW",
        "status": "PENDING",
        "currency": "EUR",
        "lines": [{"productCode": "desktop", "quantity": 2, "unitPrice": "49.90"}],
        "total": "99.80",
        **given,
    }


async def order(scenario: Scenario, **values: Any) -> UUID:
    by_store(scenario)
    return await world.order(scenario.conn, scenario.account, **values)


async def subscription(scenario: Scenario, **values: Any) -> UUID:
    by_store(scenario)
    return await world.subscription(scenario.conn, scenario.account, **values)


async def renewed(scenario: Scenario, **values: Any) -> Input:
    """A renewal of a subscription by a paid order for it."""
    row = await subscription(scenario, **values)
    bill = await order(scenario, subscription_id=row, kind="RENEWAL")
    return {"subscriptionId": scenario.id("sub", row), "orderId": scenario.id("ord", bill), "paidOn": str(world.TODAY)}


async def registered(scenario: Scenario) -> tuple[UUID, str]:
    by_store(scenario)
    _, license_key, key = await world.held(scenario.conn, scenario.keyring, scenario.account)
    return license_key, key


# issueSubscription


@case("issueSubscription")
async def into_an_account(scenario: Scenario) -> Input:
    return await sold(scenario)


@case("issueSubscription")
async def that_starts_at_once(scenario: Scenario) -> Input:
    return await sold(scenario, startTrigger="ON_KEY_REGISTRATION", channel="RESELLER", autoRenewal=False)


@case("issueSubscription")
async def by_contract(scenario: Scenario) -> Input:
    return await sold(scenario, startTrigger="ON_FIXED_DATE", startsOn="2026-07-01", channel="SALES_REP", items=[])


@case("issueSubscription")
async def to_nobody(scenario: Scenario) -> Input:
    given = await sold(scenario, channel="RESELLER")
    del given["accountId"]
    return given


@case("issueSubscription", UserErrorCode.FORBIDDEN)
async def by_an_owner(scenario: Scenario) -> Input:
    given = await sold(scenario)
    scenario.to, scenario.claims = "ada", {}
    return given


@case("issueSubscription", UserErrorCode.FORBIDDEN)
async def by_another_service(scenario: Scenario) -> Input:
    given = await sold(scenario)
    scenario.claims = {**STORE, "scopes": ["reporting:read"]}
    return given


@case("issueSubscription", UserErrorCode.PRODUCT_NOT_FOUND)
async def of_no_product(scenario: Scenario) -> Input:
    return await sold(scenario, productCode="nothing")


@case("issueSubscription", UserErrorCode.PRODUCT_NOT_FOUND)
async def with_an_item_of_no_product(scenario: Scenario) -> Input:
    return await sold(scenario, items=[{"productCode": "nothing", "quantity": 1}])


@case("issueSubscription", UserErrorCode.ACCOUNT_NOT_FOUND)
async def into_no_account(scenario: Scenario) -> Input:
    return await sold(scenario, accountId=f"acc_{UUID(int=7)}")


@case("issueSubscription", UserErrorCode.ACCOUNT_KIND_MISMATCH)
async def of_a_product_for_persons(scenario: Scenario) -> Input:
    return await sold(scenario, productCode=await world.product(scenario.conn, "home", audience="PERSONAL"))


@case("issueSubscription", UserErrorCode.PRODUCT_LIMIT_REACHED)
async def one_more_than_there_may_be(scenario: Scenario) -> Input:
    product = await world.product(scenario.conn, "enterprise", max_per_account=1)
    await world.subscription(scenario.conn, scenario.account, product)
    return await sold(scenario, productCode=product)


@case("issueSubscription", UserErrorCode.DUPLICATE_NUMBER)
async def under_a_number_that_was_issued(scenario: Scenario) -> Input:
    await world.issue(scenario.conn, scenario.keyring, number="N-1")
    return await sold(scenario)


@case("issueSubscription", UserErrorCode.DUPLICATE_NUMBER)
async def under_a_number_that_the_account_has(scenario: Scenario) -> Input:
    await world.subscription(scenario.conn, scenario.account, number="N-1")
    return await sold(scenario)


# recordOrder


@case("recordOrder")
async def a_pending_order(scenario: Scenario) -> Input:
    return await ordered(scenario, invoiceUrl="https://store.example.com/invoices/1.pdf")


@case("recordOrder")
async def a_paid_order_that_starts_a_subscription(scenario: Scenario) -> Input:
    row = await subscription(scenario, activated_on=None, expires_on=None)
    card = await world.payment_method(scenario.conn, scenario.account)
    of = {"subscriptionId": scenario.id("sub", row), "paymentMethodId": scenario.id("pay", card)}
    return await ordered(scenario, status="PAID", **of)


@case("recordOrder", UserErrorCode.FORBIDDEN)
async def an_order_by_its_owner(scenario: Scenario) -> Input:
    given = await ordered(scenario)
    scenario.to, scenario.claims = "ada", {}
    return given


@case("recordOrder", UserErrorCode.ACCOUNT_NOT_FOUND)
async def an_order_of_nobody(scenario: Scenario) -> Input:
    return await ordered(scenario, accountId=f"acc_{UUID(int=7)}")


@case("recordOrder", UserErrorCode.SUBSCRIPTION_NOT_FOUND)
async def for_a_subscription_elsewhere(scenario: Scenario) -> Input:
    account = await world.account(scenario.conn)
    row = await world.subscription(scenario.conn, account)
    return await ordered(scenario, subscriptionId=scenario.id("sub", row, account))


@case("recordOrder", UserErrorCode.PAYMENT_METHOD_NOT_FOUND)
async def paid_by_somebody_else(scenario: Scenario) -> Input:
    account = await world.account(scenario.conn)
    return await ordered(
        scenario, paymentMethodId=scenario.id("pay", await world.payment_method(scenario.conn, account), account)
    )


@case("recordOrder", UserErrorCode.PRODUCT_NOT_FOUND)
async def an_order_of_no_product(scenario: Scenario) -> Input:
    return await ordered(scenario, lines=[{"productCode": "nothing", "quantity": 2, "unitPrice": "49.90"}])


@case("recordOrder", UserErrorCode.DUPLICATE_NUMBER)
async def an_order_again(scenario: Scenario) -> Input:
    await order(scenario, number="O-1")
    return await ordered(scenario)


@case("recordOrder", UserErrorCode.AMOUNT_MISMATCH)
async def an_order_that_does_not_add_up(scenario: Scenario) -> Input:
    return await ordered(scenario, total="99.8001")


# setOrderStatus


@case("setOrderStatus")
async def money_that_arrived(scenario: Scenario) -> Input:
    return {"orderId": scenario.id("ord", await order(scenario, status="AUTHORIZED")), "status": "PAID"}


@case("setOrderStatus")
async def money_that_went_back(scenario: Scenario) -> Input:
    return {"orderId": scenario.id("ord", await order(scenario)), "status": "REFUNDED"}


@case("setOrderStatus", UserErrorCode.FORBIDDEN)
async def a_status_by_the_owner(scenario: Scenario) -> Input:
    given = await money_that_arrived(scenario)
    scenario.to, scenario.claims = "ada", {}
    return given


@case("setOrderStatus", UserErrorCode.ORDER_NOT_FOUND)
async def a_status_of_no_order(scenario: Scenario) -> Input:
    by_store(scenario)
    return {"orderId": scenario.id("ord", UUID(int=7)), "status": "PAID"}


# recordRenewal


@case("recordRenewal")
async def by_an_order(scenario: Scenario) -> Input:
    return await renewed(scenario)


@case("recordRenewal")
async def without_an_order(scenario: Scenario) -> Input:
    row = await subscription(scenario, channel="APP_STORE", auto_renewal="NOT_AVAILABLE")
    given = {"subscriptionId": scenario.id("sub", row), "paidOn": str(world.TODAY)}
    return {**given, "idempotencyKey": "what the app store calls it"}


@case("recordRenewal", UserErrorCode.FORBIDDEN)
async def a_renewal_by_the_owner(scenario: Scenario) -> Input:
    given = await renewed(scenario)
    scenario.to, scenario.claims = "ada", {}
    return given


@case("recordRenewal", UserErrorCode.SUBSCRIPTION_NOT_FOUND)
async def a_renewal_of_nothing(scenario: Scenario) -> Input:
    return {**await renewed(scenario), "subscriptionId": scenario.id("sub", UUID(int=7))}


@case("recordRenewal", UserErrorCode.ORDER_NOT_FOUND)
async def by_an_order_for_another_subscription(scenario: Scenario) -> Input:
    bill = await order(scenario, kind="RENEWAL", subscription_id=await subscription(scenario))
    return {**await renewed(scenario), "orderId": scenario.id("ord", bill)}


@case("recordRenewal", UserErrorCode.ORDER_NOT_FOUND)
async def by_an_order_of_another_account(scenario: Scenario) -> Input:
    account = await world.account(scenario.conn)
    bill = await world.order(scenario.conn, account, await world.subscription(scenario.conn, account), kind="RENEWAL")
    return {**await renewed(scenario), "orderId": scenario.id("ord", bill, account)}


@case("recordRenewal", UserErrorCode.ORDER_NOT_FOUND)
async def by_the_purchase(scenario: Scenario) -> Input:
    row = await subscription(scenario)
    bill = await order(scenario, subscription_id=row)
    given = {"subscriptionId": scenario.id("sub", row), "orderId": scenario.id("ord", bill)}
    return {**given, "paidOn": str(world.TODAY)}


@case("recordRenewal", UserErrorCode.RENEWAL_NOT_AVAILABLE)
async def of_a_trial(scenario: Scenario) -> Input:
    return await renewed(scenario, is_trial=True, auto_renewal="NOT_AVAILABLE")


@case("recordRenewal", UserErrorCode.RENEWAL_NOT_AVAILABLE)
async def of_what_has_no_end(scenario: Scenario) -> Input:
    return await renewed(scenario, term_months=0, expires_on=None, auto_renewal="NOT_AVAILABLE")


@case("recordRenewal", UserErrorCode.RENEWAL_NOT_AVAILABLE)
async def of_what_has_not_begun(scenario: Scenario) -> Input:
    return await renewed(scenario, activated_on=None, expires_on=None)


@case("recordRenewal", UserErrorCode.RENEWAL_NOT_AVAILABLE)
async def by_an_order_that_is_not_paid(scenario: Scenario) -> Input:
    row = await subscription(scenario)
    bill = await order(scenario, subscription_id=row, kind="RENEWAL", status="AUTHORIZED")
    given = {"subscriptionId": scenario.id("sub", row), "orderId": scenario.id("ord", bill)}
    return {**given, "paidOn": str(world.TODAY)}


# blockLicenseKey


@case("blockLicenseKey")
async def by_its_text(scenario: Scenario) -> Input:
    return {"key": (await registered(scenario))[1], "reason": "leaked"}


@case("blockLicenseKey")
async def by_its_id(scenario: Scenario) -> Input:
    return {"licenseKeyId": scenario.id("key", (await registered(scenario))[0]), "reason": "leaked"}


@case("blockLicenseKey")
async def a_block_of_what_nobody_has(scenario: Scenario) -> Input:
    by_store(scenario)
    return {"key": await world.issue(scenario.conn, scenario.keyring), "reason": "leaked"}


@case("blockLicenseKey", UserErrorCode.FORBIDDEN)
async def a_block_by_the_owner(scenario: Scenario) -> Input:
    given = await by_its_id(scenario)
    scenario.to, scenario.claims = "ada", {}
    return given


@case("blockLicenseKey", UserErrorCode.LICENSE_KEY_NOT_FOUND)
async def a_block_of_nothing(scenario: Scenario) -> Input:
    by_store(scenario)
    return {"licenseKeyId": scenario.id("key", UUID(int=7)), "reason": "leaked"}


@case("blockLicenseKey", UserErrorCode.KEY_MALFORMED)
async def a_block_of_what_is_no_key(scenario: Scenario) -> Input:
    by_store(scenario)
    return {"key": "no key", "reason": "leaked"}


@case("blockLicenseKey", UserErrorCode.KEY_NOT_FOUND)
async def a_block_of_what_nobody_issued(scenario: Scenario) -> Input:
    by_store(scenario)
    return {"key": key_format.generate(), "reason": "leaked"}
