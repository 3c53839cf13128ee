"""What the store sends that can not be: named, and nothing written; and a key sold to nobody yet."""

from typing import Any
from uuid import UUID

import pytest

from tests import world
from tests.conftest import Client
from tests.mutations import store_cases
from tests.mutations.scenario import Case, Scenario, table_digests

ISSUE, ORDER, RENEW, REFUND = (
    store_cases.sold,
    store_cases.ordered,
    store_cases.renewed,
    store_cases.money_that_went_back,
)
ITEMS = [{"productCode": "toolbox", "quantity": 1}] * 2


async def block(scenario: Scenario) -> dict[str, Any]:
    given = await store_cases.by_its_text(scenario)
    return {**given, "licenseKeyId": scenario.account_id}


@pytest.mark.parametrize(
    ("mutation", "case", "changed", "field", "said"),
    [
        ("issueSubscription", ISSUE, {"startsOn": "2026-07-01"}, "startsOn", "must be given with ON_FIXED_DATE"),
        ("issueSubscription", ISSUE, {"startTrigger": "ON_FIXED_DATE"}, "startsOn", "must be given with ON_FIXED_DATE"),
        ("issueSubscription", ISSUE, {"startsOn": "9999-12-31"}, "startsOn", "must be in the years 1970 to 2199"),
        ("issueSubscription", ISSUE, {"isTrial": True, "autoRenewal": True}, "autoRenewal", "must not be true"),
        ("issueSubscription", ISSUE, {"termMonths": 0, "autoRenewal": True}, "autoRenewal", "must not be true"),
        ("issueSubscription", ISSUE, {"channel": "APP_STORE", "autoRenewal": True}, "autoRenewal", "must not be true"),
        ("issueSubscription", ISSUE, {"items": ITEMS}, "items", "must name each product once"),
        ("issueSubscription", ISSUE, {"items": ITEMS * 51}, "items", "must have at most 100 entries, 102 were given"),
        ("issueSubscription", ISSUE, {"licenseCount": 0}, "licenseCount", "must be from 1 to 1000000, 0 was given"),
        ("issueSubscription", ISSUE, {"termMonths": 121}, "termMonths", "must be from 0 to 120, 121 was given"),
        ("recordOrder", ORDER, {"lines": []}, "lines", "must have at least one entry"),
        ("recordOrder", ORDER, {"total": "-0.01"}, "total", "must not be negative, -0.01 was given"),
        ("recordOrder", ORDER, {"invoiceUrl": "javascript:alert(1)"}, "invoiceUrl", "must start with https://"),
        ("recordRenewal", RENEW, {"paidOn": str(world.day(2))}, "paidOn", "must not be after tomorrow"),
        ("recordRenewal", RENEW, {"paidOn": "1969-12-31"}, "paidOn", "must be in the years 1970 to 2199"),
        ("recordRenewal", RENEW, {"orderId": None}, "orderId", "or idempotencyKey must be given"),
        ("setOrderStatus", REFUND, {"status": "PENDING"}, "status", "that is PAID can not become"),
        ("blockLicenseKey", block, {}, "key", "or licenseKeyId must be given, and not both"),
        ("blockLicenseKey", block, {"key": None, "licenseKeyId": None}, "key", "or licenseKeyId must be given"),
    ],
)
async def test_invalid_field_is_named_and_nothing_is_written(
    scenario: Scenario, mutation: str, case: Case, changed: dict[str, Any], field: str, said: str
) -> None:
    given = {**await case(scenario), **changed}
    before = await table_digests(scenario.conn)

    answer = await scenario.run(mutation, given)

    (error,) = answer["userErrors"]
    assert (error["code"], error["field"]) == ("INVALID_INPUT", [field])
    assert said in error["message"]
    assert await table_digests(scenario.conn) == before


async def test_a_key_that_was_sold_to_nobody_is_registered_by_whoever_bought_it(scenario: Scenario) -> None:
    given = await store_cases.sold(scenario, accountId=None, channel="RESELLER")
    issued = await scenario.run("issueSubscription", given)
    scenario.to, scenario.claims = "ada", {}

    registered = await scenario.run("registerLicenseKey", {"accountId": scenario.account_id, "key": issued["key"]})

    assert (issued["subscription"], issued["userErrors"], registered["userErrors"]) == (None, [], [])
    assert registered["subscription"]["number"] == "N-1"
    assert registered["licenseKey"]["maskedKey"] == f"*****-*****-*****-*****-{issued['key'][-5:]}"
    found = await scenario.conn.fetch("SELECT product_code, quantity FROM subscription_items")
    assert [tuple(row) for row in found] == [("toolbox", 3)]


@pytest.mark.parametrize("account", ["own", None])
async def test_a_key_that_was_sold_is_in_no_record(scenario: Scenario, account: str | None) -> None:
    given = await store_cases.sold(scenario, idempotencyKey="once", accountId=account and scenario.account_id)

    issued = await scenario.run("issueSubscription", given)

    kept = await scenario.conn.fetch(
        "SELECT t::text FROM audit_events t UNION ALL SELECT t::text FROM issued_events t"
        " UNION ALL SELECT t::text FROM idempotency_records t"
    )
    assert len(kept) == 2
    assert [row for (row,) in kept if issued["key"][:11] in row or issued["key"].replace("-", "") in row] == []


@pytest.mark.parametrize("reason", ["", " " * 3])
async def test_a_block_has_a_reason(scenario: Scenario, reason: str) -> None:
    given = await store_cases.by_its_id(scenario)

    answer = await scenario.run("blockLicenseKey", {**given, "reason": reason})

    assert [(error["code"], error["field"]) for error in answer["userErrors"]] == [("INVALID_INPUT", ["reason"])]


async def test_a_removed_method_is_still_what_paid_an_order_but_not_what_a_renewal_is_charged_to(
    scenario: Scenario,
) -> None:
    card = await world.payment_method(scenario.conn, scenario.account, brand="Visa")
    row = await world.subscription(scenario.conn, scenario.account, payment_method_id=card)
    await world.order(scenario.conn, scenario.account, row, payment_method_id=card)
    shown = "paymentMethod { brand } orders { nodes { paymentMethod { brand } } }"

    await scenario.run("removePaymentMethod", {"paymentMethodId": scenario.id("pay", card)})

    assert (await scenario.client.ask(f'{{ subscription(id: "{scenario.id("sub", row)}") {{ {shown} }} }}'))[
        "subscription"
    ] == {
        "paymentMethod": None,
        "orders": {"nodes": [{"paymentMethod": {"brand": "Visa"}}]},
    }


async def everything_wrong_with_a_sale(scenario: Scenario) -> dict[str, Any]:
    """A product for persons, of which there may be no more, under a number that is taken."""
    product = await world.product(scenario.conn, "home", audience="PERSONAL", max_per_account=1)
    await world.subscription(scenario.conn, scenario.account, product, number="N-1")
    return await store_cases.sold(scenario, productCode=product)


async def everything_wrong_with_an_order(scenario: Scenario) -> dict[str, Any]:
    """Another account's subscription and method, no product, a number that is taken, a wrong total."""
    account = await world.account(scenario.conn)
    row, card = await world.subscription(scenario.conn, account), await world.payment_method(scenario.conn, account)
    await store_cases.order(scenario, number="O-1")
    elsewhere = {
        "subscriptionId": scenario.id("sub", row, account),
        "paymentMethodId": scenario.id("pay", card, account),
    }
    lines = [{"productCode": "nothing", "quantity": 1, "unitPrice": "1.00"}]
    return await store_cases.ordered(scenario, accountId=f"acc_{UUID(int=7)}", lines=lines, **elsewhere)


async def everything_wrong_with_a_method(scenario: Scenario) -> dict[str, Any]:
    """Another account's, where no processor is, by the number of a card."""
    scenario.client = scenario.client_without_processor
    return {"accountId": f"acc_{await world.account(scenario.conn)}", "token": "4242424242424242"}


@pytest.mark.parametrize(
    ("mutation", "case", "mended"),
    [
        (
            "issueSubscription",
            everything_wrong_with_a_sale,
            [
                ("INVALID_INPUT", {"startsOn": "2026-07-01"}, {"startsOn": None}),
                ("PRODUCT_NOT_FOUND", {"items": [{"productCode": "nothing", "quantity": 1}]}, {"items": []}),
                ("ACCOUNT_NOT_FOUND", {"accountId": f"acc_{UUID(int=7)}"}, {"accountId": "own"}),
                ("ACCOUNT_KIND_MISMATCH", {}, {"sql": "UPDATE products SET audience = NULL"}),
                ("PRODUCT_LIMIT_REACHED", {}, {"sql": "UPDATE products SET max_per_account = NULL"}),
                ("DUPLICATE_NUMBER", {}, {"number": "N-2"}),
            ],
        ),
        (
            "recordOrder",
            everything_wrong_with_an_order,
            [
                ("ACCOUNT_NOT_FOUND", {}, {"accountId": "own"}),
                ("SUBSCRIPTION_NOT_FOUND", {}, {"subscriptionId": None}),
                ("PAYMENT_METHOD_NOT_FOUND", {}, {"paymentMethodId": None}),
                (
                    "PRODUCT_NOT_FOUND",
                    {},
                    {"lines": [{"productCode": "desktop", "quantity": 1, "unitPrice": "1.00"}]},
                ),
                ("DUPLICATE_NUMBER", {}, {"number": "O-2"}),
                ("AMOUNT_MISMATCH", {}, {"total": "1.00"}),
            ],
        ),
        (
            "addPaymentMethod",
            everything_wrong_with_a_method,
            [
                ("ACCOUNT_NOT_FOUND", {}, {"accountId": "own"}),
                ("PROCESSOR_NOT_CONFIGURED", {}, {"processor": True}),
                ("TOKEN_INVALID", {}, {"token": "tok_visa"}),
            ],
        ),
    ],
)
async def test_first_of_several_errors_is_reported(
    scenario: Scenario,
    client: Client,
    mutation: str,
    case: Case,
    mended: list[tuple[str, dict[str, Any], dict[str, Any]]],
) -> None:
    given = await case(scenario)
    for _, broken, _ in mended:
        given |= broken
    said = []

    for _, _, mending in mended:
        said.append([error["code"] for error in (await scenario.run(mutation, given))["userErrors"]])
        await scenario.conn.execute(mending.get("sql", "SELECT"))
        scenario.client = client if "processor" in mending else scenario.client
        values = {name: value for name, value in mending.items() if name not in {"sql", "processor"}}
        given |= {name: scenario.account_id if value == "own" else value for name, value in values.items()}

    assert said == [[code] for code, _, _ in mended]
    assert (await scenario.run(mutation, given))["userErrors"] == []
