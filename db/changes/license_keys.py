"""Licence keys: created, replaced, decrypted for viewers who may see them, renamed, blocked."""

from dataclasses import asdict, dataclass
from uuid import UUID

from asyncpg import Connection
from sqlalchemy import or_, select

from db import tables
from db.changes.audit import write_event, write_issued_event
from db.changes.context import ChangeContext, RowKey
from db.changes.locks import AS_STORE, ROW_ID, authorize_license_key, lock_license_key
from db.changes.registration import KeyInput
from db.changes.rows import insert, update_changed
from db.enums import LicenseKeyKind
from db.expressions import administers_key
from db.license_key_custody import key_format
from db.license_key_custody.keyring import Keyring
from db.mapping.batch_sql import render
from db.tables.core import license_key_index
from db.user_errors import MutationRefused, UserErrorCode

_VISIBLE = render(
    select(license_key_index.c.license_key_id).where(
        license_key_index.c.license_key_id == ROW_ID,
        or_(AS_STORE, administers_key(license_key_index.c.account_id, license_key_index.c.license_key_id)),
    )
)
_CIPHERTEXT = "SELECT ciphertext, encryption_secret_id, license_key_id FROM license_key_index WHERE license_key_id = $1"
_REPLACE = """
    UPDATE license_key_index
       SET digest = $2, lookup_secret_id = $3, ciphertext = $4, encryption_secret_id = $5, tail = $6
     WHERE license_key_id = $1
"""
_SET_TAIL = "UPDATE license_keys SET tail = $3 WHERE account_id = $1 AND id = $2"
_FIND = "SELECT account_id, license_key_id FROM license_key_index WHERE digest = ANY ($1)"
_LOCK = """
    SELECT account_id, subscription_id, license_key_id, blocked_at
      FROM license_key_index
     WHERE license_key_id = $1 AND ($2::bytea[] IS NULL OR digest = ANY ($2))
       FOR NO KEY UPDATE
"""
_BLOCK_ENTRY = "UPDATE license_key_index SET blocked_at = $2 WHERE license_key_id = $1"
_BLOCK_KEY = "UPDATE license_keys SET blocked_at = $3 WHERE account_id = $1 AND id = $2"


@dataclass(frozen=True, slots=True)
class NewKey:
    id: UUID
    tail: str


async def create_key(
    conn: Connection,
    ctx: ChangeContext,
    keyring: Keyring,
    kind: LicenseKeyKind,
    subscription_id: UUID,
    account_id: UUID | None,
) -> NewKey:
    """A key nobody has seen yet, in the index; an account's still needs its row there."""
    key, license_key_id = key_format.generate(ctx.random), ctx.new_id()
    new = NewKey(license_key_id, key_format.tail(key))
    await insert(
        conn,
        tables.LicenseKeyIndex(
            **asdict(keyring.seal(key, license_key_id)),
            account_id=account_id,
            subscription_id=subscription_id,
            license_key_id=license_key_id,
            kind=kind,
            tail=new.tail,
        ),
    )
    return new


async def replace_key(conn: Connection, ctx: ChangeContext, keyring: Keyring, license_key: RowKey) -> None:
    """Another key in the place of the one in the index, which nobody can look up any more."""
    key = key_format.generate(ctx.random)
    sealed = keyring.seal(key, license_key[1])
    digest, ciphertext = (sealed.digest, sealed.lookup_secret_id), (sealed.ciphertext, sealed.encryption_secret_id)
    await conn.execute(_REPLACE, license_key[1], *digest, *ciphertext, key_format.tail(key))
    await conn.execute(_SET_TAIL, *license_key, key_format.tail(key))


async def decrypt(conn: Connection, keyring: Keyring, license_key_id: UUID) -> str:
    """The whole key in groups. The caller knows that the viewer may see it, and records that they did."""
    entry = await conn.fetchrow(_CIPHERTEXT, license_key_id)
    assert entry is not None, "a key has its entry in the index from the moment it is issued"
    return key_format.display(keyring.open(*entry))


async def decrypt_if_visible(
    conn: Connection, ctx: ChangeContext, keyring: Keyring, license_key_id: UUID
) -> str | None:
    """As `decrypt`, for a replayed call; None when the key is gone, or not the viewer's to see any more."""
    visible = await _VISIBLE.run(conn, ctx.parameters(row_id=license_key_id))
    return await decrypt(conn, keyring, license_key_id) if visible else None


async def reveal(conn: Connection, ctx: ChangeContext, license_key: RowKey) -> None:
    """Record that the viewer sees the whole key. Raises LICENSE_KEY_NOT_FOUND, FORBIDDEN."""
    await authorize_license_key(conn, ctx, license_key)
    await write_event(conn, ctx, "license_key.revealed", ("LicenseKey", license_key))


async def rename(conn: Connection, ctx: ChangeContext, license_key: RowKey, name: str) -> bool:
    """Whether the name is another one now. Raises LICENSE_KEY_NOT_FOUND, FORBIDDEN."""
    current = await lock_license_key(conn, ctx, license_key)
    return await update_changed(conn, ctx, tables.LicenseKey, current, "license_key.renamed", name=name)


async def _locate(conn: Connection, digests: list[bytes] | None) -> tuple[UUID | None, UUID]:
    row = await conn.fetchrow(_FIND, digests)
    if row is None:
        raise MutationRefused(UserErrorCode.KEY_NOT_FOUND, "key")
    return row["account_id"], row["license_key_id"]


async def block(
    conn: Connection, ctx: ChangeContext, keyring: Keyring, target: RowKey | KeyInput, *, reason: str, blocked: bool
) -> tuple[RowKey | None, bool]:
    """The key's row, None while nobody has registered it, and whether anything is different now.

    Raises LICENSE_KEY_NOT_FOUND, KEY_MALFORMED, KEY_NOT_FOUND.
    """
    digests = target.digests(keyring) if isinstance(target, KeyInput) else None
    account_id, row_id = target if isinstance(target, tuple) else await _locate(conn, digests)
    # One that nobody has is no row of an account yet; should it become one now, this waits for that.
    if account_id is not None:
        await lock_license_key(conn, ctx, (account_id, row_id))
    # Read again, locked: meanwhile it may have been registered, or another key have taken its place.
    entry = await conn.fetchrow(_LOCK, row_id, digests)
    if entry is None:
        raise MutationRefused(UserErrorCode.KEY_NOT_FOUND, "key")
    license_key = None if entry["account_id"] is None else (entry["account_id"], entry["license_key_id"])
    if blocked == (entry["blocked_at"] is not None):
        return license_key, False
    blocked_at = ctx.now if blocked else None
    await conn.execute(_BLOCK_ENTRY, entry["license_key_id"], blocked_at)
    action = "license_key.blocked" if blocked else "license_key.unblocked"
    if license_key is None:
        subject = ("LicenseKey", (entry["subscription_id"], entry["license_key_id"]))
        await write_issued_event(conn, ctx, action, subject, {"reason": reason})
    else:
        await conn.execute(_BLOCK_KEY, *license_key, blocked_at)
        await write_event(conn, ctx, action, ("LicenseKey", license_key), None, {"reason": reason})
    return license_key, True
