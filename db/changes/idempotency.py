"""A call under a client's key takes effect once: its record is written in the transaction of the change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asyncpg import Connection, LockNotAvailableError

from db.errors import MutationRefused, UserErrorCode

_CLAIM = """
    INSERT INTO idempotency_records (viewer, mutation, key, input_digest, created_at)
         VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT DO NOTHING
      RETURNING true
"""
_EARLIER = "SELECT input_digest, result FROM idempotency_records WHERE viewer = $1 AND mutation = $2 AND key = $3"
_KEEP = "UPDATE idempotency_records SET result = $4 WHERE viewer = $1 AND mutation = $2 AND key = $3"

Result = Mapping[str, Any]
"""Ids of the objects that a call was about and what changed, as JSON has it: never a text that somebody wrote."""


@dataclass(frozen=True, slots=True)
class Once:
    """A client's key: whose, for which mutation, with which input."""

    viewer: str
    mutation: str
    key: str
    digests: Sequence[bytes]
    """Of the input, under each look-up secret in use, the current one first."""

    @property
    def scope(self) -> tuple[str, str, str]:
        return self.viewer, self.mutation, self.key


async def earlier(conn: Connection, once: Once, now: datetime) -> Result | None:
    """What a call under this key did before, or None: then it is this call's. The transaction's first statement.

    A twin in flight is waited for, as long as the connection's lock_timeout. Raises IDEMPOTENCY_IN_PROGRESS,
    IDEMPOTENCY_KEY_REUSED.
    """
    try:
        if await conn.fetchval(_CLAIM, *once.scope, once.digests[0], now):
            return None
    except LockNotAvailableError:
        raise MutationRefused(UserErrorCode.IDEMPOTENCY_IN_PROGRESS, "idempotency_key") from None
    record = await conn.fetchrow(_EARLIER, *once.scope)
    if record is None:
        # It was swept between the two statements.
        raise MutationRefused(UserErrorCode.IDEMPOTENCY_IN_PROGRESS, "idempotency_key")
    if record["input_digest"] not in once.digests:
        raise MutationRefused(UserErrorCode.IDEMPOTENCY_KEY_REUSED, "idempotency_key")
    result: Result = record["result"]
    return result


async def keep(conn: Connection, once: Once, result: Result) -> None:
    """For whoever calls again under this key."""
    await conn.execute(_KEEP, *once.scope, result)
