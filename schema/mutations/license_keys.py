"""Licence keys registered by those who bought them, and shown."""

import strawberry

from db.changes import license_keys as changes
from db.changes import registration
from db.changes.idempotency import Result
from db.queries import license_keys, subscriptions
from db.user_errors import UserErrorCode
from schema.dsl.inputs import IdempotentInput, name_field, text_field
from schema.dsl.mutations import MutationContext, decode_account_id, decode_row_id, mutation
from schema.dsl.payloads import Payload, object_field, plaintext_key_field
from schema.types import LicenseKey, Subscription


@strawberry.input
class RegisterLicenseKeyInput(IdempotentInput):
    account_id: strawberry.ID
    key: str = text_field(1, 200)
    name: str | None = name_field(default=strawberry.UNSET)
    suspend_trial: bool = strawberry.field(
        default=False, description="An active trial of the product ends with this purchase."
    )


@strawberry.input
class RevealLicenseKeyInput:
    license_key_id: strawberry.ID


@strawberry.type
class RegisterLicenseKeyPayload(Payload):
    subscription: Subscription | None = object_field(subscriptions.by_id, "With KEY_ALREADY_REGISTERED too.")
    license_key: LicenseKey | None = object_field(license_keys.by_id, "With KEY_ALREADY_REGISTERED too.")


@strawberry.type
class RevealLicenseKeyPayload(Payload):
    key: str | None = plaintext_key_field("The whole key, in groups.")
    license_key: LicenseKey | None = object_field(license_keys.by_id)


@mutation(
    UserErrorCode.ACCOUNT_NOT_FOUND,
    UserErrorCode.FORBIDDEN,
    UserErrorCode.TOO_MANY_ATTEMPTS,
    UserErrorCode.KEY_MALFORMED,
    UserErrorCode.KEY_NOT_FOUND,
    UserErrorCode.KEY_REGISTERED_TO_ANOTHER_ACCOUNT,
    UserErrorCode.KEY_NOT_PRIMARY,
    UserErrorCode.KEY_ALREADY_REGISTERED,
    UserErrorCode.KEY_BLOCKED,
    UserErrorCode.SUBSCRIPTION_EXPIRED,
    UserErrorCode.ACCOUNT_KIND_MISMATCH,
    UserErrorCode.TRIAL_CONFLICT,
    UserErrorCode.PRODUCT_LIMIT_REACHED,
    counts_key_attempts=True,
)
async def register_license_key(context: MutationContext, input: RegisterLicenseKeyInput) -> Result:
    """Make an account the owner of the subscription behind a licence key."""
    subscription, license_key = await registration.register(
        context.conn,
        context.ctx,
        context.services.keyring,
        context.license_key,
        decode_account_id(input.account_id),
        name=input.name,
        suspend_trial=input.suspend_trial,
    )
    return {"subscription": subscription, "license_key": license_key}


@mutation(UserErrorCode.LICENSE_KEY_NOT_FOUND, UserErrorCode.FORBIDDEN)
async def reveal_license_key(context: MutationContext, input: RevealLicenseKeyInput) -> Result:
    """Show a whole licence key to somebody who administers it. Stands in the audit trail each time."""
    license_key = decode_row_id("key", input.license_key_id)
    await changes.reveal(context.conn, context.ctx, license_key)
    return {"key": license_key[1], "license_key": license_key}
