"""A renewal that was paid: the subscription ends a term later, and an order renews at most once."""

from datetime import date

from asyncpg import Connection, Record

from db.changes import subscriptions
from db.changes.context import ChangeContext, RowKey
from db.changes.locks import lock_subscription
from db.enums import AutoRenewal, OrderStatus, SubscriptionStatus
from db.terms import end_of_term, renewed
from db.user_errors import MutationRefused, UserErrorCode

_ORDER = """
    SELECT status, renewed_at
      FROM orders
     WHERE account_id = $1 AND id = $2 AND subscription_id = $3 AND kind = 'RENEWAL'
       FOR NO KEY UPDATE
"""
_SET_RENEWED_AT = "UPDATE orders SET renewed_at = $3 WHERE account_id = $1 AND id = $2"
_IS_NOT_REMOVED = "SELECT removed_at IS NULL FROM payment_methods WHERE account_id = $1 AND id = $2 FOR SHARE"


async def record_renewal(
    conn: Connection, ctx: ChangeContext, subscription: RowKey, *, paid_on: date, order: RowKey | None
) -> bool:
    """Whether it ends later now: an order that has renewed before changes nothing.

    Raises SUBSCRIPTION_NOT_FOUND, ORDER_NOT_FOUND, RENEWAL_NOT_AVAILABLE.
    """
    await lock_subscription(conn, ctx, subscription)
    if order is not None and not await _mark_renewed(conn, ctx, subscription, order):
        return False
    current = await subscriptions.fetch_with_status(conn, ctx, subscription, on=paid_on)
    await subscriptions.renew(conn, ctx, current, _next_end(current, paid_on), await _next_auto_renewal(conn, current))
    return True


async def _mark_renewed(conn: Connection, ctx: ChangeContext, subscription: RowKey, order: RowKey) -> bool:
    """Whether this order, one for renewing this subscription, has not renewed it yet. From now on it has."""
    is_own = order[0] == subscription[0]
    row = await conn.fetchrow(_ORDER, *order, subscription[1]) if is_own else None
    if row is None:
        raise MutationRefused(UserErrorCode.ORDER_NOT_FOUND, "order_id")
    if row["renewed_at"] is not None:
        return False
    if row["status"] != OrderStatus.PAID:
        message = f"This order is {row['status']}: it renews once it is PAID."
        raise MutationRefused(UserErrorCode.RENEWAL_NOT_AVAILABLE, "order_id", message=message)
    await conn.execute(_SET_RENEWED_AT, *order, ctx.now)
    return True


def _next_end(current: Record, paid_on: date) -> date:
    """A term after the last one, however late in the grace period it was paid; after that, a term from the payment."""
    is_running = current["expires_on"] is not None and not current["is_trial"]
    if not is_running or current["status"] == SubscriptionStatus.SUSPENDED:
        raise MutationRefused(UserErrorCode.RENEWAL_NOT_AVAILABLE, "subscription_id")
    if current["status"] == SubscriptionStatus.EXPIRED:
        end = end_of_term(paid_on, current["term_months"])
        assert end is not None, "what has an end has a term"
        return end
    return renewed(current["expires_on"], current["term_months"], current["activated_on"])


async def _next_auto_renewal(conn: Connection, current: Record) -> AutoRenewal:
    """As before; but an expired subscription does not renew with a payment method that was removed meanwhile."""
    renewal = AutoRenewal(current["auto_renewal"])
    if renewal == AutoRenewal.ON and not await conn.fetchval(
        _IS_NOT_REMOVED, current["account_id"], current["payment_method_id"]
    ):
        return AutoRenewal.OFF
    return renewal
