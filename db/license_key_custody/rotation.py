"""Licence keys sealed again with the current secrets, in batches, while they are in use."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from asyncpg import Connection, Record
from cryptography.exceptions import InvalidTag

from db.license_key_custody.keyring import Keyring

BATCH = 500
_FIRST = UUID(int=0)

_OUTDATED = """
    SELECT encryption_secret_id, count(*)
      FROM license_key_index
     WHERE (lookup_secret_id, encryption_secret_id) <> ($1, $2)
     GROUP BY encryption_secret_id
"""
_COUNTS = """
    SELECT count(*) FILTER (WHERE (lookup_secret_id, encryption_secret_id) = ($1, $2)) AS current, count(*) AS all
      FROM license_key_index
"""
# A concurrent registration of one of these keys waits, and then matches its new digest.
_BATCH = """
    SELECT license_key_id, ciphertext, encryption_secret_id
      FROM license_key_index
     WHERE license_key_id > $1 AND (lookup_secret_id, encryption_secret_id) <> ($2, $3)
     ORDER BY license_key_id
     LIMIT $4
       FOR UPDATE
"""
_RESEAL = """
    UPDATE license_key_index AS k
       SET digest = sealed.digest, lookup_secret_id = $4, ciphertext = sealed.ciphertext, encryption_secret_id = $5
      FROM unnest($1::uuid[], $2::bytea[], $3::bytea[]) AS sealed (license_key_id, digest, ciphertext)
     WHERE k.license_key_id = sealed.license_key_id
"""

Progress = Callable[[int, int], None]


class SecretsMissing(Exception):
    """Keys are encrypted with secrets that the keyring does not have, or has other values for."""

    def __init__(self, ids: Iterable[str]) -> None:
        super().__init__(ids)
        self.ids = sorted(ids)


@dataclass(frozen=True, slots=True)
class RotationResult:
    """How many keys were sealed again, and how many had the current secrets already."""

    resealed: int
    already_current: int
    remaining: int = 0
    """Sealed meanwhile by a server that still uses an old secret as the current one."""


async def missing_secrets(conn: Connection, keyring: Keyring) -> tuple[list[str], list[str]]:
    """Ids of look-up and of encryption secrets that keys were sealed with and that the keyring does not have."""
    used = await conn.fetch("SELECT DISTINCT lookup_secret_id, encryption_secret_id FROM license_key_index")
    return (
        sorted({row[0] for row in used} - keyring.lookup.keys()),
        sorted({row[1] for row in used} - keyring.encryption.keys()),
    )


async def rotate(conn: Connection, keyring: Keyring, progress: Progress, *, batch: int = BATCH) -> RotationResult:
    """Seal every key with the current secrets; what an earlier run did is not done again. Raises SecretsMissing.

    Each batch is a transaction of its own. The servers must know the current secrets already, and still know the
    old ones: both are in use while this runs.
    """
    outdated = {row[0]: row[1] for row in await conn.fetch(_OUTDATED, *_current(keyring))}
    if missing := outdated.keys() - keyring.encryption.keys():
        raise SecretsMissing(missing)
    total = sum(outdated.values())
    sealed, last = 0, _FIRST
    progress(0, total)
    while ids := await _reseal_batch(conn, keyring, last, batch):
        sealed, last = sealed + len(ids), ids[-1]
        progress(sealed, max(sealed, total))
    counts = await conn.fetchrow(_COUNTS, *_current(keyring))
    assert counts is not None
    return RotationResult(sealed, counts["current"] - sealed, counts["all"] - counts["current"])


async def _reseal_batch(conn: Connection, keyring: Keyring, after: UUID, size: int) -> list[UUID]:
    """The ids of so many keys that follow, sealed."""
    lookup_id, encryption_id = _current(keyring)
    async with conn.transaction():
        rows = await conn.fetch(_BATCH, after, lookup_id, encryption_id, size)
        ids = [row["license_key_id"] for row in rows]
        sealed = [keyring.seal(_decrypt(keyring, row), row["license_key_id"]) for row in rows]
        columns = ids, [each.digest for each in sealed], [each.ciphertext for each in sealed]
        await conn.execute(_RESEAL, *columns, lookup_id, encryption_id)
    return ids


def _decrypt(keyring: Keyring, row: Record) -> str:
    try:
        return keyring.open(row["ciphertext"], row["encryption_secret_id"], row["license_key_id"])
    except InvalidTag:
        raise SecretsMissing([row["encryption_secret_id"]]) from None


def _current(keyring: Keyring) -> tuple[str, str]:
    return next(iter(keyring.lookup)), next(iter(keyring.encryption))
