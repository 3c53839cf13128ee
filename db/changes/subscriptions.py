"""Changes to one subscription: its name, its renewal, what the renewal is charged to, its first day."""

from datetime import date
from typing import Any

from asyncpg import Connection, Record
from sqlalchemy import select

from db import tables
from db.changes.audit import write_event
from db.changes.context import NO_ROW_KEY, ChangeContext, RowKey
from db.changes.locks import key_parameters, lock_subscription, share_lock_payment_method, where_key
from db.changes.rows import update_changed
from db.enums import AutoRenewal, SalesChannel, SubscriptionStatus
from db.expressions import status
from db.mapping.batch_sql import render
from db.tables.core import subscriptions
from db.terms import end_of_term
from db.user_errors import MutationRefused, UserErrorCode

_WITH_STATUS = render(select(subscriptions, status(subscriptions).label("status")).where(*where_key(subscriptions)))

# For good: a removed payment method does not come back.
_REMOVED = "SELECT removed_at IS NOT NULL FROM payment_methods WHERE account_id = $1 AND id = $2"


async def fetch_with_status(
    conn: Connection, ctx: ChangeContext, subscription: RowKey, on: date | None = None
) -> Record:
    """The row and its status today, or on another day. The caller holds its lock, or knows that it is there."""
    parameters = ctx.parameters(**key_parameters(subscription))
    (row,) = await _WITH_STATUS.run(conn, {**parameters, "today": on or ctx.today})
    return row


async def rename(conn: Connection, ctx: ChangeContext, subscription: RowKey, display_name: str) -> bool:
    """Whether the name is another one now. Raises SUBSCRIPTION_NOT_FOUND, FORBIDDEN."""
    await lock_subscription(conn, ctx, subscription)
    current = await fetch_with_status(conn, ctx, subscription)
    return await _change(conn, ctx, current, "subscription.renamed", display_name=display_name)


async def set_auto_renewal(
    conn: Connection,
    ctx: ChangeContext,
    subscription: RowKey,
    *,
    enabled: bool,
    payment_method: RowKey | None,
    confirm_grace_loss: bool,
) -> bool:
    """Whether anything is different now.

    Raises SUBSCRIPTION_NOT_FOUND, FORBIDDEN, RENEWAL_MANAGED_EXTERNALLY, RENEWAL_NOT_AVAILABLE, SUBSCRIPTION_EXPIRED;
    enabling PAYMENT_METHOD_NOT_FOUND, …_REQUIRED, …_UNUSABLE; disabling GRACE_LOSS_UNCONFIRMED.
    """
    await lock_subscription(conn, ctx, subscription)
    current = await fetch_with_status(conn, ctx, subscription)
    _require_renewed_here(current)
    _require_renewable(current)
    _require_not_expired(current)
    if enabled:
        return await _enable_renewal(conn, ctx, current, payment_method)
    return await _disable_renewal(conn, ctx, current, confirm_grace_loss=confirm_grace_loss)


async def set_payment_method(
    conn: Connection, ctx: ChangeContext, subscription: RowKey, payment_method: RowKey
) -> bool:
    """Whether it is another one now.

    Raises SUBSCRIPTION_NOT_FOUND, FORBIDDEN, PAYMENT_METHOD_NOT_FOUND, RENEWAL_MANAGED_EXTERNALLY,
    SUBSCRIPTION_EXPIRED, and PAYMENT_METHOD_UNUSABLE while renewal is ON.
    """
    await lock_subscription(conn, ctx, subscription)
    current = await fetch_with_status(conn, ctx, subscription)
    can_renew = await _share_lock_own_payment_method(conn, ctx, current, payment_method)
    _require_renewed_here(current)
    _require_not_expired(current)
    if current["auto_renewal"] == AutoRenewal.ON and not can_renew:
        raise MutationRefused(UserErrorCode.PAYMENT_METHOD_UNUSABLE, "payment_method_id")
    return await _change(conn, ctx, current, "subscription.payment_method_changed", payment_method_id=payment_method[1])


async def start(conn: Connection, ctx: ChangeContext, subscription: RowKey, on: date) -> None:
    """Begin the first term. The caller holds the lock and knows that it has not begun."""
    current = await fetch_with_status(conn, ctx, subscription)
    days = {"activated_on": on, "expires_on": end_of_term(on, current["term_months"])}
    await _change(conn, ctx, current, "subscription.started", **days)


async def suspend(conn: Connection, ctx: ChangeContext, subscription: RowKey) -> None:
    """Give a trial up. The caller holds the account's lock, under which trials and purchases are weighed."""
    await lock_subscription(conn, ctx, subscription)
    await conn.execute(
        "UPDATE subscriptions SET suspended_at = $3 WHERE account_id = $1 AND id = $2", *subscription, ctx.now
    )
    subject = ("Subscription", subscription)
    await write_event(conn, ctx, "subscription.suspended", subject, {"isSuspended": False}, {"isSuspended": True})


async def renew(
    conn: Connection, ctx: ChangeContext, current: Record, expires_on: date, auto_renewal: AutoRenewal
) -> None:
    """Move the end to another day. The caller holds the lock."""
    await _change(conn, ctx, current, "subscription.renewed", expires_on=expires_on, auto_renewal=auto_renewal)


def _require_renewed_here(current: Record) -> None:
    if current["channel"] == SalesChannel.APP_STORE:
        raise MutationRefused(UserErrorCode.RENEWAL_MANAGED_EXTERNALLY)


def _require_renewable(current: Record) -> None:
    if current["auto_renewal"] == AutoRenewal.NOT_AVAILABLE:
        raise MutationRefused(UserErrorCode.RENEWAL_NOT_AVAILABLE)


def _require_not_expired(current: Record) -> None:
    if current["status"] == SubscriptionStatus.EXPIRED:
        raise MutationRefused(UserErrorCode.SUBSCRIPTION_EXPIRED)


async def _enable_renewal(conn: Connection, ctx: ChangeContext, current: Record, payment_method: RowKey | None) -> bool:
    if payment_method is None and current["auto_renewal"] == AutoRenewal.ON:
        return False
    charged = payment_method or (current["account_id"], current["payment_method_id"])
    if charged[1] is None or (payment_method is None and await conn.fetchval(_REMOVED, *charged)):
        raise MutationRefused(UserErrorCode.PAYMENT_METHOD_REQUIRED, "payment_method_id")
    if not await _share_lock_own_payment_method(conn, ctx, current, charged):
        raise MutationRefused(UserErrorCode.PAYMENT_METHOD_UNUSABLE, "payment_method_id")
    values = {"auto_renewal": AutoRenewal.ON, "payment_method_id": charged[1]}
    return await _change(conn, ctx, current, "subscription.auto_renewal_changed", **values)


async def _disable_renewal(conn: Connection, ctx: ChangeContext, current: Record, *, confirm_grace_loss: bool) -> bool:
    if current["status"] == SubscriptionStatus.GRACE_PERIOD and not confirm_grace_loss:
        raise MutationRefused(UserErrorCode.GRACE_LOSS_UNCONFIRMED, "confirm_grace_loss")
    return await _change(conn, ctx, current, "subscription.auto_renewal_changed", auto_renewal=AutoRenewal.OFF)


async def _share_lock_own_payment_method(
    conn: Connection, ctx: ChangeContext, current: Record, payment_method: RowKey
) -> bool:
    """Whether it can renew. One of another account is not found, even if the viewer may read it there."""
    is_own = payment_method[0] == current["account_id"]
    return await share_lock_payment_method(conn, ctx, payment_method if is_own else NO_ROW_KEY)


async def _change(conn: Connection, ctx: ChangeContext, current: Record, action: str, **values: Any) -> bool:
    return await update_changed(conn, ctx, tables.Subscription, current, action, **values)
