"""Devices deactivated, blocked, and let in again."""

from uuid import UUID

from db.errors import UserErrorCode
from tests import world
from tests.mutations.scenario import Input, Scene, case

EACH = ("deactivate", "blockActivation", "liftActivationBlock")


async def device(scene: Scene, status: str = "ACTIVE", account: UUID | None = None) -> tuple[Input, UUID]:
    """A device of the status, and its key."""
    owner = account or scene.account
    subscription = await world.subscription(scene.conn, owner)
    key = await world.license_key(scene.conn, owner, subscription, used=int(status == "ACTIVE"))
    activation = await world.activation(scene.conn, owner, subscription, key, "mac", status=status)
    return {"activationId": scene.id("act", activation, owner)}, key


async def on_a_key_of_bobs(scene: Scene, status: str) -> Input:
    given, key = await device(scene, status)
    await world.grant(scene.conn, scene.account, scene.bob, key)
    scene.to = "bob"
    return given


@case("deactivate")
async def an_active_device(scene: Scene) -> Input:
    return (await device(scene))[0]


@case("deactivate")
async def an_active_device_on_a_key_of_ones_own(scene: Scene) -> Input:
    return await on_a_key_of_bobs(scene, "ACTIVE")


@case("blockActivation")
async def an_active_device_to_block(scene: Scene) -> Input:
    return (await device(scene))[0]


@case("blockActivation")
async def a_device_on_a_key_of_ones_own(scene: Scene) -> Input:
    return await on_a_key_of_bobs(scene, "DEACTIVATED")


@case("liftActivationBlock")
async def a_blocked_device(scene: Scene) -> Input:
    return (await device(scene, "BLOCKED"))[0]


@case("liftActivationBlock")
async def a_blocked_device_on_a_key_of_ones_own(scene: Scene) -> Input:
    return await on_a_key_of_bobs(scene, "BLOCKED")


async def a_device_of_others(scene: Scene) -> Input:
    return (await device(scene, account=await world.account(scene.conn)))[0]


async def a_device_on_a_key_of_no_grant(scene: Scene) -> Input:
    scene.to = "bob"
    return (await device(scene, "BLOCKED"))[0]


for mutation in EACH:
    case(mutation, UserErrorCode.ACTIVATION_NOT_FOUND)(a_device_of_others)
    case(mutation, UserErrorCode.FORBIDDEN)(a_device_on_a_key_of_no_grant)
