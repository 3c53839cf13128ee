"""What goes wrong before there is a request to answer, in words for the person at the terminal."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote, urlsplit

import asyncpg
from sqlalchemy.exc import DBAPIError

INVALID_URL = "DATABASE_URL can not be read: write postgresql://user:password@host:5432/name."
# The first that fits; ClientConfigurationError's own words may quote the address, password and all.
MESSAGES: tuple[tuple[tuple[type[Exception], ...], str], ...] = (
    ((asyncpg.ClientConfigurationError,), INVALID_URL),
    (
        (asyncpg.InvalidPasswordError, asyncpg.InvalidAuthorizationSpecificationError),
        "PostgreSQL at {place} refuses the user or the password: correct DATABASE_URL.",
    ),
    (
        (asyncpg.InvalidCatalogNameError,),
        "There is no database {place}: create it, or correct DATABASE_URL.",
    ),
    (
        (asyncpg.InsufficientPrivilegeError, asyncpg.ReadOnlySQLTransactionError),
        "The user in DATABASE_URL may not do this at {place} ({reason}): name the owner of the database.",
    ),
    (
        (asyncpg.LockNotAvailableError,),
        "The tables in {place} are in use: stop what uses them, and try again.",
    ),
    (
        (asyncpg.DependentObjectsStillExistError,),
        "Something in {place} is built on the demo's tables ({reason}): drop it first.",
    ),
    (
        (OSError, asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError, asyncpg.TooManyConnectionsError),
        "PostgreSQL at {place} can not be reached ({reason}): start it, or correct DATABASE_URL.",
    ),
)


class StartupError(Exception):
    """One sentence, or one a line: what is wrong and what to do. Never holds a secret."""


def database_location(url: str) -> str:
    """Host, port and database of an address, without who connects and how."""
    try:
        parts = urlsplit(url)
        return f"{parts.hostname or 'localhost'}:{parts.port or 5432}{unquote(parts.path)}"
    except ValueError:
        return "the address in DATABASE_URL"


def error_reason(error: BaseException) -> str:
    """The first line of what an error says, or its kind when it says nothing (as time-outs do)."""
    if isinstance(error, OSError) and error.errno is not None and error.errno > 0:
        # asyncio puts words of its own before the system's.
        return os.strerror(error.errno)
    message = str(getattr(error, "strerror", None) or error).strip()
    return message.splitlines()[0].rstrip(".") if message else type(error).__name__


@contextmanager
def translate_database_errors(url: str) -> Iterator[None]:
    """Raises a StartupError for what a person can mend about the database at `url`; other errors pass."""
    try:
        yield
    except Exception as error:
        # SQLAlchemy, below Alembic, wraps what asyncpg raises, twice.
        cause = (error.orig and error.orig.__cause__) or error if isinstance(error, DBAPIError) else error
        for error_types, message in MESSAGES:
            if isinstance(cause, error_types):
                raise StartupError(message.format(place=database_location(url), reason=error_reason(cause))) from error
        raise
