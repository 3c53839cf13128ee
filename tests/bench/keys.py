"""Licence keys to register: a database of its own, with owners who each have an account, and a key for each call."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import asyncpg

from db.enums import AutoRenewal, LicenseKeyKind, SalesChannel, StartTrigger
from db.ids import uuid7
from db.license_key_custody import key_format
from db.seed.rows import RowBuffer
from db.tables import IssuedSubscription, LicenseKeyIndex
from tests.bench import database
from tests.bench.credentials import ISSUER, KEYRING
from tests.bench.database import Amount, Progress

DATABASE = "licet_bench_keys"
OWNERS = 200
PRODUCT, LICENSES, MONTHS = "desktop-business", 10, 12


@dataclass(frozen=True, slots=True)
class Key:
    """A key that waits to be registered, and what is known of who will do it, from which address."""

    text: str = field(repr=False)
    digest: bytes
    subscription_id: UUID
    license_key_id: UUID
    number: str
    tail: str
    subject: str
    user_id: UUID
    account_id: UUID
    address: str

    def known(self) -> dict[str, Any]:
        """The values by which a statement about this key is one about any other."""
        names = ("digest", "subscription_id", "license_key_id", "number", "tail", "user_id", "account_id", "address")
        return {name: getattr(self, name) for name in names}


async def fill(server_url: str, progress: Progress) -> str:
    """A new database on that server, whatever an earlier run left of it; its address."""
    url = urlunsplit(urlsplit(server_url)._replace(path=f"/{DATABASE}"))
    admin = await asyncpg.connect(server_url)
    try:
        await admin.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        await admin.execute(f"CREATE DATABASE {DATABASE}")
    finally:
        await admin.close()
    await database.fill(url, Amount(OWNERS, OWNERS, large_account=False), progress, wide=(1, 1))
    return url


async def issue(conn: asyncpg.Connection, number: int, series: str) -> list[Key]:
    """So many new keys, for the owners in turn."""
    await conn.execute("UPDATE users SET issuer = $1 WHERE issuer <> $1", ISSUER)
    owners = await conn.fetch(
        "SELECT u.subject, u.id AS user_id, a.id AS account_id FROM users u JOIN memberships m ON m.user_id = u.id"
        "  JOIN accounts a ON a.id = m.account_id AND a.kind = 'BUSINESS'"
        " WHERE m.role = 'OWNER' ORDER BY u.subject LIMIT $1",
        OWNERS,
    )
    keys = list(_keys(owners, number, series))
    rows, now = RowBuffer(), datetime.now(UTC)
    for key in keys:
        rows.add(_issued(key, now), _indexed(key))
    await rows.copy(conn)
    await conn.execute("ANALYZE license_key_index, issued_subscriptions, subscriptions, license_keys")
    return keys


def _keys(owners: Sequence[asyncpg.Record], number: int, series: str) -> Iterator[Key]:
    random, now = Random(series), datetime.now(UTC)  # noqa: S311 - the same keys each time
    for position in range(number):
        owner = owners[position % len(owners)]
        text, license_key_id = key_format.generate(random), uuid7(now, random)
        yield Key(
            text,
            KEYRING.digests(text)[0],
            uuid7(now, random),
            license_key_id,
            f"{series}-{position:07}",
            key_format.tail(text),
            owner["subject"],
            owner["user_id"],
            owner["account_id"],
            f"10.{position >> 16 & 255}.{position >> 8 & 255}.{position & 255}",
        )


def _issued(key: Key, now: datetime) -> IssuedSubscription:
    return IssuedSubscription(
        id=key.subscription_id,
        number=key.number,
        product_code=PRODUCT,
        term_months=MONTHS,
        license_count=LICENSES,
        channel=SalesChannel.SALES_REP,
        start_trigger=StartTrigger.ON_KEY_REGISTRATION,
        auto_renewal=AutoRenewal.OFF,
        grace_days=30,
        items=[],
        issued_at=now,
    )


def _indexed(key: Key) -> LicenseKeyIndex:
    sealed = KEYRING.seal(key.text, key.license_key_id)
    return LicenseKeyIndex(
        digest=sealed.digest,
        lookup_secret_id=sealed.lookup_secret_id,
        subscription_id=key.subscription_id,
        license_key_id=key.license_key_id,
        kind=LicenseKeyKind.PRIMARY,
        ciphertext=sealed.ciphertext,
        encryption_secret_id=sealed.encryption_secret_id,
        tail=key.tail,
    )
