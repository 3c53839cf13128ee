"""The database that all contenders are asked about: a server, generated accounts, and the peers' views."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import asyncpg

from db import embedded_postgres, migrations, pool, revisions, seed
from db.queries import accounts
from db.seed.generated.dataset import LARGE_ACCOUNT
from tests.bench.credentials import ISSUER, KEYRING, SUBJECT
from tests.bench.errors import BenchmarkError

# As for a small server of production: enough connections for everybody, and the tables in memory.
SETTINGS = {"max_connections": "300", "shared_buffers": "1GB"}
CONNECTIONS = 150
WIDE_ACCOUNTS, WIDE_SUBSCRIPTIONS = 100, 10_000

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Amount:
    """Ordinary accounts and their subscriptions in all; a hundred accounts of a hundred come besides."""

    accounts: int
    subscriptions: int
    large_account: bool = True

    def database(self) -> str:
        """A name that says what is in it, so that nothing else is ever taken for it."""
        large = "_large" if self.large_account else ""
        return f"licet_bench_{revisions.head()[:8]}_{self.accounts}_{self.subscriptions}{large}"


@dataclass(frozen=True, slots=True)
class World:
    """What there is to ask for: accounts by their size, an ordinary account with one of its subscriptions."""

    url: str
    ordinary: tuple[tuple[UUID, UUID], ...]
    wide: tuple[UUID, ...]
    large: UUID | None


@contextmanager
def server(cache: Path) -> Iterator[str]:
    """The server in DATABASE_URL, or one of our own that ends with the block. Raises BenchmarkError."""
    if url := os.environ.get("DATABASE_URL"):
        yield url
        return
    try:
        own = embedded_postgres.start(cache / "postgres", settings=SETTINGS)
    except embedded_postgres.EmbeddedPostgresError as error:
        raise BenchmarkError(str(error)) from error
    try:
        yield own.url
    finally:
        own.stop()


async def prepare(server_url: str, amount: Amount, progress: Progress) -> World:
    """The database of that amount on this server, made when it is not there yet. Raises BenchmarkError."""
    name = amount.database()
    url = urlunsplit(urlsplit(server_url)._replace(path=f"/{name}"))
    admin = await asyncpg.connect(server_url)
    try:
        allowed = int(await admin.fetchval("SHOW max_connections"))
        if allowed < CONNECTIONS:
            raise BenchmarkError(
                f"The server allows {allowed} connections: set max_connections to {CONNECTIONS} or more."
            )
        if not await admin.fetchval("SELECT true FROM pg_database WHERE datname = $1", name):
            draft = f"{name}_draft"
            await admin.execute(f"DROP DATABASE IF EXISTS {draft} WITH (FORCE)")
            await admin.execute(f"CREATE DATABASE {draft}")
            await fill(urlunsplit(urlsplit(server_url)._replace(path=f"/{draft}")), amount, progress)
            # Whole or not at all: one that was interrupted is made anew.
            await admin.execute(f"ALTER DATABASE {draft} RENAME TO {name}")
    finally:
        await admin.close()
    return await survey(url)


async def fill(url: str, amount: Amount, progress: Progress, wide: tuple[int, int] | None = None) -> None:
    """Tables, rows and views in an empty database; `wide` are the accounts of a hundred and their subscriptions."""
    await migrations.upgrade(url)
    now = datetime.now(UTC)
    wide_accounts, wide_subscriptions = wide or (WIDE_ACCOUNTS, WIDE_SUBSCRIPTIONS)
    conn = await asyncpg.connect(url)
    try:
        await pool.register_codecs(conn)
        for number, subscriptions, large in (
            (amount.accounts, amount.subscriptions, amount.large_account),
            (wide_accounts, wide_subscriptions, False),
        ):
            await seed.generate(
                conn,
                KEYRING,
                now,
                accounts=number,
                subscriptions=subscriptions,
                large_account=large,
                progress=progress,
            )
        await _let_in(conn, now)
        # `licet serve` rightly refuses a demo's database.
        await conn.execute("DELETE FROM demo_marks")
        await conn.execute(Path(__file__).with_name("peers.sql").read_text())
        await conn.execute("VACUUM ANALYZE", timeout=3600)
    finally:
        await conn.close()


async def _let_in(conn: asyncpg.Connection, now: datetime) -> None:
    """Who asks all questions: an administrator of every company."""
    email = f"{SUBJECT}@example.org"
    user_id = await accounts.upsert_user(
        conn, issuer=ISSUER, subject=SUBJECT, email=email, email_verified=True, name=None, now=now
    )
    await conn.execute(
        "INSERT INTO memberships (account_id, id, user_id, email, role, status, since)"
        " SELECT id, gen_random_uuid(), $1, $2, 'ADMIN', 'ACTIVE', $3 FROM accounts WHERE kind = 'BUSINESS'",
        user_id,
        email,
        now,
    )


async def survey(url: str) -> World:
    conn = await asyncpg.connect(url)
    try:
        rows = await conn.fetch(
            "SELECT account_id, (array_agg(id))[1] AS subscription_id, count(*) AS size"
            "  FROM subscriptions GROUP BY account_id ORDER BY size, md5(account_id::text)"
        )
    finally:
        await conn.close()
    ordinary = rows[0]["size"]
    large = rows[-1]["account_id"] if rows[-1]["size"] >= LARGE_ACCOUNT else None
    return World(
        url,
        tuple((row["account_id"], row["subscription_id"]) for row in rows if row["size"] <= ordinary + 1),
        tuple(row["account_id"] for row in rows if row["size"] > ordinary + 1 and row["account_id"] != large),
        large,
    )
