"""The demo from its secrets to a seeded database, which it touches only when it is empty or carries the demo's mark."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

from asyncpg import Connection
from cryptography.exceptions import InvalidTag
from pydantic import SecretStr

from db import demo_marker, embedded_postgres, pool, seed
from db.clock import Clock
from db.demo_marker import DEMO_ISSUER
from db.license_key_custody.keyring import Keyring
from gateway.demo.output import ProgressReporter
from gateway.demo.secrets import DemoSecrets
from gateway.server.migrate import migrate
from gateway.server.preflight import connect
from gateway.server.signals import ignore_signals
from gateway.settings import DEMO_AUDIENCE, Environment, Settings
from gateway.startup_errors import StartupError, database_location


@dataclass(frozen=True, slots=True)
class DemoSummary:
    """The first person's company, licence keys that are free to register, and the day that all dates relate to."""

    account_id: UUID
    keys: Sequence[seed.RegistrableKey]
    seeded_on: date


@contextmanager
def open_database(environment: Environment, data_dir: Path, reporter: ProgressReporter) -> Iterator[str]:
    """The address of the database to use: the one in DATABASE_URL, or one of our own that ends with the block."""
    if environment.database_url is not None:
        yield environment.database_url.get_secret_value()
        return
    try:
        with reporter.step("Starting PostgreSQL"):
            server = embedded_postgres.start(data_dir)
    except embedded_postgres.EmbeddedPostgresError as error:
        raise StartupError(str(error)) from error
    try:
        yield server.url
    finally:
        ignore_signals()
        server.stop()


def demo_settings(url: str, host: str, port: int, secrets: DemoSecrets) -> Settings:
    """What the environment says of everything but sign-in and secrets, which are the demo's own."""
    return Settings(
        database_url=SecretStr(url),
        host=host,
        port=port,
        token_issuer=DEMO_ISSUER,
        token_audience=DEMO_AUDIENCE,
        token_public_key=secrets.token_public_key(),
        jwks_url=None,
        introspection=True,
        server_timing=True,
        suggestions=True,
        lookup_secrets=SecretStr(secrets.lookup),
        encryption_secrets=SecretStr(secrets.encryption),
    )


async def prepare(url: str, keyring: Keyring, clock: Clock, reporter: ProgressReporter, *, reset: bool) -> DemoSummary:
    """Leave a migrated, seeded and marked database at `url`, and say what can be tried on it.

    Raises StartupError when the database is not the demo's to fill.
    """
    async with connect(url) as conn:
        await _require_demo_database(conn, url)
        # An empty database has nothing to drop, and no mark either.
        if reset and await demo_marker.database_owner(conn) is demo_marker.DatabaseOwner.DEMO:
            with reporter.step("Dropping the demo's tables"):
                await demo_marker.drop_tables(conn)
    with reporter.step("Migrating"):
        await migrate(url)
    async with connect(url) as conn:
        await pool.register_codecs(conn)
        await _seed_when_empty(conn, url, keyring, clock, reporter)
        return await _summarize(conn, keyring)


async def _require_demo_database(conn: Connection, url: str) -> None:
    if await demo_marker.database_owner(conn) is demo_marker.DatabaseOwner.OTHER:
        raise StartupError(
            f"The database {database_location(url)} holds what no demo put there, and stays as it is: "
            "name an empty one in DATABASE_URL, or unset it."
        )


async def _seed_when_empty(
    conn: Connection, url: str, keyring: Keyring, clock: Clock, reporter: ProgressReporter
) -> None:
    # One transaction: a start that is killed here leaves an empty database and not half a world.
    async with conn.transaction():
        await demo_marker.lock_demo(conn)
        await _require_demo_database(conn, url)
        if await demo_marker.database_owner(conn) is demo_marker.DatabaseOwner.NOBODY:
            with reporter.step("Seeding"):
                await seed.create_demo(conn, keyring, clock())


async def _summarize(conn: Connection, keyring: Keyring) -> DemoSummary:
    try:
        keys = await seed.registrable_keys(conn, keyring)
    except (KeyError, InvalidTag):
        raise StartupError(
            "The secrets in the data directory are not those that this database was seeded with: "
            "start with --reset, or name the --data-dir that has them."
        ) from None
    seeded_on = await conn.fetchval("SELECT seeded_on FROM demo_marks")
    return DemoSummary(await seed.business_account(conn), keys, seeded_on)


@dataclass(frozen=True, slots=True)
class SeedSize:
    """How much to generate; a large account has 50,000 subscriptions besides."""

    accounts: int
    subscriptions: int
    large_account: bool


async def generate(url: str, keyring: Keyring, clock: Clock, reporter: ProgressReporter, size: SeedSize) -> None:
    """Add generated accounts beside the demo's world at `url`. Raises StartupError."""
    async with connect(url) as conn:
        await pool.register_codecs(conn)
        with reporter.progress("Generating subscriptions") as progress:
            await seed.generate(
                conn,
                keyring,
                clock(),
                accounts=size.accounts,
                subscriptions=size.subscriptions,
                large_account=size.large_account,
                progress=progress,
            )
