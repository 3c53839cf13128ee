"""What commands check before they start: settings that are whole, and a database that can be reached and is ready."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from asyncpg import Connection
from pydantic import ValidationError

from db import demo_marker, revisions
from gateway import settings
from gateway.settings import Environment, Settings
from gateway.startup_errors import INVALID_URL, StartupError, database_location, translate_database_errors

CONNECT_TIMEOUT = 10
LOCK_TIMEOUT = "10s"
MIN_POSTGRES_VERSION = 15


def load_environment() -> Environment:
    """Raises StartupError, with a line for everything that is wrong."""
    try:
        return Environment()
    except ValidationError as error:
        raise StartupError("\n".join(settings.error_messages(error))) from None


def database_url() -> str:
    """DATABASE_URL, for the commands that can do nothing without it. Raises StartupError."""
    url = load_environment().database_url
    if url is None:
        raise StartupError("DATABASE_URL is missing: set it to postgresql://user:password@host:5432/name.")
    return url.get_secret_value()


def load_settings() -> Settings:
    """The settings of `licet serve`. Raises StartupError, with a line for everything missing, wrong or a demo's."""
    try:
        # pydantic-settings fills the fields from the environment; the type checker does not know.
        loaded = Settings()  # type: ignore[call-arg]
    except ValidationError as error:
        raise StartupError("\n".join(settings.error_messages(error))) from None
    if demo_values := settings.find_demo_values(loaded):
        raise StartupError("\n".join(demo_values))
    return loaded


@asynccontextmanager
async def connect(url: str) -> AsyncIterator[Connection]:
    """A connection of its own. Raises StartupError for what a person can mend."""
    with translate_database_errors(url):
        try:
            conn = await asyncpg.connect(url, timeout=CONNECT_TIMEOUT, server_settings={"lock_timeout": LOCK_TIMEOUT})
        except ValueError:
            # Of the address; its text may quote the password.
            raise StartupError(INVALID_URL) from None
        try:
            yield conn
        finally:
            await conn.close()


async def check_database(url: str) -> None:
    """Raises StartupError when the database must not, or not yet, be served."""
    async with connect(url) as conn:
        if conn.get_server_version().major < MIN_POSTGRES_VERSION:
            raise StartupError(
                f"PostgreSQL at {database_location(url)} is older than {MIN_POSTGRES_VERSION}: update it."
            )
        if await demo_marker.database_owner(conn) is demo_marker.DatabaseOwner.DEMO:
            raise StartupError(f"The database {database_location(url)} is a demo's: name another one in DATABASE_URL.")
        if await revisions.is_behind(conn):
            raise StartupError(f"The database {database_location(url)} is behind this version: run licet migrate.")
