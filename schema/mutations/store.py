"""What the store writes, in any account: subscriptions it sells, orders, renewals that were paid, keys it blocks."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import strawberry

from db.changes import issuing, renewals
from db.changes import license_keys as key_changes
from db.changes import orders as order_changes
from db.changes.idempotency import Result
from db.changes.issuing import Terms
from db.changes.orders import NewOrder, NewOrderLine
from db.changes.registration import KeyInput
from db.enums import OrderKind, OrderStatus, SalesChannel, StartTrigger
from db.queries import license_keys, orders, subscriptions
from db.user_errors import UserErrorCode
from schema.dsl.inputs import (
    IdempotentInput,
    conflicting,
    date_field,
    integer_field,
    money_field,
    name_field,
    text_field,
    url_field,
)
from schema.dsl.mutations import MutationContext, decode_account_id, decode_optional_row_id, decode_row_id, mutation
from schema.dsl.payloads import ChangePayload, Payload, object_field, plaintext_key_field
from schema.scalars import Currency
from schema.types import LicenseKey, Order, Subscription

STORE_SCOPE = "store:write"
MAX_TERM_MONTHS = 120
MAX_COUNT = 1_000_000


@strawberry.input
class IssueItemInput:
    product_code: str = text_field(1, 63)
    quantity: int = integer_field(1, MAX_COUNT)


@strawberry.input(description="With accountId it starts in that account; without, its key waits to be registered.")
class IssueSubscriptionInput(IdempotentInput):
    number: str = name_field()
    product_code: str = text_field(1, 63)
    license_count: int = integer_field(1, MAX_COUNT)
    term_months: int = integer_field(0, MAX_TERM_MONTHS, note="0 is bought once, without an end.")
    channel: SalesChannel
    start_trigger: StartTrigger
    account_id: strawberry.ID | None = strawberry.UNSET
    starts_on: date | None = date_field(note="With ON_FIXED_DATE, and only then.", default=strawberry.UNSET)
    is_trial: bool = False
    auto_renewal: bool | None = strawberry.field(
        default=strawberry.UNSET,
        description="By default on from the online store and off from people who sell. In an account without a default "
        "payment method that can be charged, renewal begins off.",
    )
    items: list[IssueItemInput] = strawberry.field(
        default_factory=list, description="Additional products included, each named once."
    )


@strawberry.input
class OrderLineInput:
    product_code: str = text_field(1, 63)
    quantity: int = integer_field(1, MAX_COUNT)
    unit_price: Decimal = money_field()


@strawberry.input
class RecordOrderInput(IdempotentInput):
    account_id: strawberry.ID
    number: str = name_field()
    placed_at: datetime
    kind: OrderKind
    status: OrderStatus
    currency: Currency
    lines: list[OrderLineInput] = strawberry.field(description="At least one.")
    total: Decimal = money_field(note="What the lines add up to.")
    subscription_id: strawberry.ID | None = strawberry.UNSET
    payment_method_id: strawberry.ID | None = strawberry.UNSET
    invoice_url: str | None = url_field(default=strawberry.UNSET)


@strawberry.input
class SetOrderStatusInput(IdempotentInput):
    order_id: strawberry.ID
    status: OrderStatus


@strawberry.input(description="With an orderId or an idempotencyKey, so that no renewal is counted twice.")
class RecordRenewalInput(IdempotentInput):
    subscription_id: strawberry.ID
    order_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="A paid order of kind RENEWAL of this subscription: it renews once."
    )
    paid_on: date = date_field(note="Not after tomorrow.")


@strawberry.input(description="Either the key or its id.")
class BlockLicenseKeyInput(IdempotentInput):
    key: str | None = text_field(1, 200, default=strawberry.UNSET)
    license_key_id: strawberry.ID | None = strawberry.UNSET
    reason: str = text_field(1, 500, trimmed=True)
    blocked: bool = True


@strawberry.type
class IssueSubscriptionPayload(Payload):
    key: str | None = plaintext_key_field(
        "Shown here only, to the store: again to a call that is sent again under its idempotencyKey."
    )
    subscription: Subscription | None = object_field(subscriptions.by_id, "Null while its key waits to be registered.")


@strawberry.type
class OrderPayload(Payload):
    order: Order | None = object_field(orders.by_id)


@strawberry.type
class BlockLicenseKeyPayload(ChangePayload):
    license_key: LicenseKey | None = object_field(license_keys.by_id, "Null while nobody has registered it.")


@mutation(
    UserErrorCode.PRODUCT_NOT_FOUND,
    UserErrorCode.ACCOUNT_NOT_FOUND,
    UserErrorCode.ACCOUNT_KIND_MISMATCH,
    UserErrorCode.PRODUCT_LIMIT_REACHED,
    UserErrorCode.DUPLICATE_NUMBER,
    scope=STORE_SCOPE,
)
async def issue_subscription(context: MutationContext, input: IssueSubscriptionInput) -> Result:
    """Sell a subscription: its terms are fixed, and its key is made.

    In an account, ON_PURCHASE waits until an order of kind NEW for it is PAID, and an active trial of the product ends.
    """
    account_id = None if input.account_id is None else decode_account_id(input.account_id)
    issued = await issuing.issue(context.conn, context.ctx, context.services.keyring, _terms(input), account_id)
    return {"key": issued.license_key_id, "subscription": issued.subscription}


@mutation(
    UserErrorCode.ACCOUNT_NOT_FOUND,
    UserErrorCode.SUBSCRIPTION_NOT_FOUND,
    UserErrorCode.PAYMENT_METHOD_NOT_FOUND,
    UserErrorCode.PRODUCT_NOT_FOUND,
    UserErrorCode.DUPLICATE_NUMBER,
    UserErrorCode.AMOUNT_MISMATCH,
    scope=STORE_SCOPE,
)
async def record_order(context: MutationContext, input: RecordOrderInput) -> Result:
    """Keep an order as the store has it. Of kind NEW and PAID, it starts an ON_PURCHASE subscription today."""
    if not input.lines:
        raise conflicting("lines", "must have at least one entry.")
    new = NewOrder(
        account_id=decode_account_id(input.account_id),
        number=input.number,
        placed_at=input.placed_at,
        kind=input.kind,
        status=input.status,
        currency=input.currency,
        lines=[NewOrderLine(line.product_code, line.quantity, line.unit_price) for line in input.lines],
        total=input.total,
        subscription=decode_optional_row_id("sub", input.subscription_id),
        payment_method=decode_optional_row_id("pay", input.payment_method_id),
        invoice_url=input.invoice_url,
    )
    return {"order": await order_changes.record_order(context.conn, context.ctx, new)}


@mutation(UserErrorCode.ORDER_NOT_FOUND, scope=STORE_SCOPE)
async def set_order_status(context: MutationContext, input: SetOrderStatusInput) -> Result:
    """Say what became of an order. PAID starts what recordOrder would have started; REFUNDED ends nothing.

    PENDING becomes AUTHORIZED, PAID, FAILED or CANCELLED; AUTHORIZED becomes PAID, FAILED or CANCELLED; FAILED, tried
    again, becomes AUTHORIZED, PAID or CANCELLED; PAID becomes REFUNDED.
    """
    order = decode_row_id("ord", input.order_id)
    await order_changes.set_status(context.conn, context.ctx, order, input.status)
    return {"order": order}


@mutation(
    UserErrorCode.SUBSCRIPTION_NOT_FOUND,
    UserErrorCode.ORDER_NOT_FOUND,
    UserErrorCode.RENEWAL_NOT_AVAILABLE,
    scope=STORE_SCOPE,
)
async def record_renewal(context: MutationContext, input: RecordRenewalInput) -> Result:
    """Let a subscription end one term later, because that was paid.

    Paid in its term or its grace period, the term follows the last one; paid later, it follows the day of payment.
    """
    if input.order_id is None and input.idempotency_key is None:
        raise conflicting("order_id", "or idempotencyKey must be given: without both, it could be counted twice.")
    if input.paid_on > context.ctx.today + timedelta(days=1):
        raise conflicting("paid_on", f"must not be after tomorrow, {input.paid_on} was given.")
    subscription, order = decode_row_id("sub", input.subscription_id), decode_optional_row_id("ord", input.order_id)
    changed = await renewals.record_renewal(context.conn, context.ctx, subscription, paid_on=input.paid_on, order=order)
    return {"subscription": subscription, "changed": changed}


@mutation(
    UserErrorCode.LICENSE_KEY_NOT_FOUND,
    UserErrorCode.KEY_MALFORMED,
    UserErrorCode.KEY_NOT_FOUND,
    scope=STORE_SCOPE,
)
async def block_license_key(context: MutationContext, input: BlockLicenseKeyInput) -> Result:
    """Let nobody register or activate with a key, or let them again. Devices that are active stay so."""
    if (input.key is None) == (input.license_key_id is None):
        raise conflicting("key", "or licenseKeyId must be given, and not both.")
    target = KeyInput(input.key) if input.key is not None else decode_row_id("key", input.license_key_id or "")
    license_key, changed = await key_changes.block(
        context.conn, context.ctx, context.services.keyring, target, reason=input.reason, blocked=input.blocked
    )
    return {"license_key": license_key, "changed": changed}


def _terms(input: IssueSubscriptionInput) -> Terms:
    """Raises INVALID_INPUT for terms that contradict each other."""
    items = [(item.product_code, item.quantity) for item in input.items]
    terms = Terms(
        number=input.number,
        product_code=input.product_code,
        license_count=input.license_count,
        term_months=input.term_months,
        channel=input.channel,
        start_trigger=input.start_trigger,
        starts_on=input.starts_on,
        is_trial=input.is_trial,
        auto_renewal=input.auto_renewal,
        items=items,
    )
    if (terms.start_trigger == StartTrigger.ON_FIXED_DATE) != (terms.starts_on is not None):
        raise conflicting("starts_on", "must be given with ON_FIXED_DATE, and only then.")
    if terms.auto_renewal and not terms.can_renew:
        raise conflicting("auto_renewal", "must not be true of a trial, of no term, or billed by an app store.")
    if len(dict(items)) < len(items):
        raise conflicting("items", "must name each product once.")
    return terms
