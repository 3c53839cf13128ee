"""A key shown to somebody who may see it."""

from uuid import UUID

from asyncpg import Connection

from db import key_format
from db.changes.act import Act, RowKey, record
from db.changes.locks import find_license_key
from db.keyring import Keyring

_CIPHERTEXT = "SELECT ciphertext, encryption_secret_id, license_key_id FROM license_key_index WHERE license_key_id = $1"


async def shown(conn: Connection, keyring: Keyring, license_key_id: UUID) -> str:
    """The whole key in groups. The caller knows that the viewer may see it, and records that they did."""
    entry = await conn.fetchrow(_CIPHERTEXT, license_key_id)
    assert entry is not None, "a key has its entry in the index from the moment it is issued"
    return key_format.display(keyring.open(*entry))


async def reveal(conn: Connection, act: Act, keyring: Keyring, license_key: RowKey) -> str:
    """The whole key in groups. Raises LICENSE_KEY_NOT_FOUND, FORBIDDEN."""
    await find_license_key(conn, act, license_key)
    await record(conn, act, "license_key.revealed", ("LicenseKey", license_key))
    return await shown(conn, keyring, license_key[1])
