"""The seats of one licence key: read, reserved and released under its subscription's lock."""

from asyncpg import Connection, Record
from sqlalchemy import select

from db.changes.context import ChangeContext, RowKey
from db.changes.locks import key_parameters, where_key
from db.expressions import available_seats, is_unexpired
from db.mapping.batch_sql import render
from db.tables.core import license_keys
from db.user_errors import MutationRefused, UserErrorCode

_KEY = render(
    select(
        license_keys.c.subscription_id,
        license_keys.c.blocked_at,
        is_unexpired(license_keys).label("is_unexpired"),
        available_seats(license_keys).label("available"),
    ).where(*where_key(license_keys))
)
_ADD = "UPDATE license_keys SET used = used + $3 WHERE account_id = $1 AND id = $2"


async def fetch_seats(conn: Connection, ctx: ChangeContext, license_key: RowKey) -> Record | None:
    """The key's `subscription_id`, `blocked_at`, `is_unexpired`, and how many seats are `available` to it."""
    rows = await _KEY.run(conn, ctx.parameters(**key_parameters(license_key)))
    return rows[0] if rows else None


def require_usable(key: Record, field: str) -> None:
    """Raises KEY_EXPIRED, KEY_BLOCKED."""
    if not key["is_unexpired"]:
        raise MutationRefused(UserErrorCode.KEY_EXPIRED, field)
    if key["blocked_at"] is not None:
        raise MutationRefused(UserErrorCode.KEY_BLOCKED, field)


async def reserve(conn: Connection, ctx: ChangeContext, license_key: RowKey, seats: int, field: str) -> None:
    """Raises NO_SEATS_AVAILABLE."""
    current = await fetch_seats(conn, ctx, license_key)
    assert current is not None, "the caller holds the lock under which it was read"
    if current["available"] < seats:
        raise MutationRefused(UserErrorCode.NO_SEATS_AVAILABLE, field)
    await conn.execute(_ADD, *license_key, seats)


async def release(conn: Connection, license_key: RowKey) -> None:
    """One seat."""
    await conn.execute(_ADD, *license_key, -1)
