"""Tries at licence keys, counted in the database: all workers share the limits."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import NAMESPACE_OID, UUID, uuid5

from asyncpg import Connection

from db.changes.context import ChangeContext
from db.changes.registration import TypedKey
from db.errors import MutationRefused, UserErrorCode
from db.license_key_custody import key_format
from db.license_key_custody.keyring import Keyring

# Refusals that tell whether a key exists: whoever guesses keys lives on them.
TELLING = frozenset(
    {UserErrorCode.KEY_NOT_FOUND, UserErrorCode.KEY_BLOCKED, UserErrorCode.KEY_REGISTERED_TO_ANOTHER_ACCOUNT}
)

# Whoever counts has to see whoever counted just before.
_ONE_AFTER_THE_OTHER = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"
_RESERVE = """
    INSERT INTO key_attempts (id, user_id, address, attempted_at)
         SELECT $1, $2, $3, $4
          WHERE (SELECT count(*) FROM key_attempts WHERE user_id = $2 AND attempted_at > $5 AND id <> $1) < $6
            AND (SELECT count(*) FROM key_attempts WHERE address = $3 AND attempted_at > $5 AND id <> $1) < $7
    ON CONFLICT (id) DO UPDATE SET attempted_at = excluded.attempted_at
      RETURNING true
"""
_GIVE_BACK = "DELETE FROM key_attempts WHERE id = $1"


@dataclass(frozen=True, slots=True)
class Limits:
    """How many keys may be tried within a window; an address is often a whole office's."""

    per_user: int = 10
    per_address: int = 100
    window: timedelta = timedelta(minutes=15)


@asynccontextmanager
async def counted(
    conn: Connection, ctx: ChangeContext, keyring: Keyring, text: str, address: str | None, limits: Limits
) -> AsyncIterator[TypedKey]:
    """The key that somebody typed, for the block that looks it up in a transaction of its own.

    The try is reserved, and committed, before; it stays when the block is refused for what tells of the key, or
    fails. The same key typed again by the same person is the same try: a call that is repeated costs nothing.
    """
    key = key_format.normalize(text)
    if ctx.user_id is None or not key_format.is_well_formed(key):
        yield TypedKey(text)
        return
    attempt = uuid5(NAMESPACE_OID, f"{ctx.user_id} {keyring.digests(key)[0].hex()}")
    may_try = await _reserve(conn, ctx, attempt, address, limits)
    try:
        yield TypedKey(text, may_try)
    except MutationRefused as refused:
        if refused.code not in TELLING:
            await conn.execute(_GIVE_BACK, attempt)
        raise
    await conn.execute(_GIVE_BACK, attempt)


async def _reserve(conn: Connection, ctx: ChangeContext, attempt: UUID, address: str | None, limits: Limits) -> bool:
    since = ctx.now - limits.window
    async with conn.transaction():
        await conn.execute(_ONE_AFTER_THE_OTHER, f"key attempts of user {ctx.user_id}")
        if address is not None:
            await conn.execute(_ONE_AFTER_THE_OTHER, f"key attempts from {address}")
        numbers = (limits.per_user, limits.per_address)
        return bool(await conn.fetchval(_RESERVE, attempt, ctx.user_id, address, ctx.now, since, *numbers))
