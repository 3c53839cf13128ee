"""Attempts at licence keys, counted in the database: all workers share the limits."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import NAMESPACE_OID, UUID, uuid5

from asyncpg import Connection

from db.changes.context import ChangeContext
from db.changes.registration import KeyInput
from db.license_key_custody import key_format
from db.license_key_custody.keyring import Keyring
from db.user_errors import MutationRefused, UserErrorCode

# Refusals that reveal whether a key exists, which helps to guess keys.
REVEALING_CODES = frozenset(
    {UserErrorCode.KEY_NOT_FOUND, UserErrorCode.KEY_BLOCKED, UserErrorCode.KEY_REGISTERED_TO_ANOTHER_ACCOUNT}
)

# Counts of one user or address run one after the other.
_SERIALIZE = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"
_RESERVE = """
    INSERT INTO key_attempts (id, user_id, address, attempted_at)
         SELECT $1, $2, $3, $4
          WHERE (SELECT count(*) FROM key_attempts WHERE user_id = $2 AND attempted_at > $5 AND id <> $1) < $6
            AND (SELECT count(*) FROM key_attempts WHERE address = $3 AND attempted_at > $5 AND id <> $1) < $7
    ON CONFLICT (id) DO UPDATE SET attempted_at = excluded.attempted_at
      RETURNING true
"""
_RELEASE = "DELETE FROM key_attempts WHERE id = $1"


@dataclass(frozen=True, slots=True)
class AttemptLimits:
    """How many keys may be tried within a window; an address is often a whole office's."""

    per_user: int = 10
    per_address: int = 100
    window: timedelta = timedelta(minutes=15)


@asynccontextmanager
async def count_attempt(
    conn: Connection, ctx: ChangeContext, keyring: Keyring, text: str, client_ip: str | None, limits: AttemptLimits
) -> AsyncIterator[KeyInput]:
    """Count an attempt at a key around the block that looks the key up in a transaction of its own.

    The attempt is reserved, and committed, before; it counts when the block raises one of REVEALING_CODES, or fails.
    The same key from the same user is the same attempt: repeating a call costs nothing.
    """
    key = key_format.normalize(text)
    if ctx.user_id is None or not key_format.is_well_formed(key):
        yield KeyInput(text)
        return
    attempt = uuid5(NAMESPACE_OID, f"{ctx.user_id} {keyring.digests(key)[0].hex()}")
    allowed = await _reserve(conn, ctx, attempt, client_ip, limits)
    try:
        yield KeyInput(text, allowed)
    except MutationRefused as refused:
        if refused.code not in REVEALING_CODES:
            await conn.execute(_RELEASE, attempt)
        raise
    await conn.execute(_RELEASE, attempt)


async def _reserve(
    conn: Connection, ctx: ChangeContext, attempt: UUID, client_ip: str | None, limits: AttemptLimits
) -> bool:
    since = ctx.now - limits.window
    async with conn.transaction():
        await conn.execute(_SERIALIZE, f"key attempts of user {ctx.user_id}")
        if client_ip is not None:
            await conn.execute(_SERIALIZE, f"key attempts from {client_ip}")
        numbers = (limits.per_user, limits.per_address)
        return bool(await conn.fetchval(_RESERVE, attempt, ctx.user_id, client_ip, ctx.now, since, *numbers))
