"""A call under a client's key takes effect once: its record is written in the transaction of the change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asyncpg import Connection, LockNotAvailableError

from db.user_errors import MutationRefused, UserErrorCode

_CLAIM = """
    INSERT INTO idempotency_records (viewer, mutation, key, input_digest, created_at)
         VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT DO NOTHING
      RETURNING true
"""
_SELECT_RESULT = "SELECT input_digest, result FROM idempotency_records WHERE viewer = $1 AND mutation = $2 AND key = $3"
_STORE_RESULT = "UPDATE idempotency_records SET result = $4 WHERE viewer = $1 AND mutation = $2 AND key = $3"

Result = Mapping[str, Any]
"""Ids of the objects that a call was about and what changed, as JSON has it: never a text that somebody wrote."""


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """A client's key: whose, for which mutation, with which input."""

    viewer: str
    mutation: str
    key: str
    digests: Sequence[bytes]
    """Of the input, under each look-up secret in use, the current one first."""

    @property
    def scope(self) -> tuple[str, str, str]:
        return self.viewer, self.mutation, self.key


async def claim_or_replay(conn: Connection, idempotency_key: IdempotencyKey, now: datetime) -> Result | None:
    """The result of an earlier call; None when this call claims the key. The transaction's first statement.

    Waits for a concurrent call, as long as the connection's lock_timeout. Raises IDEMPOTENCY_IN_PROGRESS,
    IDEMPOTENCY_KEY_REUSED.
    """
    try:
        if await conn.fetchval(_CLAIM, *idempotency_key.scope, idempotency_key.digests[0], now):
            return None
    except LockNotAvailableError:
        raise MutationRefused(UserErrorCode.IDEMPOTENCY_IN_PROGRESS, "idempotency_key") from None
    earlier = await conn.fetchrow(_SELECT_RESULT, *idempotency_key.scope)
    if earlier is None:
        # It was deleted by the cleanup between the two statements.
        raise MutationRefused(UserErrorCode.IDEMPOTENCY_IN_PROGRESS, "idempotency_key")
    if earlier["input_digest"] not in idempotency_key.digests:
        raise MutationRefused(UserErrorCode.IDEMPOTENCY_KEY_REUSED, "idempotency_key")
    result: Result = earlier["result"]
    return result


async def store_result(conn: Connection, idempotency_key: IdempotencyKey, result: Result) -> None:
    """For later calls with this key."""
    await conn.execute(_STORE_RESULT, *idempotency_key.scope, result)
