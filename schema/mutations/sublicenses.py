"""Licence keys split for departments: how many seats each may take, who administers it, what it is called."""

from datetime import date
from typing import Any

import strawberry

from db.changes import key_admins, sublicenses
from db.changes import license_keys as changes
from db.changes.idempotency import Result
from db.changes.sublicenses import SeatAllocation
from db.enums import Allocation
from db.queries import license_keys
from db.user_errors import UserErrorCode
from schema.dsl.inputs import IdempotentInput, name_field, nullable_optional
from schema.dsl.mutations import MutationContext, decode_optional_row_id, decode_row_id, mutation
from schema.dsl.payloads import Payload, object_field, plaintext_key_field
from schema.types import LicenseKey

_QUOTA = "Seats, 1 or more: kept from the pool when RESERVED, a limit on what is taken from it when DYNAMIC."


@strawberry.input
class CreateSublicenseInput(IdempotentInput):
    subscription_id: strawberry.ID
    name: str = name_field()
    allocation: Allocation
    quota: int = strawberry.field(description=_QUOTA)
    expires_on: date | None = strawberry.field(
        default=strawberry.UNSET, description="Last usable day; without one, that of the subscription."
    )


@strawberry.input
class UpdateSublicenseInput(IdempotentInput):
    license_key_id: strawberry.ID
    allocation: Allocation | None = strawberry.UNSET
    quota: int | None = strawberry.field(default=strawberry.UNSET, description=_QUOTA)
    expires_on: date | None = nullable_optional("Last usable day; null for that of the subscription.")


@strawberry.input
class DeleteSublicenseInput(IdempotentInput):
    license_key_id: strawberry.ID
    move_to_license_key_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="Where its active devices go; without it a key in use is refused."
    )


@strawberry.input
class RotateSublicenseInput(IdempotentInput):
    license_key_id: strawberry.ID


@strawberry.input
class RenameLicenseKeyInput(IdempotentInput):
    license_key_id: strawberry.ID
    name: str = name_field()


@strawberry.input
class SetLicenseKeyAdminsInput(IdempotentInput):
    license_key_id: strawberry.ID
    membership_ids: list[strawberry.ID] = strawberry.field(
        description="All that are to administer the key besides the account's own administrators; at most 100."
    )


@strawberry.type
class LicenseKeyPayload(Payload):
    license_key: LicenseKey | None = object_field(license_keys.by_id, "Null when it was deleted.")


@strawberry.type
class CreateSublicensePayload(Payload):
    key: str | None = plaintext_key_field("The new key, in groups: shown here, and by revealLicenseKey.")
    license_key: LicenseKey | None = object_field(license_keys.by_id)


@mutation(
    UserErrorCode.SUBSCRIPTION_NOT_FOUND,
    UserErrorCode.FORBIDDEN,
    UserErrorCode.SUBSCRIPTION_NOT_ACTIVE,
    UserErrorCode.SUBLICENSES_NOT_SUPPORTED,
    UserErrorCode.ALLOCATION_NOT_SUPPORTED,
    UserErrorCode.QUOTA_INVALID,
    UserErrorCode.QUOTA_EXCEEDS_POOL,
    UserErrorCode.EXPIRATION_IN_PAST,
    UserErrorCode.EXPIRATION_AFTER_SUBSCRIPTION,
)
async def create_sublicense(context: MutationContext, input: CreateSublicenseInput) -> Result:
    """Split a key of its own off a subscription, for a department: with seats kept for it, or with a limit on them."""
    seats = SeatAllocation(input.allocation, input.quota, input.expires_on)
    subscription = decode_row_id("sub", input.subscription_id)
    license_key = await sublicenses.create(
        context.conn, context.ctx, context.services.keyring, subscription, input.name, seats
    )
    return {"key": license_key[1], "license_key": license_key}


@mutation(
    UserErrorCode.LICENSE_KEY_NOT_FOUND,
    UserErrorCode.FORBIDDEN,
    UserErrorCode.SUBSCRIPTION_NOT_ACTIVE,
    UserErrorCode.ALLOCATION_NOT_SUPPORTED,
    UserErrorCode.CANNOT_MODIFY_PRIMARY,
    UserErrorCode.QUOTA_INVALID,
    UserErrorCode.QUOTA_BELOW_USED,
    UserErrorCode.QUOTA_EXCEEDS_POOL,
    UserErrorCode.EXPIRATION_IN_PAST,
    UserErrorCode.EXPIRATION_AFTER_SUBSCRIPTION,
)
async def update_sublicense(context: MutationContext, input: UpdateSublicenseInput) -> Result:
    """Give a sublicence more or fewer seats, another way to take them, or another last day. What is absent stays."""
    license_key = decode_row_id("key", input.license_key_id)
    seats = {"allocation": input.allocation, "quota": input.quota}
    changed: dict[str, Any] = {name: value for name, value in seats.items() if value is not None}
    if input.expires_on is not strawberry.UNSET:
        changed["expires_on"] = input.expires_on
    await sublicenses.update(context.conn, context.ctx, license_key, changed)
    return {"license_key": license_key}


@mutation(
    UserErrorCode.LICENSE_KEY_NOT_FOUND,
    UserErrorCode.FORBIDDEN,
    UserErrorCode.SUBSCRIPTION_NOT_ACTIVE,
    UserErrorCode.CANNOT_MODIFY_PRIMARY,
    UserErrorCode.KEY_EXPIRED,
    UserErrorCode.KEY_BLOCKED,
    UserErrorCode.KEY_IN_USE,
    UserErrorCode.NO_SEATS_AVAILABLE,
)
async def delete_sublicense(context: MutationContext, input: DeleteSublicenseInput) -> Result:
    """Give a sublicence's seats back to the pool: its key works no more, its devices go to another one."""
    license_key = decode_row_id("key", input.license_key_id)
    await sublicenses.delete(
        context.conn, context.ctx, license_key, decode_optional_row_id("key", input.move_to_license_key_id)
    )
    return {"license_key": license_key}


@mutation(
    UserErrorCode.LICENSE_KEY_NOT_FOUND,
    UserErrorCode.FORBIDDEN,
    UserErrorCode.SUBSCRIPTION_NOT_ACTIVE,
    UserErrorCode.CANNOT_MODIFY_PRIMARY,
    UserErrorCode.KEY_BLOCKED,
)
async def rotate_sublicense(context: MutationContext, input: RotateSublicenseInput) -> Result:
    """Replace a sublicence's key, which never works again. Its devices, name and administrators stay."""
    license_key = decode_row_id("key", input.license_key_id)
    await sublicenses.rotate(context.conn, context.ctx, context.services.keyring, license_key)
    return {"key": license_key[1], "license_key": license_key}


@mutation(UserErrorCode.LICENSE_KEY_NOT_FOUND, UserErrorCode.FORBIDDEN)
async def rename_license_key(context: MutationContext, input: RenameLicenseKeyInput) -> Result:
    """Give a key another name to be shown by."""
    license_key = decode_row_id("key", input.license_key_id)
    await changes.rename(context.conn, context.ctx, license_key, input.name)
    return {"license_key": license_key}


@mutation(
    UserErrorCode.LICENSE_KEY_NOT_FOUND,
    UserErrorCode.FORBIDDEN,
    UserErrorCode.MEMBERSHIP_NOT_FOUND,
    UserErrorCode.MEMBER_IS_ADMIN,
    UserErrorCode.MEMBER_BLOCKED,
)
async def set_license_key_admins(context: MutationContext, input: SetLicenseKeyAdminsInput) -> Result:
    """Say which members administer a key: reveal and rename it, and manage its devices."""
    license_key = decode_row_id("key", input.license_key_id)
    memberships = [decode_row_id("mem", id_) for id_ in input.membership_ids]
    await key_admins.set_admins(context.conn, context.ctx, license_key, memberships)
    return {"license_key": license_key}
