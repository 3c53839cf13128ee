"""`licet doctor`: what keeps `licet serve` from serving, looked for in order, one line each."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from datetime import timedelta

import typer
from asyncpg import Connection
from rich.console import Console
from rich.text import Text

from db import demo_marker, revisions
from db.clock import Clock, system_clock
from db.license_key_custody import rotation
from db.license_key_custody.keyring import Keyring
from gateway.server import preflight
from gateway.settings import env_name
from gateway.startup_errors import StartupError

TOLERATED = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at; `advice` is what to do, None when all is well."""

    subject: str
    advice: str | None = None


def run() -> None:
    if not asyncio.run(_tell_findings(Console())):
        raise typer.Exit(1)


async def _tell_findings(console: Console) -> bool:
    """True when all is well."""
    well = True
    async with aclosing(_examine(system_clock)) as findings:
        async for finding in findings:
            well = well and finding.advice is None
            mark, said = ("✓", "") if finding.advice is None else ("✗", f": {finding.advice}")
            console.print(Text(f"{mark} {finding.subject}{said}"), style="green" if not said else "red", soft_wrap=True)
    return well


async def _examine(clock: Clock) -> AsyncGenerator[Finding]:
    """The findings as they are made; what can not be looked at after a bad one is left out."""
    keyring = None
    try:
        keyring = preflight.load_settings().keyring()
        yield Finding("settings")
    except StartupError as problem:
        for line in str(problem).splitlines():
            yield Finding("settings", line)
    try:
        async with preflight.connect(preflight.database_url()) as conn:
            yield Finding("database can be reached")
            for finding in await _examine_database(conn, clock):
                yield finding
            if keyring is not None and not await revisions.is_behind(conn):
                yield await _examine_keys(conn, keyring)
    except StartupError as problem:
        # Without an address the settings have said so already.
        if "DATABASE_URL is missing" not in str(problem):
            yield Finding("database can be reached", str(problem))


async def _examine_keys(conn: Connection, keyring: Keyring) -> Finding:
    lookup, encryption = await rotation.missing_secrets(conn, keyring)
    lacking = [
        f"{env_name(field)} lacks {', '.join(ids)}"
        for field, ids in (("lookup_secrets", lookup), ("encryption_secrets", encryption))
        if ids
    ]
    advice = f"{'; '.join(lacking)}: list what is lacking after the current one." if lacking else None
    return Finding("every licence key can be found and opened", advice)


async def _examine_database(conn: Connection, clock: Clock) -> list[Finding]:
    version = conn.get_server_version()
    old = version.major < preflight.MIN_POSTGRES_VERSION
    behind = await revisions.is_behind(conn)
    marked = await demo_marker.state(conn) is demo_marker.State.MARKED
    apart = abs(await conn.fetchval("SELECT clock_timestamp()") - clock())
    return [
        Finding(
            f"PostgreSQL is {preflight.MIN_POSTGRES_VERSION} or newer ({version.major}.{version.minor})",
            "update it." if old else None,
        ),
        Finding("migrations are complete", "run licet migrate." if behind else None),
        Finding("the database is no demo's", "name another one in DATABASE_URL." if marked else None),
        Finding(
            "the clocks agree",
            f"they are {apart.total_seconds():.0f} s apart: synchronise them." if apart > TOLERATED else None,
        ),
    ]
