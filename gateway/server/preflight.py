"""What `licet serve` demands before it serves: settings that are whole and its own, and a database that is ready."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from asyncpg import Connection
from pydantic import ValidationError

from db import demo_marker, revisions
from gateway import settings
from gateway.settings import Environment, Settings
from gateway.startup_errors import UNREADABLE, Problem, explained, place

CONNECT_SECONDS = 10
LOCK_WAIT = "10s"
OLDEST_POSTGRES = 15


def environment() -> Environment:
    """Raises Problem, with a line for everything that is wrong."""
    try:
        return Environment()
    except ValidationError as error:
        raise Problem("\n".join(settings.problems(error))) from None


def database_url() -> str:
    """DATABASE_URL, for the commands that can do nothing without it. Raises Problem."""
    url = environment().database_url
    if url is None:
        raise Problem("DATABASE_URL is missing: set it to postgresql://user:password@host:5432/name.")
    return url.get_secret_value()


def own_settings() -> Settings:
    """The settings of `licet serve`. Raises Problem, with a line for everything that is missing, wrong or a demo's."""
    try:
        # pydantic-settings fills the fields from the environment; the type checker does not know.
        found = Settings()  # type: ignore[call-arg]
    except ValidationError as error:
        raise Problem("\n".join(settings.problems(error))) from None
    if traces := settings.demo_traces(found):
        raise Problem("\n".join(traces))
    return found


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Connection]:
    """A connection of its own. Raises Problem for what a person can mend."""
    with explained(url):
        try:
            conn = await asyncpg.connect(url, timeout=CONNECT_SECONDS, server_settings={"lock_timeout": LOCK_WAIT})
        except ValueError:
            # Of the address; its text may quote the password.
            raise Problem(UNREADABLE) from None
        try:
            yield conn
        finally:
            await conn.close()


async def require_ready(url: str) -> None:
    """Raises Problem when the database must not, or not yet, be served."""
    async with connected(url) as conn:
        if conn.get_server_version().major < OLDEST_POSTGRES:
            raise Problem(f"PostgreSQL at {place(url)} is older than {OLDEST_POSTGRES}: update it.")
        if await demo_marker.state(conn) is demo_marker.State.MARKED:
            raise Problem(f"The database {place(url)} is a demo's: name another one in DATABASE_URL.")
        if await revisions.is_behind(conn):
            raise Problem(f"The database {place(url)} is behind this version: run licet migrate.")
