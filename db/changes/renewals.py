"""A renewal that was paid: the subscription ends a term later, and an order renews at most once."""

from datetime import date

from asyncpg import Connection, Record

from db.changes import subscriptions
from db.changes.context import ChangeContext, RowKey
from db.changes.locks import lock_subscription
from db.enums import AutoRenewal, OrderStatus, SubscriptionStatus
from db.errors import MutationRefused, UserErrorCode
from db.terms import end_of_term, renewed

_ORDER = """
    SELECT status, renewed_at
      FROM orders
     WHERE account_id = $1 AND id = $2 AND subscription_id = $3 AND kind = 'RENEWAL'
       FOR NO KEY UPDATE
"""
_RENEWED = "UPDATE orders SET renewed_at = $3 WHERE account_id = $1 AND id = $2"
_KEPT = "SELECT removed_at IS NULL FROM payment_methods WHERE account_id = $1 AND id = $2 FOR SHARE"


async def record_renewal(
    conn: Connection, ctx: ChangeContext, subscription: RowKey, *, paid_on: date, order: RowKey | None
) -> bool:
    """Whether it ends later now: an order that has renewed before changes nothing.

    Raises SUBSCRIPTION_NOT_FOUND, ORDER_NOT_FOUND, RENEWAL_NOT_AVAILABLE.
    """
    await lock_subscription(conn, ctx, subscription)
    if order is not None and not await _take(conn, ctx, subscription, order):
        return False
    now = await subscriptions.state(conn, ctx, subscription, on=paid_on)
    await subscriptions.renew(conn, ctx, now, _end(now, paid_on), await _renewal_from_now_on(conn, now))
    return True


async def _take(conn: Connection, ctx: ChangeContext, subscription: RowKey, order: RowKey) -> bool:
    """Whether this order, one for renewing this subscription, has not renewed it yet. From now on it has."""
    is_own = order[0] == subscription[0]
    found = await conn.fetchrow(_ORDER, *order, subscription[1]) if is_own else None
    if found is None:
        raise MutationRefused(UserErrorCode.ORDER_NOT_FOUND, "order_id")
    if found["renewed_at"] is not None:
        return False
    if found["status"] != OrderStatus.PAID:
        message = f"This order is {found['status']}: it renews once it is PAID."
        raise MutationRefused(UserErrorCode.RENEWAL_NOT_AVAILABLE, "order_id", message=message)
    await conn.execute(_RENEWED, *order, ctx.now)
    return True


def _end(now: Record, paid_on: date) -> date:
    """A term after the last one, however late in the grace period it was paid; after that, a term from the payment."""
    is_running = now["expires_on"] is not None and not now["is_trial"]
    if not is_running or now["status"] == SubscriptionStatus.SUSPENDED:
        raise MutationRefused(UserErrorCode.RENEWAL_NOT_AVAILABLE, "subscription_id")
    if now["status"] == SubscriptionStatus.EXPIRED:
        end = end_of_term(paid_on, now["term_months"])
        assert end is not None, "what has an end has a term"
        return end
    return renewed(now["expires_on"], now["term_months"], now["activated_on"])


async def _renewal_from_now_on(conn: Connection, now: Record) -> AutoRenewal:
    """As it was; what had expired does not come back to life charging a method that was removed meanwhile."""
    renewal = AutoRenewal(now["auto_renewal"])
    if renewal == AutoRenewal.ON and not await conn.fetchval(_KEPT, now["account_id"], now["payment_method_id"]):
        return AutoRenewal.OFF
    return renewal
