"""Changes to a subscription: its name, its renewal, what the renewal is charged to."""

import strawberry

from db.changes import subscriptions as changes
from db.changes.idempotency import Result
from db.queries import subscriptions
from db.user_errors import UserErrorCode
from schema.dsl.inputs import IdempotentInput, name_field
from schema.dsl.mutations import MutationContext, decode_optional_row_id, decode_row_id, mutation
from schema.dsl.payloads import ChangePayload, object_field
from schema.types import Subscription


@strawberry.input
class SetAutoRenewalInput(IdempotentInput):
    subscription_id: strawberry.ID
    enabled: bool
    payment_method_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="What to charge when it is enabled; the subscription's own by default."
    )
    confirm_grace_loss: bool = strawberry.field(
        default=False, description="Disabling ends a grace period at once: say that this is meant."
    )


@strawberry.input
class SetSubscriptionPaymentMethodInput(IdempotentInput):
    subscription_id: strawberry.ID
    payment_method_id: strawberry.ID


@strawberry.input
class RenameSubscriptionInput(IdempotentInput):
    subscription_id: strawberry.ID
    display_name: str = name_field()


@strawberry.type
class SetAutoRenewalPayload(ChangePayload):
    subscription: Subscription | None = object_field(subscriptions.by_id)


@strawberry.type
class SubscriptionPayload(ChangePayload):
    subscription: Subscription | None = object_field(subscriptions.by_id)


@mutation(
    UserErrorCode.SUBSCRIPTION_NOT_FOUND,
    UserErrorCode.FORBIDDEN,
    UserErrorCode.RENEWAL_MANAGED_EXTERNALLY,
    UserErrorCode.RENEWAL_NOT_AVAILABLE,
    UserErrorCode.SUBSCRIPTION_EXPIRED,
    UserErrorCode.PAYMENT_METHOD_NOT_FOUND,
    UserErrorCode.PAYMENT_METHOD_REQUIRED,
    UserErrorCode.PAYMENT_METHOD_UNUSABLE,
    UserErrorCode.GRACE_LOSS_UNCONFIRMED,
)
async def set_auto_renewal(context: MutationContext, input: SetAutoRenewalInput) -> Result:
    """Let a subscription renew by itself, or let it end on its last day: switched off, nothing more is charged."""
    subscription = decode_row_id("sub", input.subscription_id)
    changed = await changes.set_auto_renewal(
        context.conn,
        context.ctx,
        subscription,
        enabled=input.enabled,
        payment_method=decode_optional_row_id("pay", input.payment_method_id),
        confirm_grace_loss=input.confirm_grace_loss,
    )
    return {"subscription": subscription, "changed": changed}


@mutation(
    UserErrorCode.SUBSCRIPTION_NOT_FOUND,
    UserErrorCode.FORBIDDEN,
    UserErrorCode.PAYMENT_METHOD_NOT_FOUND,
    UserErrorCode.RENEWAL_MANAGED_EXTERNALLY,
    UserErrorCode.SUBSCRIPTION_EXPIRED,
    UserErrorCode.PAYMENT_METHOD_UNUSABLE,
)
async def set_subscription_payment_method(context: MutationContext, input: SetSubscriptionPaymentMethodInput) -> Result:
    """Charge the next renewal to another payment method of the account."""
    subscription = decode_row_id("sub", input.subscription_id)
    payment_method = decode_row_id("pay", input.payment_method_id)
    changed = await changes.set_payment_method(context.conn, context.ctx, subscription, payment_method)
    return {"subscription": subscription, "changed": changed}


@mutation(UserErrorCode.SUBSCRIPTION_NOT_FOUND, UserErrorCode.FORBIDDEN)
async def rename_subscription(context: MutationContext, input: RenameSubscriptionInput) -> Result:
    """Give a subscription another name to be shown by."""
    subscription = decode_row_id("sub", input.subscription_id)
    changed = await changes.rename(context.conn, context.ctx, subscription, input.display_name)
    return {"subscription": subscription, "changed": changed}
