"""Licence keys registered by those who bought them."""

import strawberry

from db import license_keys, subscriptions
from db.changes import registration
from db.changes.idempotency import Result
from db.changes.registration import TypedKey
from db.errors import UserErrorCode
from schema.mutations.inputs import Repeatable, name_text, text
from schema.mutations.mutation import Call, account, mutation
from schema.mutations.payloads import Payload, shown
from schema.types import LicenseKey, Subscription


@strawberry.input
class RegisterLicenseKeyInput(Repeatable):
    account_id: strawberry.ID
    key: str = text(1, 200)
    name: str | None = name_text(default=strawberry.UNSET)
    suspend_trial: bool = strawberry.field(
        default=False, description="An active trial of the product ends with this purchase."
    )


@strawberry.type
class RegisterLicenseKeyPayload(Payload):
    subscription: Subscription | None = shown(subscriptions.by_id, "With KEY_ALREADY_REGISTERED too.")
    license_key: LicenseKey | None = shown(license_keys.by_id, "With KEY_ALREADY_REGISTERED too.")


@mutation(
    UserErrorCode.ACCOUNT_NOT_FOUND,
    UserErrorCode.FORBIDDEN,
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
)
async def register_license_key(call: Call, given: RegisterLicenseKeyInput) -> Result:
    """Make an account the owner of the subscription behind a licence key."""
    subscription, license_key = await registration.register(
        call.conn,
        call.act,
        call.means.keyring,
        TypedKey(given.key),
        account(given.account_id),
        name=given.name,
        suspend=given.suspend_trial,
    )
    return {"subscription": subscription, "license_key": license_key}
