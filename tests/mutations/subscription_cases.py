"""Renewal, what it is charged to, and names."""

from typing import Any
from uuid import UUID

from db.user_errors import UserErrorCode
from tests import world
from tests.mutations.scenario import CaseRegistry, Input, Scenario

CASES = CaseRegistry()
case = CASES.register

GRACE: dict[str, Any] = {"expires_on": world.day(-1)}
EXPIRED: dict[str, Any] = {"expires_on": world.day(-40)}
MANAGED: dict[str, Any] = {"channel": "APP_STORE", "auto_renewal": "NOT_AVAILABLE"}


async def renewing(scenario: Scenario, **values: Any) -> tuple[UUID, UUID]:
    """A subscription that renews, and the card that it is charged to."""
    card = await world.payment_method(scenario.conn, scenario.account)
    terms = {"auto_renewal": "ON", "payment_method_id": card, **values}
    return await world.subscription(scenario.conn, scenario.account, **terms), card


async def of(scenario: Scenario, **values: Any) -> Input:
    return {"subscriptionId": scenario.id("sub", await world.subscription(scenario.conn, scenario.account, **values))}


async def elsewhere(scenario: Scenario) -> Input:
    account = await world.account(scenario.conn)
    return {"subscriptionId": scenario.id("sub", await world.subscription(scenario.conn, account), account)}


# renameSubscription


@case("renameSubscription")
async def another_name(scenario: Scenario) -> Input:
    return {**await of(scenario), "displayName": "Design team"}


@case("renameSubscription", UserErrorCode.SUBSCRIPTION_NOT_FOUND)
async def a_name_elsewhere(scenario: Scenario) -> Input:
    return {**await elsewhere(scenario), "displayName": "Design team"}


@case("renameSubscription", UserErrorCode.FORBIDDEN)
async def a_name_by_a_member(scenario: Scenario) -> Input:
    scenario.to = "bob"
    return await another_name(scenario)


# setAutoRenewal


@case("setAutoRenewal")
async def switched_on(scenario: Scenario) -> Input:
    card = await world.payment_method(scenario.conn, scenario.account)
    return {**await of(scenario), "enabled": True, "paymentMethodId": scenario.id("pay", card)}


@case("setAutoRenewal")
async def switched_on_with_its_own_method(scenario: Scenario) -> Input:
    subscription, _ = await renewing(scenario, auto_renewal="OFF")
    return {"subscriptionId": scenario.id("sub", subscription), "enabled": True}


@case("setAutoRenewal")
async def switched_off(scenario: Scenario) -> Input:
    subscription, _ = await renewing(scenario)
    return {"subscriptionId": scenario.id("sub", subscription), "enabled": False}


@case("setAutoRenewal")
async def switched_off_in_grace_and_meant(scenario: Scenario) -> Input:
    subscription, _ = await renewing(scenario, **GRACE)
    return {"subscriptionId": scenario.id("sub", subscription), "enabled": False, "confirmGraceLoss": True}


@case("setAutoRenewal", UserErrorCode.SUBSCRIPTION_NOT_FOUND)
async def renewal_elsewhere(scenario: Scenario) -> Input:
    return {**await elsewhere(scenario), "enabled": True}


@case("setAutoRenewal", UserErrorCode.FORBIDDEN)
async def renewal_by_a_member(scenario: Scenario) -> Input:
    scenario.to = "bob"
    return await switched_on(scenario)


@case("setAutoRenewal", UserErrorCode.RENEWAL_MANAGED_EXTERNALLY)
async def renewal_of_an_app_store(scenario: Scenario) -> Input:
    return {**await of(scenario, **MANAGED), "enabled": True}


@case("setAutoRenewal", UserErrorCode.RENEWAL_NOT_AVAILABLE)
async def renewal_of_a_trial(scenario: Scenario) -> Input:
    return {**await of(scenario, auto_renewal="NOT_AVAILABLE", is_trial=True), "enabled": True}


@case("setAutoRenewal", UserErrorCode.SUBSCRIPTION_EXPIRED)
async def renewal_after_the_end(scenario: Scenario) -> Input:
    return {**await of(scenario, **EXPIRED), "enabled": True}


@case("setAutoRenewal", UserErrorCode.PAYMENT_METHOD_NOT_FOUND)
async def charged_to_another_account(scenario: Scenario) -> Input:
    other = await world.account(scenario.conn)
    card = await world.payment_method(scenario.conn, other)
    return {**await of(scenario), "enabled": True, "paymentMethodId": scenario.id("pay", card, other)}


@case("setAutoRenewal", UserErrorCode.PAYMENT_METHOD_NOT_FOUND)
async def charged_to_what_was_removed(scenario: Scenario) -> Input:
    card = await world.payment_method(scenario.conn, scenario.account, removed_at=world.NOW)
    return {**await of(scenario), "enabled": True, "paymentMethodId": scenario.id("pay", card)}


@case("setAutoRenewal", UserErrorCode.PAYMENT_METHOD_REQUIRED)
async def charged_to_nothing(scenario: Scenario) -> Input:
    return {**await of(scenario), "enabled": True}


@case("setAutoRenewal", UserErrorCode.PAYMENT_METHOD_REQUIRED)
async def charged_to_its_own_that_was_removed(scenario: Scenario) -> Input:
    card = await world.payment_method(scenario.conn, scenario.account, removed_at=world.NOW)
    return {**await of(scenario, payment_method_id=card), "enabled": True}


@case("setAutoRenewal", UserErrorCode.PAYMENT_METHOD_UNUSABLE)
async def charged_to_an_expired_card(scenario: Scenario) -> Input:
    card = await world.payment_method(scenario.conn, scenario.account, expires_on=world.day(-1))
    return {**await of(scenario), "enabled": True, "paymentMethodId": scenario.id("pay", card)}


@case("setAutoRenewal", UserErrorCode.PAYMENT_METHOD_UNUSABLE)
async def charged_to_a_wire_transfer_of_its_own(scenario: Scenario) -> Input:
    wire = await world.payment_method(scenario.conn, scenario.account, kind="WIRE_TRANSFER", expires_on=None)
    return {**await of(scenario, payment_method_id=wire), "enabled": True}


@case("setAutoRenewal", UserErrorCode.GRACE_LOSS_UNCONFIRMED)
async def switched_off_in_grace(scenario: Scenario) -> Input:
    subscription, _ = await renewing(scenario, **GRACE)
    return {"subscriptionId": scenario.id("sub", subscription), "enabled": False}


# setSubscriptionPaymentMethod


@case("setSubscriptionPaymentMethod")
async def another_card(scenario: Scenario) -> Input:
    subscription, _ = await renewing(scenario)
    card = await world.payment_method(scenario.conn, scenario.account)
    return {"subscriptionId": scenario.id("sub", subscription), "paymentMethodId": scenario.id("pay", card)}


@case("setSubscriptionPaymentMethod")
async def a_wire_transfer_while_renewal_is_off(scenario: Scenario) -> Input:
    wire = await world.payment_method(scenario.conn, scenario.account, kind="WIRE_TRANSFER", expires_on=None)
    return {**await of(scenario), "paymentMethodId": scenario.id("pay", wire)}


@case("setSubscriptionPaymentMethod", UserErrorCode.SUBSCRIPTION_NOT_FOUND)
async def a_card_for_what_is_elsewhere(scenario: Scenario) -> Input:
    card = await world.payment_method(scenario.conn, scenario.account)
    return {**await elsewhere(scenario), "paymentMethodId": scenario.id("pay", card)}


@case("setSubscriptionPaymentMethod", UserErrorCode.FORBIDDEN)
async def a_card_by_a_member(scenario: Scenario) -> Input:
    scenario.to = "bob"
    return await another_card(scenario)


@case("setSubscriptionPaymentMethod", UserErrorCode.PAYMENT_METHOD_NOT_FOUND)
async def a_card_from_elsewhere(scenario: Scenario) -> Input:
    other = await world.account(scenario.conn)
    card = await world.payment_method(scenario.conn, other)
    return {**await of(scenario, **EXPIRED), "paymentMethodId": scenario.id("pay", card, other)}


@case("setSubscriptionPaymentMethod", UserErrorCode.RENEWAL_MANAGED_EXTERNALLY)
async def a_card_for_an_app_store(scenario: Scenario) -> Input:
    card = await world.payment_method(scenario.conn, scenario.account)
    return {**await of(scenario, **MANAGED, **EXPIRED), "paymentMethodId": scenario.id("pay", card)}


@case("setSubscriptionPaymentMethod", UserErrorCode.SUBSCRIPTION_EXPIRED)
async def a_card_after_the_end(scenario: Scenario) -> Input:
    card = await world.payment_method(scenario.conn, scenario.account)
    return {**await of(scenario, **EXPIRED), "paymentMethodId": scenario.id("pay", card)}


@case("setSubscriptionPaymentMethod", UserErrorCode.PAYMENT_METHOD_UNUSABLE)
async def a_wire_transfer_while_renewal_is_on(scenario: Scenario) -> Input:
    subscription, _ = await renewing(scenario)
    wire = await world.payment_method(scenario.conn, scenario.account, kind="WIRE_TRANSFER", expires_on=None)
    return {"subscriptionId": scenario.id("sub", subscription), "paymentMethodId": scenario.id("pay", wire)}
