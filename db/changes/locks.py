"""Row locks, taken before anything is read that several rows decide: account, subscription, key, payment method.

Each is a statement of its own: one that locks and counts at once counts what it saw before it waited. Who may not
read a row does not find it; who may read it but not change it is refused.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from asyncpg import Connection, Record
from sqlalchemy import Boolean, ColumnElement, FromClause, Select, Uuid, bindparam, or_, select

from db import tables
from db.changes.context import ChangeContext, RowKey
from db.enums import AccountKind
from db.errors import MutationRefused, UserErrorCode
from db.expressions import active_membership, administers_key, can_renew, manages
from db.mapping.batch_sql import Statement, render

accounts = tables.table(tables.Account)
subscriptions = tables.table(tables.Subscription)
license_keys = tables.table(tables.LicenseKey)
payment_methods = tables.table(tables.PaymentMethod)
activations = tables.table(tables.Activation)
memberships = tables.table(tables.Membership)

ACCOUNT_ID: Any = bindparam("account_id", type_=Uuid)
ROW_ID: Any = bindparam("row_id", type_=Uuid)
AS_STORE: Any = bindparam("as_store", type_=Boolean)


def row_of(table: FromClause) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The row with the key that `key` gives."""
    return table.c.account_id == ACCOUNT_ID, table.c.id == ROW_ID


def key(row: RowKey) -> dict[str, Any]:
    return {"account_id": row[0], "row_id": row[1]}


def _found(
    columns: tuple[ColumnElement[Any] | FromClause, ...],
    where: tuple[ColumnElement[bool], ...],
    account_id: ColumnElement[Any],
    may_change: ColumnElement[bool],
) -> Select[Any]:
    permitted = or_(AS_STORE, may_change).label("may_change")
    return select(*columns, permitted).where(*where, or_(AS_STORE, active_membership(account_id)))


_ACCOUNT = _found((accounts.c.kind,), (accounts.c.id == ACCOUNT_ID,), accounts.c.id, manages(accounts.c.id))
_SUBSCRIPTION = _found(
    (subscriptions.c.id,),
    row_of(subscriptions),
    subscriptions.c.account_id,
    manages(subscriptions.c.account_id),
)
_LICENSE_KEY = _found(
    (license_keys,),
    row_of(license_keys),
    license_keys.c.account_id,
    administers_key(license_keys.c.account_id, license_keys.c.id),
)
# Who may not change a payment method may not see it either.
_PAYMENT_METHOD = _found(
    (payment_methods.c.is_default,),
    (*row_of(payment_methods), payment_methods.c.removed_at.is_(None), manages(payment_methods.c.account_id)),
    payment_methods.c.account_id,
    manages(payment_methods.c.account_id),
)

_FIND_LICENSE_KEY = render(_LICENSE_KEY)
_FIND_PAYMENT_METHOD = render(_PAYMENT_METHOD)
_LOCK_PAYMENT_METHOD = render(_PAYMENT_METHOD.with_for_update(key_share=True))
_KEEP_PAYMENT_METHOD = render(
    select(payment_methods.c.id, can_renew(payment_methods).label("can_renew"))
    .where(*row_of(payment_methods), payment_methods.c.removed_at.is_(None))
    .with_for_update(read=True)
)


async def _only(
    conn: Connection, ctx: ChangeContext, statement: Statement, what: str, *, to_change: bool = True, **parameters: Any
) -> Record:
    """Raises <WHAT>_NOT_FOUND, and FORBIDDEN when the viewer is `to_change` it and may not."""
    rows = await statement.run(conn, ctx.parameters(**parameters))
    if not rows:
        raise MutationRefused(UserErrorCode(f"{what.upper()}_NOT_FOUND"), f"{what}_id")
    if to_change and not rows[0]["may_change"]:
        raise MutationRefused(UserErrorCode.FORBIDDEN)
    return rows[0]


@dataclass(frozen=True, slots=True)
class _Held:
    """Rows that change under a lock: their own, or that of what they are in."""

    what: str
    lock: Statement
    read: Statement

    async def hold(self, conn: Connection, ctx: ChangeContext, *, to_change: bool = True, **parameters: Any) -> Record:
        await _only(conn, ctx, self.lock, self.what, to_change=to_change, **parameters)
        # Whoever held the lock before may have changed the row, or what the viewer may do.
        return await _only(conn, ctx, self.read, self.what, to_change=to_change, **parameters)


def _held(what: str, found: Select[Any], locked: FromClause, *within: ColumnElement[bool]) -> _Held:
    # Not FOR UPDATE: rows that refer to the locked one may be added meanwhile.
    lock = found.where(*within).with_for_update(key_share=True, of=locked)
    return _Held(what, render(lock), render(found))


_HELD_ACCOUNT = _held("account", _ACCOUNT, accounts)
_HELD_SUBSCRIPTION = _held("subscription", _SUBSCRIPTION, subscriptions)


async def find_account(
    conn: Connection, ctx: ChangeContext, account_id: UUID, *, to_change: bool = False
) -> AccountKind:
    """The kind of an account in which the viewer is anything, or manages. Raises ACCOUNT_NOT_FOUND, FORBIDDEN."""
    found = await _only(conn, ctx, _HELD_ACCOUNT.read, "account", to_change=to_change, account_id=account_id)
    return AccountKind(found["kind"])


async def lock_account(
    conn: Connection, ctx: ChangeContext, account_id: UUID, *, to_change: bool = True
) -> AccountKind:
    """The account's kind. Raises ACCOUNT_NOT_FOUND, FORBIDDEN."""
    found = await _HELD_ACCOUNT.hold(conn, ctx, to_change=to_change, account_id=account_id)
    return AccountKind(found["kind"])


async def lock_subscription(conn: Connection, ctx: ChangeContext, subscription: RowKey) -> None:
    """Raises SUBSCRIPTION_NOT_FOUND, FORBIDDEN."""
    await _HELD_SUBSCRIPTION.hold(conn, ctx, **key(subscription))


async def find_license_key(conn: Connection, ctx: ChangeContext, license_key: RowKey) -> UUID:
    """The subscription of a key that the viewer administers. Raises LICENSE_KEY_NOT_FOUND, FORBIDDEN."""
    found = await _only(conn, ctx, _FIND_LICENSE_KEY, "license_key", **key(license_key))
    subscription_id: UUID = found["subscription_id"]
    return subscription_id


async def find_payment_method(conn: Connection, ctx: ChangeContext, payment_method: RowKey) -> None:
    """Raises PAYMENT_METHOD_NOT_FOUND."""
    await _only(conn, ctx, _FIND_PAYMENT_METHOD, "payment_method", **key(payment_method))


async def lock_payment_method(conn: Connection, ctx: ChangeContext, payment_method: RowKey) -> bool:
    """Whether it is the default. Raises PAYMENT_METHOD_NOT_FOUND."""
    return bool((await _only(conn, ctx, _LOCK_PAYMENT_METHOD, "payment_method", **key(payment_method)))["is_default"])


async def keep_payment_method(conn: Connection, ctx: ChangeContext, payment_method: RowKey) -> bool:
    """Keep a payment method from being removed until the end; whether it can be charged for a renewal.

    Raises PAYMENT_METHOD_NOT_FOUND. The caller knows that the viewer may use the account's methods.
    """
    rows = await _KEEP_PAYMENT_METHOD.run(conn, ctx.parameters(**key(payment_method)))
    if not rows:
        raise MutationRefused(UserErrorCode.PAYMENT_METHOD_NOT_FOUND, "payment_method_id")
    return bool(rows[0]["can_renew"])


def _of_subscription(row: FromClause) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return subscriptions.c.account_id == row.c.account_id, subscriptions.c.id == row.c.subscription_id


_KEY_TO_ADMINISTER = _held("license_key", _LICENSE_KEY, subscriptions, *_of_subscription(license_keys))
_KEY_TO_MANAGE = _held(
    "license_key",
    _found((license_keys,), row_of(license_keys), license_keys.c.account_id, manages(license_keys.c.account_id)),
    subscriptions,
    *_of_subscription(license_keys),
)
_ACTIVATION = _held(
    "activation",
    _found(
        (activations,),
        row_of(activations),
        activations.c.account_id,
        administers_key(activations.c.account_id, activations.c.license_key_id),
    ),
    subscriptions,
    *_of_subscription(activations),
)
# Who may not change a member may not see one either.
_MEMBERSHIP = _held(
    "membership",
    _found(
        (memberships, accounts.c.kind.label("account_kind")),
        (*row_of(memberships), accounts.c.id == memberships.c.account_id, manages(memberships.c.account_id)),
        memberships.c.account_id,
        manages(memberships.c.account_id),
    ),
    accounts,
)


async def hold_license_key(conn: Connection, ctx: ChangeContext, license_key: RowKey) -> Record:
    """The key, its subscription locked, for those who administer it. Raises LICENSE_KEY_NOT_FOUND, FORBIDDEN."""
    return await _KEY_TO_ADMINISTER.hold(conn, ctx, **key(license_key))


async def hold_sublicense(conn: Connection, ctx: ChangeContext, license_key: RowKey) -> Record:
    """The key, its subscription locked, for those who manage the account. Raises LICENSE_KEY_NOT_FOUND, FORBIDDEN."""
    return await _KEY_TO_MANAGE.hold(conn, ctx, **key(license_key))


async def hold_activation(conn: Connection, ctx: ChangeContext, activation: RowKey) -> Record:
    """The activation, its subscription locked. Raises ACTIVATION_NOT_FOUND, FORBIDDEN."""
    return await _ACTIVATION.hold(conn, ctx, **key(activation))


async def hold_membership(conn: Connection, ctx: ChangeContext, membership: RowKey) -> Record:
    """The membership and its `account_kind`, the account locked. Raises MEMBERSHIP_NOT_FOUND."""
    return await _MEMBERSHIP.hold(conn, ctx, **key(membership))
