"""The store's orders: recorded once, immutable but for their status, and what starts when one is paid."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from asyncpg import Connection, Record

from db import tables
from db.changes import subscriptions
from db.changes.audit import write_event
from db.changes.context import NO_ROW_KEY, ChangeContext, RowKey
from db.changes.locks import authorize_account, lock_subscription
from db.changes.products import require_products
from db.changes.rows import insert
from db.enums import OrderKind, OrderStatus, StartTrigger
from db.user_errors import MutationRefused, UserErrorCode

# Status transitions. A charge that failed may be tried again; what is cancelled or refunded stays so.
TRANSITIONS: Mapping[OrderStatus, frozenset[OrderStatus]] = {
    OrderStatus.PENDING: frozenset(
        {OrderStatus.AUTHORIZED, OrderStatus.PAID, OrderStatus.FAILED, OrderStatus.CANCELLED}
    ),
    OrderStatus.AUTHORIZED: frozenset({OrderStatus.PAID, OrderStatus.FAILED, OrderStatus.CANCELLED}),
    OrderStatus.FAILED: frozenset({OrderStatus.AUTHORIZED, OrderStatus.PAID, OrderStatus.CANCELLED}),
    OrderStatus.PAID: frozenset({OrderStatus.REFUNDED}),
    OrderStatus.CANCELLED: frozenset(),
    OrderStatus.REFUNDED: frozenset(),
}

# A payment method that was removed since may have paid.
_PAYMENT_METHOD = "SELECT EXISTS (SELECT FROM payment_methods WHERE account_id = $1 AND id = $2)"
_NUMBER_EXISTS = "SELECT EXISTS (SELECT FROM orders WHERE account_id = $1 AND number = $2)"
_ORDER = "SELECT account_id, subscription_id, kind, status FROM orders WHERE account_id = $1 AND id = $2"
_SET_STATUS = "UPDATE orders SET status = $3 WHERE account_id = $1 AND id = $2"


@dataclass(frozen=True, slots=True)
class NewOrderLine:
    product_code: str
    quantity: int
    unit_price: Decimal


@dataclass(frozen=True, slots=True)
class NewOrder:
    """As the store has it, in one currency."""

    account_id: UUID
    number: str
    placed_at: datetime
    kind: OrderKind
    status: OrderStatus
    currency: str
    lines: Sequence[NewOrderLine]
    total: Decimal
    subscription: RowKey | None = None
    payment_method: RowKey | None = None
    invoice_url: str | None = None


def total_of(lines: Sequence[NewOrderLine]) -> Decimal:
    return sum((line.unit_price * line.quantity for line in lines), Decimal(0))


async def record_order(conn: Connection, ctx: ChangeContext, new: NewOrder) -> RowKey:
    """Raises ACCOUNT_NOT_FOUND, SUBSCRIPTION_NOT_FOUND, PAYMENT_METHOD_NOT_FOUND, PRODUCT_NOT_FOUND,
    DUPLICATE_NUMBER, AMOUNT_MISMATCH.
    """
    await authorize_account(conn, ctx, new.account_id, to_change=True)
    if new.subscription is not None:
        await lock_subscription(conn, ctx, _own_or_no_row(new.account_id, new.subscription))
    await _require_references(conn, new)
    if await conn.fetchval(_NUMBER_EXISTS, new.account_id, new.number):
        raise MutationRefused(UserErrorCode.DUPLICATE_NUMBER, "number")
    if total_of(new.lines) != new.total:
        raise MutationRefused(UserErrorCode.AMOUNT_MISMATCH, "total")
    order = (new.account_id, ctx.new_id())
    await insert(conn, _row(order, new))
    for position, line in enumerate(new.lines, 1):
        await insert(conn, _line(order, position, line, new.currency))
    after = {"number": new.number, "status": new.status, "total": str(new.total), "currency": new.currency}
    await write_event(conn, ctx, "order.recorded", ("Order", order), None, after)
    await _start_purchased_subscription(conn, ctx, new.subscription, new.kind, new.status)
    return order


async def set_status(conn: Connection, ctx: ChangeContext, order: RowKey, status: OrderStatus) -> bool:
    """Whether it is another one now. Raises ORDER_NOT_FOUND, and INVALID_INPUT for what it can not become."""
    row = await _fetch_order(conn, order)
    subscription = row["subscription_id"] and (order[0], row["subscription_id"])
    if subscription is not None:
        await lock_subscription(conn, ctx, subscription)
    # Read again under its lock; what it is of and for never changes.
    before = OrderStatus((await _fetch_order(conn, order, lock=True))["status"])
    if status == before:
        return False
    if status not in TRANSITIONS[before]:
        message = f"An order that is {before} can not become {status}."
        raise MutationRefused(UserErrorCode.INVALID_INPUT, "status", message=message)
    await conn.execute(_SET_STATUS, *order, status)
    await write_event(conn, ctx, "order.status_changed", ("Order", order), {"status": before}, {"status": status})
    await _start_purchased_subscription(conn, ctx, subscription, OrderKind(row["kind"]), status)
    return True


async def _fetch_order(conn: Connection, order: RowKey, *, lock: bool = False) -> Record:
    row = await conn.fetchrow(f"{_ORDER} FOR NO KEY UPDATE" if lock else _ORDER, *order)
    if row is None:
        raise MutationRefused(UserErrorCode.ORDER_NOT_FOUND, "order_id")
    return row


async def _require_references(conn: Connection, new: NewOrder) -> None:
    if new.payment_method is not None:
        own = _own_or_no_row(new.account_id, new.payment_method)
        if not await conn.fetchval(_PAYMENT_METHOD, *own):
            raise MutationRefused(UserErrorCode.PAYMENT_METHOD_NOT_FOUND, "payment_method_id")
    lines = enumerate(new.lines)
    await require_products(conn, [(("lines", str(at), "product_code"), line.product_code) for at, line in lines])


async def _start_purchased_subscription(
    conn: Connection, ctx: ChangeContext, subscription: RowKey | None, kind: OrderKind, status: OrderStatus
) -> None:
    """A paid purchase starts what waits for it, today. The caller holds the subscription's lock."""
    if subscription is None or kind != OrderKind.NEW or status != OrderStatus.PAID:
        return
    current = await subscriptions.fetch_with_status(conn, ctx, subscription)
    if current["start_trigger"] == StartTrigger.ON_PURCHASE and current["activated_on"] is None:
        await subscriptions.start(conn, ctx, subscription, ctx.today)


def _own_or_no_row(account_id: UUID, row: RowKey) -> RowKey:
    """Rows of another account do not exist for this one."""
    return row if row[0] == account_id else NO_ROW_KEY


def _row(order: RowKey, new: NewOrder) -> tables.Order:
    return tables.Order(
        account_id=order[0],
        id=order[1],
        number=new.number,
        placed_at=new.placed_at,
        status=new.status,
        kind=new.kind,
        total=new.total,
        currency=new.currency,
        subscription_id=new.subscription and new.subscription[1],
        payment_method_id=new.payment_method and new.payment_method[1],
        invoice_url=new.invoice_url,
    )


def _line(order: RowKey, position: int, line: NewOrderLine, currency: str) -> tables.OrderLine:
    return tables.OrderLine(
        account_id=order[0],
        order_id=order[1],
        position=position,
        product_code=line.product_code,
        quantity=line.quantity,
        unit_price=line.unit_price,
        currency=currency,
    )
