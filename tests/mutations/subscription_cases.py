"""Renewal, what it is charged to, and names."""

from typing import Any
from uuid import UUID

from db.errors import UserErrorCode
from tests import world
from tests.mutations.scenario import Input, Scene, case

GRACE: dict[str, Any] = {"expires_on": world.day(-1)}
EXPIRED: dict[str, Any] = {"expires_on": world.day(-40)}
MANAGED: dict[str, Any] = {"channel": "APP_STORE", "auto_renewal": "NOT_AVAILABLE"}


async def renewing(scene: Scene, **values: Any) -> tuple[UUID, UUID]:
    """A subscription that renews, and the card that it is charged to."""
    card = await world.payment_method(scene.conn, scene.account)
    terms = {"auto_renewal": "ON", "payment_method_id": card, **values}
    return await world.subscription(scene.conn, scene.account, **terms), card


async def of(scene: Scene, **values: Any) -> Input:
    return {"subscriptionId": scene.id("sub", await world.subscription(scene.conn, scene.account, **values))}


async def elsewhere(scene: Scene) -> Input:
    account = await world.account(scene.conn)
    return {"subscriptionId": scene.id("sub", await world.subscription(scene.conn, account), account)}


# renameSubscription


@case("renameSubscription")
async def another_name(scene: Scene) -> Input:
    return {**await of(scene), "displayName": "Design team"}


@case("renameSubscription", UserErrorCode.SUBSCRIPTION_NOT_FOUND)
async def a_name_elsewhere(scene: Scene) -> Input:
    return {**await elsewhere(scene), "displayName": "Design team"}


@case("renameSubscription", UserErrorCode.FORBIDDEN)
async def a_name_by_a_member(scene: Scene) -> Input:
    scene.to = "bob"
    return await another_name(scene)


# setAutoRenewal


@case("setAutoRenewal")
async def switched_on(scene: Scene) -> Input:
    card = await world.payment_method(scene.conn, scene.account)
    return {**await of(scene), "enabled": True, "paymentMethodId": scene.id("pay", card)}


@case("setAutoRenewal")
async def switched_on_with_its_own_method(scene: Scene) -> Input:
    subscription, _ = await renewing(scene, auto_renewal="OFF")
    return {"subscriptionId": scene.id("sub", subscription), "enabled": True}


@case("setAutoRenewal")
async def switched_off(scene: Scene) -> Input:
    subscription, _ = await renewing(scene)
    return {"subscriptionId": scene.id("sub", subscription), "enabled": False}


@case("setAutoRenewal")
async def switched_off_in_grace_and_meant(scene: Scene) -> Input:
    subscription, _ = await renewing(scene, **GRACE)
    return {"subscriptionId": scene.id("sub", subscription), "enabled": False, "confirmGraceLoss": True}


@case("setAutoRenewal", UserErrorCode.SUBSCRIPTION_NOT_FOUND)
async def renewal_elsewhere(scene: Scene) -> Input:
    return {**await elsewhere(scene), "enabled": True}


@case("setAutoRenewal", UserErrorCode.FORBIDDEN)
async def renewal_by_a_member(scene: Scene) -> Input:
    scene.to = "bob"
    return await switched_on(scene)


@case("setAutoRenewal", UserErrorCode.RENEWAL_MANAGED_EXTERNALLY)
async def renewal_of_an_app_store(scene: Scene) -> Input:
    return {**await of(scene, **MANAGED), "enabled": True}


@case("setAutoRenewal", UserErrorCode.RENEWAL_NOT_AVAILABLE)
async def renewal_of_a_trial(scene: Scene) -> Input:
    return {**await of(scene, auto_renewal="NOT_AVAILABLE", is_trial=True), "enabled": True}


@case("setAutoRenewal", UserErrorCode.SUBSCRIPTION_EXPIRED)
async def renewal_after_the_end(scene: Scene) -> Input:
    return {**await of(scene, **EXPIRED), "enabled": True}


@case("setAutoRenewal", UserErrorCode.PAYMENT_METHOD_NOT_FOUND)
async def charged_to_another_account(scene: Scene) -> Input:
    other = await world.account(scene.conn)
    card = await world.payment_method(scene.conn, other)
    return {**await of(scene), "enabled": True, "paymentMethodId": scene.id("pay", card, other)}


@case("setAutoRenewal", UserErrorCode.PAYMENT_METHOD_NOT_FOUND)
async def charged_to_what_was_removed(scene: Scene) -> Input:
    card = await world.payment_method(scene.conn, scene.account, removed_at=world.NOW)
    return {**await of(scene), "enabled": True, "paymentMethodId": scene.id("pay", card)}


@case("setAutoRenewal", UserErrorCode.PAYMENT_METHOD_REQUIRED)
async def charged_to_nothing(scene: Scene) -> Input:
    return {**await of(scene), "enabled": True}


@case("setAutoRenewal", UserErrorCode.PAYMENT_METHOD_REQUIRED)
async def charged_to_its_own_that_was_removed(scene: Scene) -> Input:
    card = await world.payment_method(scene.conn, scene.account, removed_at=world.NOW)
    return {**await of(scene, payment_method_id=card), "enabled": True}


@case("setAutoRenewal", UserErrorCode.PAYMENT_METHOD_UNUSABLE)
async def charged_to_an_expired_card(scene: Scene) -> Input:
    card = await world.payment_method(scene.conn, scene.account, expires_on=world.day(-1))
    return {**await of(scene), "enabled": True, "paymentMethodId": scene.id("pay", card)}


@case("setAutoRenewal", UserErrorCode.PAYMENT_METHOD_UNUSABLE)
async def charged_to_a_wire_transfer_of_its_own(scene: Scene) -> Input:
    wire = await world.payment_method(scene.conn, scene.account, kind="WIRE_TRANSFER", expires_on=None)
    return {**await of(scene, payment_method_id=wire), "enabled": True}


@case("setAutoRenewal", UserErrorCode.GRACE_LOSS_UNCONFIRMED)
async def switched_off_in_grace(scene: Scene) -> Input:
    subscription, _ = await renewing(scene, **GRACE)
    return {"subscriptionId": scene.id("sub", subscription), "enabled": False}


# setSubscriptionPaymentMethod


@case("setSubscriptionPaymentMethod")
async def another_card(scene: Scene) -> Input:
    subscription, _ = await renewing(scene)
    card = await world.payment_method(scene.conn, scene.account)
    return {"subscriptionId": scene.id("sub", subscription), "paymentMethodId": scene.id("pay", card)}


@case("setSubscriptionPaymentMethod")
async def a_wire_transfer_while_renewal_is_off(scene: Scene) -> Input:
    wire = await world.payment_method(scene.conn, scene.account, kind="WIRE_TRANSFER", expires_on=None)
    return {**await of(scene), "paymentMethodId": scene.id("pay", wire)}


@case("setSubscriptionPaymentMethod", UserErrorCode.SUBSCRIPTION_NOT_FOUND)
async def a_card_for_what_is_elsewhere(scene: Scene) -> Input:
    card = await world.payment_method(scene.conn, scene.account)
    return {**await elsewhere(scene), "paymentMethodId": scene.id("pay", card)}


@case("setSubscriptionPaymentMethod", UserErrorCode.FORBIDDEN)
async def a_card_by_a_member(scene: Scene) -> Input:
    scene.to = "bob"
    return await another_card(scene)


@case("setSubscriptionPaymentMethod", UserErrorCode.PAYMENT_METHOD_NOT_FOUND)
async def a_card_from_elsewhere(scene: Scene) -> Input:
    other = await world.account(scene.conn)
    card = await world.payment_method(scene.conn, other)
    return {**await of(scene, **EXPIRED), "paymentMethodId": scene.id("pay", card, other)}


@case("setSubscriptionPaymentMethod", UserErrorCode.RENEWAL_MANAGED_EXTERNALLY)
async def a_card_for_an_app_store(scene: Scene) -> Input:
    card = await world.payment_method(scene.conn, scene.account)
    return {**await of(scene, **MANAGED, **EXPIRED), "paymentMethodId": scene.id("pay", card)}


@case("setSubscriptionPaymentMethod", UserErrorCode.SUBSCRIPTION_EXPIRED)
async def a_card_after_the_end(scene: Scene) -> Input:
    card = await world.payment_method(scene.conn, scene.account)
    return {**await of(scene, **EXPIRED), "paymentMethodId": scene.id("pay", card)}


@case("setSubscriptionPaymentMethod", UserErrorCode.PAYMENT_METHOD_UNUSABLE)
async def a_wire_transfer_while_renewal_is_on(scene: Scene) -> Input:
    subscription, _ = await renewing(scene)
    wire = await world.payment_method(scene.conn, scene.account, kind="WIRE_TRANSFER", expires_on=None)
    return {"subscriptionId": scene.id("sub", subscription), "paymentMethodId": scene.id("pay", wire)}
