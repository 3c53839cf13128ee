"""An account's payment methods: added with a processor's token, made the default, removed softly."""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from asyncpg import Connection
from sqlalchemy import literal_column, select

from db import tables
from db.changes.audit import write_event
from db.changes.context import ChangeContext, RowKey
from db.changes.locks import (
    ACCOUNT_ID,
    ROW_ID,
    authorize_account,
    authorize_payment_method,
    key_parameters,
    lock_account,
    lock_payment_method,
)
from db.changes.rows import insert
from db.enums import AutoRenewal, PaymentMethodKind, SubscriptionStatus
from db.expressions import status
from db.mapping.batch_sql import render
from db.mapping.declarations import sql_literal
from db.tables.core import subscriptions
from db.user_errors import MutationRefused, UserErrorCode

# One that has expired is not charged any more, whatever its switch says.
_RENEWING = render(
    select(subscriptions.c.id)
    .where(
        subscriptions.c.account_id == ACCOUNT_ID,
        subscriptions.c.payment_method_id == ROW_ID,
        subscriptions.c.auto_renewal == sql_literal(AutoRenewal.ON),
        status(subscriptions) != sql_literal(SubscriptionStatus.EXPIRED),
    )
    .limit(literal_column("1"))
)
# Which of an account's methods is the default is decided under the account's lock.
_LOCK_ACCOUNT = "SELECT FROM accounts WHERE id = $1 FOR NO KEY UPDATE"
_METHOD_EXISTS = (
    "SELECT EXISTS (SELECT FROM payment_methods WHERE account_id = $1 AND token = $2 AND removed_at IS NULL)"
)
_CLEAR_DEFAULT = """
    UPDATE payment_methods SET is_default = false
     WHERE account_id = $1 AND is_default AND removed_at IS NULL
 RETURNING id
"""
_SET_DEFAULT = "UPDATE payment_methods SET is_default = true WHERE account_id = $1 AND id = $2"
_REMOVE = """
    UPDATE payment_methods SET removed_at = $3, is_default = false
     WHERE account_id = $1 AND id = $2
 RETURNING jsonb_build_object('kind', kind, 'last4', last4)
"""

CARD_DIGITS = range(12, 20)


@dataclass(frozen=True, slots=True)
class PaymentMethodDetails:
    """What a payment processor returns for one of its tokens; nothing of it is secret."""

    kind: PaymentMethodKind
    brand: str | None = None
    last4: str | None = None
    expires_on: date | None = None
    """Last day on which it can be charged; None when it does not expire."""
    holder_name: str | None = None


class PaymentProcessor(Protocol):
    """Where payment methods are kept: cards never reach us, only the tokens that stand for them."""

    async def describe(self, token: str) -> PaymentMethodDetails | None:
        """None when it knows no such token. What it raises is logged: the text must not hold the token."""


@dataclass(frozen=True, slots=True)
class NewMethod:
    account_id: UUID
    token: str = field(repr=False)
    make_default: bool = False


def is_card_number(text: str) -> bool:
    """Whether this has a card's number of digits and passes the Luhn check, however it is grouped."""
    digits = re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text))
    if not (digits.isascii() and digits.isdigit() and len(digits) in CARD_DIGITS):
        return False
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(each - 9 if each > 9 else each for each in doubled) % 10 == 0


async def add(conn: Connection, ctx: ChangeContext, processor: PaymentProcessor | None, new: NewMethod) -> RowKey:
    """Raises ACCOUNT_NOT_FOUND, FORBIDDEN, PROCESSOR_NOT_CONFIGURED, TOKEN_INVALID, DUPLICATE_METHOD."""
    await authorize_account(conn, ctx, new.account_id, to_change=True)
    if processor is None:
        raise MutationRefused(UserErrorCode.PROCESSOR_NOT_CONFIGURED)
    # Called before anything is locked: it may be slow. A card number is never sent to it.
    details = None if is_card_number(new.token) else await processor.describe(new.token)
    if details is None:
        raise MutationRefused(UserErrorCode.TOKEN_INVALID, "token")
    await lock_account(conn, ctx, new.account_id)
    if await conn.fetchval(_METHOD_EXISTS, new.account_id, new.token):
        raise MutationRefused(UserErrorCode.DUPLICATE_METHOD, "token")
    method = (new.account_id, ctx.new_id())
    await insert(conn, _row(ctx, method, new.token, details))
    await write_event(conn, ctx, "payment_method.added", ("PaymentMethod", method), None, _to_json(details))
    if new.make_default:
        await _make_default(conn, ctx, method)
    return method


async def set_default(conn: Connection, ctx: ChangeContext, method: RowKey) -> bool:
    """Whether another one was the default before. Raises PAYMENT_METHOD_NOT_FOUND."""
    await authorize_payment_method(conn, ctx, method)
    await conn.execute(_LOCK_ACCOUNT, method[0])
    if await lock_payment_method(conn, ctx, method):
        return False
    await _make_default(conn, ctx, method)
    return True


async def remove(conn: Connection, ctx: ChangeContext, method: RowKey) -> None:
    """The row stays for the orders that were paid with it. Raises PAYMENT_METHOD_NOT_FOUND, PAYMENT_METHOD_IN_USE."""
    await authorize_payment_method(conn, ctx, method)
    await conn.execute(_LOCK_ACCOUNT, method[0])
    await lock_payment_method(conn, ctx, method)
    if await _RENEWING.run(conn, ctx.parameters(**key_parameters(method))):
        raise MutationRefused(UserErrorCode.PAYMENT_METHOD_IN_USE, "payment_method_id")
    removed = await conn.fetchval(_REMOVE, *method, ctx.now)
    await write_event(conn, ctx, "payment_method.removed", ("PaymentMethod", method), removed)


async def _make_default(conn: Connection, ctx: ChangeContext, method: RowKey) -> None:
    """The caller holds the account's lock."""
    previous = await conn.fetchval(_CLEAR_DEFAULT, method[0])
    await conn.execute(_SET_DEFAULT, *method)
    changes = [{"default": each and f"pay_{method[0]}_{each}"} for each in (previous, method[1])]
    await write_event(conn, ctx, "payment_method.default_changed", ("PaymentMethod", method), *changes)


def _row(ctx: ChangeContext, method: RowKey, token: str, details: PaymentMethodDetails) -> tables.PaymentMethod:
    return tables.PaymentMethod(
        account_id=method[0],
        id=method[1],
        kind=details.kind,
        token=token,
        brand=details.brand,
        last4=details.last4,
        expires_on=details.expires_on,
        holder_name=details.holder_name,
        created_at=ctx.now,
    )


def _to_json(details: PaymentMethodDetails) -> dict[str, Any]:
    return {"kind": details.kind, "last4": details.last4}
