"""Sublicences: a subscription's licences split into keys of their own, no seat reserved twice."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, Self
from uuid import UUID

from asyncpg import Connection, Record
from sqlalchemy import Uuid, bindparam, select

from db import tables
from db.changes import seats
from db.changes.audit import to_json, write_event
from db.changes.context import NO_ROW_KEY, ChangeContext, RowKey
from db.changes.license_keys import create_key, replace_key
from db.changes.locks import key_parameters, lock_sublicense, lock_subscription, where_key
from db.changes.rows import insert, update_changed
from db.enums import Allocation, LicenseKeyKind
from db.expressions import free_seats, is_usable
from db.license_key_custody.keyring import Keyring
from db.mapping.batch_sql import render
from db.mapping.declarations import scalar
from db.tables.core import license_keys, products, subscriptions
from db.user_errors import MutationRefused, UserErrorCode

_OTHER_THAN: Any = bindparam("other_than", type_=Uuid)
_others = license_keys.alias()
_POOL = render(
    select(
        is_usable(subscriptions).label("is_usable"),
        subscriptions.c.expires_on,
        products.c.sublicenses_supported,
        products.c.dynamic_allocation_supported,
        scalar(
            _others,
            value=free_seats(_others, subscriptions.c.license_count),
            where=(
                _others.c.account_id == subscriptions.c.account_id,
                _others.c.subscription_id == subscriptions.c.id,
                _others.c.id != _OTHER_THAN,
            ),
        ).label("free"),
    ).where(*where_key(subscriptions), products.c.code == subscriptions.c.product_code)
)
_PRIMARY = "SELECT id FROM license_keys WHERE account_id = $1 AND subscription_id = $2 AND kind = 'PRIMARY'"
_MOVE = "UPDATE activations SET license_key_id = $3 WHERE account_id = $1 AND license_key_id = $2"
_DELETE = "DELETE FROM license_keys WHERE account_id = $1 AND id = $2"
_DELETE_INDEX_ENTRY = "DELETE FROM license_key_index WHERE license_key_id = $1"


@dataclass(frozen=True, slots=True)
class SeatAllocation:
    """How many seats a sublicence may use, whether they are reserved for it, and until when."""

    allocation: Allocation
    quota: int
    expires_on: date | None = None
    """Last usable day; None for that of the subscription."""

    @classmethod
    def of(cls, license_key: Record) -> Self:
        return cls(Allocation(license_key["allocation"]), license_key["quota"], license_key["expires_on"])


async def create(
    conn: Connection,
    ctx: ChangeContext,
    keyring: Keyring,
    subscription: RowKey,
    name: str,
    seat_allocation: SeatAllocation,
) -> RowKey:
    """The new sublicence.

    Raises SUBSCRIPTION_NOT_FOUND, FORBIDDEN, SUBSCRIPTION_NOT_ACTIVE, SUBLICENSES_NOT_SUPPORTED,
    ALLOCATION_NOT_SUPPORTED, QUOTA_INVALID, QUOTA_EXCEEDS_POOL, EXPIRATION_IN_PAST, EXPIRATION_AFTER_SUBSCRIPTION.
    """
    await lock_subscription(conn, ctx, subscription)
    pool = await _fetch_pool(conn, ctx, subscription)
    if not pool["sublicenses_supported"]:
        raise MutationRefused(UserErrorCode.SUBLICENSES_NOT_SUPPORTED, "subscription_id")
    _require_allocation(pool, seat_allocation.allocation)
    _require_capacity(ctx, pool, seat_allocation)
    new = await create_key(conn, ctx, keyring, LicenseKeyKind.SUBLICENSE, subscription[1], subscription[0])
    license_key, values = (subscription[0], new.id), {"name": name, **asdict(seat_allocation)}
    row = tables.LicenseKey(
        account_id=subscription[0],
        id=new.id,
        subscription_id=subscription[1],
        kind=LicenseKeyKind.SUBLICENSE,
        tail=new.tail,
        registered_at=ctx.now,
        **values,
    )
    await insert(conn, row)
    await write_event(
        conn, ctx, "license_key.created", ("LicenseKey", license_key), None, to_json(subscription[0], values)
    )
    return license_key


async def update(conn: Connection, ctx: ChangeContext, license_key: RowKey, values: Mapping[str, Any]) -> bool:
    """Whether anything is different now; `values` are fields of SeatAllocation.

    Raises LICENSE_KEY_NOT_FOUND, FORBIDDEN, SUBSCRIPTION_NOT_ACTIVE, ALLOCATION_NOT_SUPPORTED, CANNOT_MODIFY_PRIMARY,
    QUOTA_INVALID, QUOTA_BELOW_USED, QUOTA_EXCEEDS_POOL, EXPIRATION_IN_PAST, EXPIRATION_AFTER_SUBSCRIPTION.
    """
    current = await lock_sublicense(conn, ctx, license_key)
    pool = await _fetch_pool(conn, ctx, (current["account_id"], current["subscription_id"]), other_than=license_key[1])
    _require_allocation(pool, values.get("allocation"))
    _require_sublicense(current)
    seat_allocation = replace(SeatAllocation.of(current), **values)
    _require_capacity(ctx, pool, seat_allocation, used=current["used"])
    return await update_changed(conn, ctx, tables.LicenseKey, current, "license_key.updated", **asdict(seat_allocation))


async def rotate(conn: Connection, ctx: ChangeContext, keyring: Keyring, license_key: RowKey) -> None:
    """Another key for the same sublicence: its devices, name and administrators stay, the old one works no more.

    Raises LICENSE_KEY_NOT_FOUND, FORBIDDEN, SUBSCRIPTION_NOT_ACTIVE, CANNOT_MODIFY_PRIMARY, KEY_BLOCKED.
    """
    current = await lock_sublicense(conn, ctx, license_key)
    await _fetch_pool(conn, ctx, (current["account_id"], current["subscription_id"]))
    _require_sublicense(current)
    if current["blocked_at"] is not None:
        raise MutationRefused(UserErrorCode.KEY_BLOCKED, "license_key_id")
    await replace_key(conn, ctx, keyring, license_key)
    await write_event(conn, ctx, "license_key.rotated", ("LicenseKey", license_key))


async def delete(conn: Connection, ctx: ChangeContext, license_key: RowKey, move_to: RowKey | None) -> None:
    """Its devices go to another key of the subscription; those that take no seat, if to none, to the primary key.

    Raises INVALID_INPUT, LICENSE_KEY_NOT_FOUND, FORBIDDEN, SUBSCRIPTION_NOT_ACTIVE, CANNOT_MODIFY_PRIMARY, KEY_EXPIRED,
    KEY_BLOCKED, KEY_IN_USE, NO_SEATS_AVAILABLE.
    """
    if move_to == license_key:
        message = "Devices can not stay on a key that is deleted: choose another."
        raise MutationRefused(UserErrorCode.INVALID_INPUT, "move_to_license_key_id", message=message)
    current = await lock_sublicense(conn, ctx, license_key)
    subscription = (current["account_id"], current["subscription_id"])
    target = await _sibling(conn, ctx, current, move_to) if move_to else None
    await _fetch_pool(conn, ctx, subscription)
    _require_sublicense(current)
    if target:
        seats.require_usable(target, "move_to_license_key_id")
    elif current["used"]:
        raise MutationRefused(UserErrorCode.KEY_IN_USE, "license_key_id")
    goes_to = move_to or (subscription[0], await conn.fetchval(_PRIMARY, *subscription))
    await conn.execute(_MOVE, *license_key, goes_to[1])
    await conn.execute(_DELETE, *license_key)
    await conn.execute(_DELETE_INDEX_ENTRY, license_key[1])
    await seats.reserve(conn, ctx, goes_to, current["used"], "move_to_license_key_id")
    before = to_json(subscription[0], {"name": current["name"], **asdict(SeatAllocation.of(current))})
    await write_event(conn, ctx, "license_key.deleted", ("LicenseKey", license_key), before)


async def _fetch_pool(
    conn: Connection, ctx: ChangeContext, subscription: RowKey, other_than: UUID = NO_ROW_KEY[1]
) -> Record:
    """The subscription and its free seats. Raises SUBSCRIPTION_NOT_ACTIVE. The caller holds the lock."""
    (pool,) = await _POOL.run(conn, ctx.parameters(**key_parameters(subscription), other_than=other_than))
    if not pool["is_usable"]:
        raise MutationRefused(UserErrorCode.SUBSCRIPTION_NOT_ACTIVE)
    return pool


def _require_sublicense(current: Record) -> None:
    if current["kind"] == LicenseKeyKind.PRIMARY:
        raise MutationRefused(UserErrorCode.CANNOT_MODIFY_PRIMARY, "license_key_id")


def _require_allocation(pool: Record, allocation: Allocation | None) -> None:
    if allocation == Allocation.DYNAMIC and not pool["dynamic_allocation_supported"]:
        raise MutationRefused(UserErrorCode.ALLOCATION_NOT_SUPPORTED, "allocation")


def _require_capacity(ctx: ChangeContext, pool: Record, seat_allocation: SeatAllocation, used: int = 0) -> None:
    """An expired sublicence counts like a current one: once extended it needs its seats again."""
    if seat_allocation.quota < 1:
        raise MutationRefused(UserErrorCode.QUOTA_INVALID, "quota")
    if seat_allocation.quota < used:
        raise MutationRefused(UserErrorCode.QUOTA_BELOW_USED, "quota")
    if (seat_allocation.quota if seat_allocation.allocation == Allocation.RESERVED else used) > pool["free"]:
        raise MutationRefused(UserErrorCode.QUOTA_EXCEEDS_POOL, "quota")
    if seat_allocation.expires_on is not None and seat_allocation.expires_on < ctx.today:
        raise MutationRefused(UserErrorCode.EXPIRATION_IN_PAST, "expires_on")
    if None not in (seat_allocation.expires_on, pool["expires_on"]) and seat_allocation.expires_on > pool["expires_on"]:
        raise MutationRefused(UserErrorCode.EXPIRATION_AFTER_SUBSCRIPTION, "expires_on")


async def _sibling(conn: Connection, ctx: ChangeContext, current: Record, target: RowKey) -> Record:
    """Another key of the same subscription, as it is."""
    sibling = await seats.fetch_seats(conn, ctx, target) if target[0] == current["account_id"] else None
    if sibling is None or sibling["subscription_id"] != current["subscription_id"]:
        message = "There is no such licence key in this subscription."
        raise MutationRefused(UserErrorCode.LICENSE_KEY_NOT_FOUND, "move_to_license_key_id", message=message)
    return sibling
