"""The seats of one licence key, read, taken and given back under its subscription's lock."""

from asyncpg import Connection, Record
from sqlalchemy import select

from db import tables
from db.changes.context import ChangeContext, RowKey
from db.changes.locks import key, row_of
from db.errors import MutationRefused, UserErrorCode
from db.expressions import available_seats, is_unexpired
from db.mapping.batch_sql import render

license_keys = tables.table(tables.LicenseKey)

_KEY = render(
    select(
        license_keys.c.subscription_id,
        license_keys.c.blocked_at,
        is_unexpired(license_keys).label("is_live"),
        available_seats(license_keys).label("available"),
    ).where(*row_of(license_keys))
)
_ADD = "UPDATE license_keys SET used = used + $3 WHERE account_id = $1 AND id = $2"


async def state(conn: Connection, ctx: ChangeContext, license_key: RowKey) -> Record | None:
    """The key's `subscription_id`, `blocked_at`, `is_live`, and how many seats are `available` to it."""
    found = await _KEY.run(conn, ctx.parameters(**key(license_key)))
    return found[0] if found else None


def require_usable(key: Record, field: str) -> None:
    """Raises KEY_EXPIRED, KEY_BLOCKED."""
    if not key["is_live"]:
        raise MutationRefused(UserErrorCode.KEY_EXPIRED, field)
    if key["blocked_at"] is not None:
        raise MutationRefused(UserErrorCode.KEY_BLOCKED, field)


async def take(conn: Connection, ctx: ChangeContext, license_key: RowKey, seats: int, field: str) -> None:
    """Raises NO_SEATS_AVAILABLE."""
    found = await state(conn, ctx, license_key)
    assert found is not None, "the caller holds the lock under which it was read"
    if found["available"] < seats:
        raise MutationRefused(UserErrorCode.NO_SEATS_AVAILABLE, field)
    await conn.execute(_ADD, *license_key, seats)


async def give_back(conn: Connection, license_key: RowKey) -> None:
    """One seat."""
    await conn.execute(_ADD, *license_key, -1)
