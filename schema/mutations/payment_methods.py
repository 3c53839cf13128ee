"""An account's payment methods: added by a processor's token, made the default, removed."""

import strawberry

from db.changes import payment_methods as changes
from db.changes.idempotency import Result
from db.changes.payment_methods import NewMethod
from db.queries import orders
from db.user_errors import UserErrorCode
from schema.dsl.inputs import IdempotentInput, text_field
from schema.dsl.mutations import MutationContext, decode_account_id, decode_row_id, mutation
from schema.dsl.payloads import Payload, object_field
from schema.types import PaymentMethod


@strawberry.input
class AddPaymentMethodInput(IdempotentInput):
    account_id: strawberry.ID
    token: str = text_field(note="From the payment processor; never a card number.")
    make_default: bool = False


@strawberry.input
class PaymentMethodInput(IdempotentInput):
    payment_method_id: strawberry.ID


@strawberry.type
class PaymentMethodPayload(Payload):
    payment_method: PaymentMethod | None = object_field(orders.payment_method_by_id)


@mutation(
    UserErrorCode.ACCOUNT_NOT_FOUND,
    UserErrorCode.FORBIDDEN,
    UserErrorCode.PROCESSOR_NOT_CONFIGURED,
    UserErrorCode.TOKEN_INVALID,
    UserErrorCode.DUPLICATE_METHOD,
)
async def add_payment_method(context: MutationContext, input: AddPaymentMethodInput) -> Result:
    """Add what a payment processor's token stands for. A card's number is none: it is refused, and kept nowhere."""
    new = NewMethod(decode_account_id(input.account_id), input.token, input.make_default)
    return {"payment_method": await changes.add(context.conn, context.ctx, context.services.payment_processor, new)}


@mutation(UserErrorCode.PAYMENT_METHOD_NOT_FOUND)
async def set_default_payment_method(context: MutationContext, input: PaymentMethodInput) -> Result:
    """Let what is bought from now on renew with it. The former default is none any more."""
    method = decode_row_id("pay", input.payment_method_id)
    await changes.set_default(context.conn, context.ctx, method)
    return {"payment_method": method}


@mutation(UserErrorCode.PAYMENT_METHOD_NOT_FOUND, UserErrorCode.PAYMENT_METHOD_IN_USE)
async def remove_payment_method(context: MutationContext, input: PaymentMethodInput) -> Result:
    """Charge nothing to it any more. Orders that were paid with it still show it."""
    method = decode_row_id("pay", input.payment_method_id)
    await changes.remove(context.conn, context.ctx, method)
    return {"payment_method": method}
