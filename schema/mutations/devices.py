"""Devices managed by those who administer their licence key."""

import strawberry

from db import license_keys
from db.changes import devices
from db.changes.idempotency import Result
from db.errors import UserErrorCode
from schema.mutations.inputs import Repeatable
from schema.mutations.mutation import Call, mutation, row
from schema.mutations.payloads import ChangePayload, shown
from schema.types import Activation


@strawberry.input
class ActivationInput(Repeatable):
    activation_id: strawberry.ID


@strawberry.type
class ActivationPayload(ChangePayload):
    activation: Activation | None = shown(license_keys.activation_by_id)


@mutation(UserErrorCode.ACTIVATION_NOT_FOUND, UserErrorCode.FORBIDDEN)
async def deactivate(call: Call, given: ActivationInput) -> Result:
    """Free the seat that a device takes. It may activate again."""
    activation = row("act", given.activation_id)
    return {"activation": activation, "changed": await devices.deactivate(call.conn, call.act, activation)}


@mutation(UserErrorCode.ACTIVATION_NOT_FOUND, UserErrorCode.FORBIDDEN)
async def block_activation(call: Call, given: ActivationInput) -> Result:
    """Free the seat that a device takes, and refuse it on every key of the subscription until the block is lifted."""
    activation = row("act", given.activation_id)
    return {"activation": activation, "changed": await devices.block(call.conn, call.act, activation)}


@mutation(UserErrorCode.ACTIVATION_NOT_FOUND, UserErrorCode.FORBIDDEN)
async def lift_activation_block(call: Call, given: ActivationInput) -> Result:
    """Let a blocked device activate again: it is DEACTIVATED, and takes no seat until it does."""
    activation = row("act", given.activation_id)
    return {"activation": activation, "changed": await devices.lift_block(call.conn, call.act, activation)}
