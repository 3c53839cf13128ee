"""Payment methods added, made the default, removed."""

from typing import Any

from db.errors import UserErrorCode
from tests import world
from tests.mutations.scenario import Input, Scene, case


def token(scene: Scene, text: str = "tok_visa") -> Input:
    return {"accountId": scene.account_id, "token": text}


async def method(scene: Scene, **values: Any) -> Input:
    return {"paymentMethodId": scene.id("pay", await world.payment_method(scene.conn, scene.account, **values))}


async def elsewhere(scene: Scene) -> Input:
    account = await world.account(scene.conn)
    return {"paymentMethodId": scene.id("pay", await world.payment_method(scene.conn, account), account)}


# addPaymentMethod


@case("addPaymentMethod")
async def a_card(scene: Scene) -> Input:
    return token(scene)


@case("addPaymentMethod")
async def the_new_default(scene: Scene) -> Input:
    await world.payment_method(scene.conn, scene.account, is_default=True)
    return {**token(scene, "tok_mastercard"), "makeDefault": True}


@case("addPaymentMethod")
async def what_can_not_renew(scene: Scene) -> Input:
    return token(scene, "tok_wire")


@case("addPaymentMethod")
async def what_was_removed_before(scene: Scene) -> Input:
    await world.payment_method(scene.conn, scene.account, token="tok_visa", removed_at=world.NOW)
    return token(scene)


@case("addPaymentMethod", UserErrorCode.ACCOUNT_NOT_FOUND)
async def a_card_of_others(scene: Scene) -> Input:
    return {**token(scene), "accountId": f"acc_{await world.account(scene.conn)}"}


@case("addPaymentMethod", UserErrorCode.FORBIDDEN)
async def a_card_by_a_member(scene: Scene) -> Input:
    scene.to = "bob"
    return token(scene)


@case("addPaymentMethod", UserErrorCode.PROCESSOR_NOT_CONFIGURED)
async def a_card_where_nobody_knows_it(scene: Scene) -> Input:
    scene.client = scene.without_processor
    return token(scene)


@case("addPaymentMethod", UserErrorCode.TOKEN_INVALID)
async def a_token_of_nothing(scene: Scene) -> Input:
    return token(scene, "tok_nothing")


@case("addPaymentMethod", UserErrorCode.TOKEN_INVALID)
async def a_card_number(scene: Scene) -> Input:
    return token(scene, "4242-4242-4242-4242")


@case("addPaymentMethod", UserErrorCode.DUPLICATE_METHOD)
async def a_card_again(scene: Scene) -> Input:
    await world.payment_method(scene.conn, scene.account, token="tok_visa")
    return token(scene)


# setDefaultPaymentMethod


@case("setDefaultPaymentMethod")
async def the_first_default(scene: Scene) -> Input:
    return await method(scene)


@case("setDefaultPaymentMethod")
async def another_default(scene: Scene) -> Input:
    await world.payment_method(scene.conn, scene.account, is_default=True)
    return await method(scene)


@case("setDefaultPaymentMethod", UserErrorCode.PAYMENT_METHOD_NOT_FOUND)
async def a_default_of_others(scene: Scene) -> Input:
    return await elsewhere(scene)


@case("setDefaultPaymentMethod", UserErrorCode.PAYMENT_METHOD_NOT_FOUND)
async def a_default_by_a_member(scene: Scene) -> Input:
    scene.to = "bob"
    return await method(scene)


@case("setDefaultPaymentMethod", UserErrorCode.PAYMENT_METHOD_NOT_FOUND)
async def a_default_that_was_removed(scene: Scene) -> Input:
    return await method(scene, removed_at=world.NOW)


# removePaymentMethod


@case("removePaymentMethod")
async def one_of_several(scene: Scene) -> Input:
    await world.payment_method(scene.conn, scene.account, is_default=True)
    return await method(scene)


@case("removePaymentMethod")
async def one_that_renewals_were_charged_to(scene: Scene) -> Input:
    given = await method(scene, is_default=True)
    card = await scene.conn.fetchval("SELECT id FROM payment_methods")
    await world.subscription(scene.conn, scene.account, auto_renewal="OFF", payment_method_id=card)
    return given


@case("removePaymentMethod", UserErrorCode.PAYMENT_METHOD_NOT_FOUND)
async def one_of_others(scene: Scene) -> Input:
    return await elsewhere(scene)


@case("removePaymentMethod", UserErrorCode.PAYMENT_METHOD_IN_USE)
async def one_that_renewals_are_charged_to(scene: Scene) -> Input:
    given = await method(scene)
    card = await scene.conn.fetchval("SELECT id FROM payment_methods")
    await world.subscription(scene.conn, scene.account, auto_renewal="ON", payment_method_id=card)
    return given
