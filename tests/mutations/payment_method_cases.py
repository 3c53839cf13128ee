"""Payment methods added, made the default, removed."""

from typing import Any

from db.user_errors import UserErrorCode
from tests import world
from tests.mutations.scenario import CaseRegistry, Input, Scenario

CASES = CaseRegistry()
case = CASES.register


def token(scenario: Scenario, text: str = "tok_visa") -> Input:
    return {"accountId": scenario.account_id, "token": text}


async def method(scenario: Scenario, **values: Any) -> Input:
    return {
        "paymentMethodId": scenario.id("pay", await world.payment_method(scenario.conn, scenario.account, **values))
    }


async def elsewhere(scenario: Scenario) -> Input:
    account = await world.account(scenario.conn)
    return {"paymentMethodId": scenario.id("pay", await world.payment_method(scenario.conn, account), account)}


# addPaymentMethod


@case("addPaymentMethod")
async def a_card(scenario: Scenario) -> Input:
    return token(scenario)


@case("addPaymentMethod")
async def the_new_default(scenario: Scenario) -> Input:
    await world.payment_method(scenario.conn, scenario.account, is_default=True)
    return {**token(scenario, "tok_mastercard"), "makeDefault": True}


@case("addPaymentMethod")
async def what_can_not_renew(scenario: Scenario) -> Input:
    return token(scenario, "tok_wire")


@case("addPaymentMethod")
async def what_was_removed_before(scenario: Scenario) -> Input:
    await world.payment_method(scenario.conn, scenario.account, token="tok_visa", removed_at=world.NOW)
    return token(scenario)


@case("addPaymentMethod", UserErrorCode.ACCOUNT_NOT_FOUND)
async def a_card_of_others(scenario: Scenario) -> Input:
    return {**token(scenario), "accountId": f"acc_{await world.account(scenario.conn)}"}


@case("addPaymentMethod", UserErrorCode.FORBIDDEN)
async def a_card_by_a_member(scenario: Scenario) -> Input:
    scenario.to = "bob"
    return token(scenario)


@case("addPaymentMethod", UserErrorCode.PROCESSOR_NOT_CONFIGURED)
async def a_card_where_nobody_knows_it(scenario: Scenario) -> Input:
    scenario.client = scenario.client_without_processor
    return token(scenario)


@case("addPaymentMethod", UserErrorCode.TOKEN_INVALID)
async def a_token_of_nothing(scenario: Scenario) -> Input:
    return token(scenario, "tok_nothing")


@case("addPaymentMethod", UserErrorCode.TOKEN_INVALID)
async def a_card_number(scenario: Scenario) -> Input:
    return token(scenario, "4242-4242-4242-4242")


@case("addPaymentMethod", UserErrorCode.DUPLICATE_METHOD)
async def a_card_again(scenario: Scenario) -> Input:
    await world.payment_method(scenario.conn, scenario.account, token="tok_visa")
    return token(scenario)


# setDefaultPaymentMethod


@case("setDefaultPaymentMethod")
async def the_first_default(scenario: Scenario) -> Input:
    return await method(scenario)


@case("setDefaultPaymentMethod")
async def another_default(scenario: Scenario) -> Input:
    await world.payment_method(scenario.conn, scenario.account, is_default=True)
    return await method(scenario)


@case("setDefaultPaymentMethod", UserErrorCode.PAYMENT_METHOD_NOT_FOUND)
async def a_default_of_others(scenario: Scenario) -> Input:
    return await elsewhere(scenario)


@case("setDefaultPaymentMethod", UserErrorCode.PAYMENT_METHOD_NOT_FOUND)
async def a_default_by_a_member(scenario: Scenario) -> Input:
    scenario.to = "bob"
    return await method(scenario)


@case("setDefaultPaymentMethod", UserErrorCode.PAYMENT_METHOD_NOT_FOUND)
async def a_default_that_was_removed(scenario: Scenario) -> Input:
    return await method(scenario, removed_at=world.NOW)


# removePaymentMethod


@case("removePaymentMethod")
async def one_of_several(scenario: Scenario) -> Input:
    await world.payment_method(scenario.conn, scenario.account, is_default=True)
    return await method(scenario)


@case("removePaymentMethod")
async def one_that_renewals_were_charged_to(scenario: Scenario) -> Input:
    given = await method(scenario, is_default=True)
    card = await scenario.conn.fetchval("SELECT id FROM payment_methods")
    await world.subscription(scenario.conn, scenario.account, auto_renewal="OFF", payment_method_id=card)
    return given


@case("removePaymentMethod", UserErrorCode.PAYMENT_METHOD_NOT_FOUND)
async def one_of_others(scenario: Scenario) -> Input:
    return await elsewhere(scenario)


@case("removePaymentMethod", UserErrorCode.PAYMENT_METHOD_IN_USE)
async def one_that_renewals_are_charged_to(scenario: Scenario) -> Input:
    given = await method(scenario)
    card = await scenario.conn.fetchval("SELECT id FROM payment_methods")
    await world.subscription(scenario.conn, scenario.account, auto_renewal="ON", payment_method_id=card)
    return given
