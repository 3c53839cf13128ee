"""Devices deactivated, blocked, and let in again."""

from uuid import UUID

from db.user_errors import UserErrorCode
from tests import world
from tests.mutations.scenario import CaseRegistry, Input, Scenario

CASES = CaseRegistry()
case = CASES.register

EACH = ("deactivate", "blockActivation", "liftActivationBlock")


async def device(scenario: Scenario, status: str = "ACTIVE", account: UUID | None = None) -> tuple[Input, UUID]:
    """A device of the status, and its key."""
    owner = account or scenario.account
    subscription = await world.subscription(scenario.conn, owner)
    key = await world.license_key(scenario.conn, owner, subscription, used=int(status == "ACTIVE"))
    activation = await world.activation(scenario.conn, owner, subscription, key, "mac", status=status)
    return {"activationId": scenario.id("act", activation, owner)}, key


async def on_a_key_of_bobs(scenario: Scenario, status: str) -> Input:
    given, key = await device(scenario, status)
    await world.grant(scenario.conn, scenario.account, scenario.bob, key)
    scenario.to = "bob"
    return given


@case("deactivate")
async def an_active_device(scenario: Scenario) -> Input:
    return (await device(scenario))[0]


@case("deactivate")
async def an_active_device_on_a_key_of_ones_own(scenario: Scenario) -> Input:
    return await on_a_key_of_bobs(scenario, "ACTIVE")


@case("blockActivation")
async def an_active_device_to_block(scenario: Scenario) -> Input:
    return (await device(scenario))[0]


@case("blockActivation")
async def a_device_on_a_key_of_ones_own(scenario: Scenario) -> Input:
    return await on_a_key_of_bobs(scenario, "DEACTIVATED")


@case("liftActivationBlock")
async def a_blocked_device(scenario: Scenario) -> Input:
    return (await device(scenario, "BLOCKED"))[0]


@case("liftActivationBlock")
async def a_blocked_device_on_a_key_of_ones_own(scenario: Scenario) -> Input:
    return await on_a_key_of_bobs(scenario, "BLOCKED")


async def a_device_of_others(scenario: Scenario) -> Input:
    return (await device(scenario, account=await world.account(scenario.conn)))[0]


async def a_device_on_a_key_of_no_grant(scenario: Scenario) -> Input:
    scenario.to = "bob"
    return (await device(scenario, "BLOCKED"))[0]


for mutation in EACH:
    case(mutation, UserErrorCode.ACTIVATION_NOT_FOUND)(a_device_of_others)
    case(mutation, UserErrorCode.FORBIDDEN)(a_device_on_a_key_of_no_grant)
