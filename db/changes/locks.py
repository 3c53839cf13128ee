"""Authorization and row locks: account, subscription, key, payment method.

`authorize_*` reads, `lock_*` locks and reads again: a statement that locks and counts at once counts what it saw before
it waited. A row that the viewer may not read is not found; one that they may read but not change is FORBIDDEN.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from asyncpg import Connection, Record
from sqlalchemy import Boolean, ColumnElement, FromClause, Select, Uuid, bindparam, or_, select

from db.changes.context import ChangeContext, RowKey
from db.enums import AccountKind
from db.expressions import active_membership, administers_key, can_renew, manages
from db.mapping.batch_sql import Statement, render
from db.tables.core import accounts, activations, license_keys, memberships, payment_methods, subscriptions
from db.user_errors import MutationRefused, UserErrorCode

ACCOUNT_ID: Any = bindparam("account_id", type_=Uuid)
ROW_ID: Any = bindparam("row_id", type_=Uuid)
AS_STORE: Any = bindparam("as_store", type_=Boolean)


def where_key(table: FromClause) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The row that `key_parameters` identify."""
    return table.c.account_id == ACCOUNT_ID, table.c.id == ROW_ID


def key_parameters(row: RowKey) -> dict[str, Any]:
    return {"account_id": row[0], "row_id": row[1]}


def _authorized(
    columns: tuple[ColumnElement[Any] | FromClause, ...],
    where: tuple[ColumnElement[bool], ...],
    account_id: ColumnElement[Any],
    may_change: ColumnElement[bool],
) -> Select[Any]:
    permitted = or_(AS_STORE, may_change).label("may_change")
    return select(*columns, permitted).where(*where, or_(AS_STORE, active_membership(account_id)))


_ACCOUNT = _authorized((accounts.c.kind,), (accounts.c.id == ACCOUNT_ID,), accounts.c.id, manages(accounts.c.id))
_SUBSCRIPTION = _authorized(
    (subscriptions.c.id,),
    where_key(subscriptions),
    subscriptions.c.account_id,
    manages(subscriptions.c.account_id),
)
_LICENSE_KEY = _authorized(
    (license_keys,),
    where_key(license_keys),
    license_keys.c.account_id,
    administers_key(license_keys.c.account_id, license_keys.c.id),
)
# Viewers who may not change a payment method may not see it either.
_PAYMENT_METHOD = _authorized(
    (payment_methods.c.is_default,),
    (*where_key(payment_methods), payment_methods.c.removed_at.is_(None), manages(payment_methods.c.account_id)),
    payment_methods.c.account_id,
    manages(payment_methods.c.account_id),
)

_SELECT_LICENSE_KEY = render(_LICENSE_KEY)
_SELECT_PAYMENT_METHOD = render(_PAYMENT_METHOD)
_LOCK_PAYMENT_METHOD = render(_PAYMENT_METHOD.with_for_update(key_share=True))
_SHARE_LOCK_PAYMENT_METHOD = render(
    select(payment_methods.c.id, can_renew(payment_methods).label("can_renew"))
    .where(*where_key(payment_methods), payment_methods.c.removed_at.is_(None))
    .with_for_update(read=True)
)


async def _fetch_one(
    conn: Connection,
    ctx: ChangeContext,
    statement: Statement,
    entity: str,
    *,
    to_change: bool = True,
    **parameters: Any,
) -> Record:
    """Raises <ENTITY>_NOT_FOUND, and FORBIDDEN when the viewer is `to_change` it and may not."""
    rows = await statement.run(conn, ctx.parameters(**parameters))
    if not rows:
        raise MutationRefused(UserErrorCode(f"{entity.upper()}_NOT_FOUND"), f"{entity}_id")
    if to_change and not rows[0]["may_change"]:
        raise MutationRefused(UserErrorCode.FORBIDDEN)
    return rows[0]


@dataclass(frozen=True, slots=True)
class _RowLock:
    """How to lock a row, itself or the row that it belongs to, and read it again."""

    entity: str
    lock: Statement
    read: Statement

    async def lock_and_read(
        self, conn: Connection, ctx: ChangeContext, *, to_change: bool = True, **parameters: Any
    ) -> Record:
        await _fetch_one(conn, ctx, self.lock, self.entity, to_change=to_change, **parameters)
        # The previous holder of the lock may have changed the row, or the viewer's role.
        return await _fetch_one(conn, ctx, self.read, self.entity, to_change=to_change, **parameters)


def _row_lock(entity: str, select_row: Select[Any], locked: FromClause, *within: ColumnElement[bool]) -> _RowLock:
    # Not FOR UPDATE: rows that refer to the locked one may be added meanwhile.
    lock = select_row.where(*within).with_for_update(key_share=True, of=locked)
    return _RowLock(entity, render(lock), render(select_row))


_ACCOUNT_LOCK = _row_lock("account", _ACCOUNT, accounts)
_SUBSCRIPTION_LOCK = _row_lock("subscription", _SUBSCRIPTION, subscriptions)


async def authorize_account(
    conn: Connection, ctx: ChangeContext, account_id: UUID, *, to_change: bool = False
) -> AccountKind:
    """The kind of an account in which the viewer is anything, or manages. Raises ACCOUNT_NOT_FOUND, FORBIDDEN."""
    row = await _fetch_one(conn, ctx, _ACCOUNT_LOCK.read, "account", to_change=to_change, account_id=account_id)
    return AccountKind(row["kind"])


async def lock_account(
    conn: Connection, ctx: ChangeContext, account_id: UUID, *, to_change: bool = True
) -> AccountKind:
    """The account's kind. Raises ACCOUNT_NOT_FOUND, FORBIDDEN."""
    row = await _ACCOUNT_LOCK.lock_and_read(conn, ctx, to_change=to_change, account_id=account_id)
    return AccountKind(row["kind"])


async def lock_subscription(conn: Connection, ctx: ChangeContext, subscription: RowKey) -> None:
    """Raises SUBSCRIPTION_NOT_FOUND, FORBIDDEN."""
    await _SUBSCRIPTION_LOCK.lock_and_read(conn, ctx, **key_parameters(subscription))


async def authorize_license_key(conn: Connection, ctx: ChangeContext, license_key: RowKey) -> UUID:
    """The subscription of a key that the viewer administers. Raises LICENSE_KEY_NOT_FOUND, FORBIDDEN."""
    row = await _fetch_one(conn, ctx, _SELECT_LICENSE_KEY, "license_key", **key_parameters(license_key))
    subscription_id: UUID = row["subscription_id"]
    return subscription_id


async def authorize_payment_method(conn: Connection, ctx: ChangeContext, payment_method: RowKey) -> None:
    """Raises PAYMENT_METHOD_NOT_FOUND."""
    await _fetch_one(conn, ctx, _SELECT_PAYMENT_METHOD, "payment_method", **key_parameters(payment_method))


async def lock_payment_method(conn: Connection, ctx: ChangeContext, payment_method: RowKey) -> bool:
    """Whether it is the default. Raises PAYMENT_METHOD_NOT_FOUND."""
    return bool(
        (await _fetch_one(conn, ctx, _LOCK_PAYMENT_METHOD, "payment_method", **key_parameters(payment_method)))[
            "is_default"
        ]
    )


async def share_lock_payment_method(conn: Connection, ctx: ChangeContext, payment_method: RowKey) -> bool:
    """Lock a payment method FOR SHARE, so that it is not removed meanwhile; whether a renewal can be charged to it.

    Raises PAYMENT_METHOD_NOT_FOUND. The caller knows that the viewer may use the account's methods.
    """
    rows = await _SHARE_LOCK_PAYMENT_METHOD.run(conn, ctx.parameters(**key_parameters(payment_method)))
    if not rows:
        raise MutationRefused(UserErrorCode.PAYMENT_METHOD_NOT_FOUND, "payment_method_id")
    return bool(rows[0]["can_renew"])


def _of_subscription(row: FromClause) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return subscriptions.c.account_id == row.c.account_id, subscriptions.c.id == row.c.subscription_id


_ADMINISTERED_KEY_LOCK = _row_lock("license_key", _LICENSE_KEY, subscriptions, *_of_subscription(license_keys))
_MANAGED_KEY_LOCK = _row_lock(
    "license_key",
    _authorized(
        (license_keys,), where_key(license_keys), license_keys.c.account_id, manages(license_keys.c.account_id)
    ),
    subscriptions,
    *_of_subscription(license_keys),
)
_ACTIVATION_LOCK = _row_lock(
    "activation",
    _authorized(
        (activations,),
        where_key(activations),
        activations.c.account_id,
        administers_key(activations.c.account_id, activations.c.license_key_id),
    ),
    subscriptions,
    *_of_subscription(activations),
)
# Viewers who may not change a membership may not see it either.
_MEMBERSHIP_LOCK = _row_lock(
    "membership",
    _authorized(
        (memberships, accounts.c.kind.label("account_kind")),
        (*where_key(memberships), accounts.c.id == memberships.c.account_id, manages(memberships.c.account_id)),
        memberships.c.account_id,
        manages(memberships.c.account_id),
    ),
    accounts,
)


async def lock_license_key(conn: Connection, ctx: ChangeContext, license_key: RowKey) -> Record:
    """The key, its subscription locked, for those who administer it. Raises LICENSE_KEY_NOT_FOUND, FORBIDDEN."""
    return await _ADMINISTERED_KEY_LOCK.lock_and_read(conn, ctx, **key_parameters(license_key))


async def lock_sublicense(conn: Connection, ctx: ChangeContext, license_key: RowKey) -> Record:
    """The key, its subscription locked, for those who manage the account. Raises LICENSE_KEY_NOT_FOUND, FORBIDDEN."""
    return await _MANAGED_KEY_LOCK.lock_and_read(conn, ctx, **key_parameters(license_key))


async def lock_activation(conn: Connection, ctx: ChangeContext, activation: RowKey) -> Record:
    """The activation, its subscription locked. Raises ACTIVATION_NOT_FOUND, FORBIDDEN."""
    return await _ACTIVATION_LOCK.lock_and_read(conn, ctx, **key_parameters(activation))


async def lock_membership(conn: Connection, ctx: ChangeContext, membership: RowKey) -> Record:
    """The membership and its `account_kind`, the account locked. Raises MEMBERSHIP_NOT_FOUND."""
    return await _MEMBERSHIP_LOCK.lock_and_read(conn, ctx, **key_parameters(membership))
