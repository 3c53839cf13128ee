"""`licet doctor`: what keeps `licet serve` from serving, checked in order, one line each."""

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

MAX_CLOCK_SKEW = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Of one check; `advice` is what to do, None when it passed."""

    name: str
    advice: str | None = None


def run() -> None:
    if not asyncio.run(_print_results(Console())):
        raise typer.Exit(1)


async def _print_results(console: Console) -> bool:
    """True when all is well."""
    passed = True
    async with aclosing(_run_checks(system_clock)) as results:
        async for result in results:
            passed = passed and result.advice is None
            mark, suffix = ("✓", "") if result.advice is None else ("✗", f": {result.advice}")
            console.print(Text(f"{mark} {result.name}{suffix}"), style="green" if not suffix else "red", soft_wrap=True)
    return passed


async def _run_checks(clock: Clock) -> AsyncGenerator[CheckResult]:
    """The results as they come; what cannot be checked after a failure is left out."""
    keyring = None
    try:
        keyring = preflight.load_settings().keyring()
        yield CheckResult("settings")
    except StartupError as error:
        for line in str(error).splitlines():
            yield CheckResult("settings", line)
    try:
        async with preflight.connect(preflight.database_url()) as conn:
            yield CheckResult("database can be reached")
            for result in await _check_database(conn, clock):
                yield result
            if keyring is not None and not await revisions.is_behind(conn):
                yield await _check_secrets(conn, keyring)
    except StartupError as error:
        # Without an address the settings have said so already.
        if "DATABASE_URL is missing" not in str(error):
            yield CheckResult("database can be reached", str(error))


async def _check_secrets(conn: Connection, keyring: Keyring) -> CheckResult:
    lookup, encryption = await rotation.missing_secrets(conn, keyring)
    missing = [
        f"{env_name(field)} lacks {', '.join(ids)}"
        for field, ids in (("lookup_secrets", lookup), ("encryption_secrets", encryption))
        if ids
    ]
    advice = f"{'; '.join(missing)}: list what is lacking after the current one." if missing else None
    return CheckResult("every licence key can be found and opened", advice)


async def _check_database(conn: Connection, clock: Clock) -> list[CheckResult]:
    version = conn.get_server_version()
    is_too_old = version.major < preflight.MIN_POSTGRES_VERSION
    behind = await revisions.is_behind(conn)
    is_demo = await demo_marker.database_owner(conn) is demo_marker.DatabaseOwner.DEMO
    skew = abs(await conn.fetchval("SELECT clock_timestamp()") - clock())
    return [
        CheckResult(
            f"PostgreSQL is {preflight.MIN_POSTGRES_VERSION} or newer ({version.major}.{version.minor})",
            "update it." if is_too_old else None,
        ),
        CheckResult("migrations are complete", "run licet migrate." if behind else None),
        CheckResult("the database is no demo's", "name another one in DATABASE_URL." if is_demo else None),
        CheckResult(
            "the clocks agree",
            f"they are {skew.total_seconds():.0f} s apart: synchronise them." if skew > MAX_CLOCK_SKEW else None,
        ),
    ]
