"""The history of the tables, run by Alembic under one lock."""

import asyncio
from functools import cache
from pathlib import Path

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory


def configuration(url: str | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["url"] = url
    return config


@cache
def revisions() -> tuple[str, ...]:
    """The revisions that this code knows, the newest first."""
    return tuple(script.revision for script in ScriptDirectory.from_config(configuration()).walk_revisions())


def head() -> str:
    """The revision that this code needs."""
    return revisions()[0]


async def upgrade(url: str) -> None:
    """Bring the database at `url` to the head. Safe when several processes do it at once."""
    await asyncio.to_thread(command.upgrade, configuration(url), "head")


async def revision(conn: asyncpg.Connection) -> str | None:
    """The revision the database is at; None when it was never migrated."""
    if await conn.fetchval("SELECT to_regclass('alembic_version')") is None:
        return None
    found: str | None = await conn.fetchval("SELECT version_num FROM alembic_version")
    return found


async def is_behind(conn: asyncpg.Connection) -> bool:
    """Migrations of this version are missing. A newer version's are not our concern: its rollout has begun."""
    found = await revision(conn)
    return found is None or found in revisions()[1:]
