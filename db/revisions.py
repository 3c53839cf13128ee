"""Where a database stands in the history of the tables, and where this code does."""

from functools import cache
from pathlib import Path

import asyncpg

MIGRATIONS = Path(__file__).parent / "migrations" / "versions"


@cache
def known() -> tuple[str, ...]:
    """The revisions that this code knows, the newest first: the file of a migration is named for its revision."""
    return tuple(sorted((path.name.partition("_")[0] for path in MIGRATIONS.glob("[0-9]*.py")), reverse=True))


def head() -> str:
    """The revision that this code needs."""
    return known()[0]


async def current(conn: asyncpg.Connection) -> str | None:
    """The revision the database is at; None when it was never migrated."""
    if await conn.fetchval("SELECT to_regclass('alembic_version')") is None:
        return None
    revision: str | None = await conn.fetchval("SELECT version_num FROM alembic_version")
    return revision


async def is_behind(conn: asyncpg.Connection) -> bool:
    """Migrations of this version are missing. A newer version's are not our concern: its rollout has begun."""
    revision = await current(conn)
    return revision is None or revision in known()[1:]
