"""Products activated on devices, and the devices managed by those who administer their licence key."""

import strawberry

from db.changes import activations
from db.changes.activations import Device
from db.changes.idempotency import Result
from db.queries import license_keys, subscriptions
from db.user_errors import UserErrorCode
from schema.dsl.inputs import IdempotentInput, name_field, text_field
from schema.dsl.mutations import MutationContext, decode_account_id, decode_row_id, mutation
from schema.dsl.payloads import ChangePayload, Payload, object_field
from schema.types import Activation, Subscription


@strawberry.input
class ActivationInput(IdempotentInput):
    activation_id: strawberry.ID


@strawberry.type
class ActivationPayload(ChangePayload):
    activation: Activation | None = object_field(license_keys.activation_by_id)


@mutation(UserErrorCode.ACTIVATION_NOT_FOUND, UserErrorCode.FORBIDDEN)
async def deactivate(context: MutationContext, input: ActivationInput) -> Result:
    """Free the seat that a device takes. It may activate again."""
    activation = decode_row_id("act", input.activation_id)
    return {"activation": activation, "changed": await activations.deactivate(context.conn, context.ctx, activation)}


@mutation(UserErrorCode.ACTIVATION_NOT_FOUND, UserErrorCode.FORBIDDEN)
async def block_activation(context: MutationContext, input: ActivationInput) -> Result:
    """Free the seat that a device takes, and refuse it on every key of the subscription until the block is lifted."""
    activation = decode_row_id("act", input.activation_id)
    return {"activation": activation, "changed": await activations.block(context.conn, context.ctx, activation)}


@mutation(UserErrorCode.ACTIVATION_NOT_FOUND, UserErrorCode.FORBIDDEN)
async def lift_activation_block(context: MutationContext, input: ActivationInput) -> Result:
    """Let a blocked device activate again: it is DEACTIVATED, and takes no seat until it does."""
    activation = decode_row_id("act", input.activation_id)
    return {"activation": activation, "changed": await activations.lift_block(context.conn, context.ctx, activation)}


@strawberry.input
class ActivateProductInput(IdempotentInput):
    account_id: strawberry.ID
    key: str = text_field(1, 200)
    device_id: str = text_field(1, 128, note="Stable for the device.")
    device_name: str = name_field()


@strawberry.type
class ActivateProductPayload(Payload):
    activation: Activation | None = object_field(license_keys.activation_by_id)
    subscription: Subscription | None = object_field(subscriptions.by_id)


@mutation(
    UserErrorCode.ACCOUNT_NOT_FOUND,
    UserErrorCode.TOO_MANY_ATTEMPTS,
    UserErrorCode.KEY_MALFORMED,
    UserErrorCode.KEY_NOT_FOUND,
    UserErrorCode.KEY_REGISTERED_TO_ANOTHER_ACCOUNT,
    UserErrorCode.KEY_BLOCKED,
    UserErrorCode.SUBSCRIPTION_EXPIRED,
    UserErrorCode.REGISTRATION_REQUIRED,
    UserErrorCode.ACCOUNT_KIND_MISMATCH,
    UserErrorCode.TRIAL_CONFLICT,
    UserErrorCode.PRODUCT_LIMIT_REACHED,
    UserErrorCode.SUBSCRIPTION_NOT_ACTIVE,
    UserErrorCode.KEY_EXPIRED,
    UserErrorCode.ACTIVATION_BLOCKED,
    UserErrorCode.NO_SEATS_AVAILABLE,
    counts_key_attempts=True,
)
async def activate_product(context: MutationContext, input: ActivateProductInput) -> Result:
    """Take a seat of a licence key for a device. A person's own key that nobody has registered becomes the account's.

    The same device again is the same activation.
    """
    activation, subscription = await activations.activate(
        context.conn,
        context.ctx,
        context.services.keyring,
        context.license_key,
        decode_account_id(input.account_id),
        Device(input.device_id, input.device_name),
    )
    return {"activation": activation, "subscription": subscription}
