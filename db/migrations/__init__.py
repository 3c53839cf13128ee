"""The history of the tables, run by Alembic under one lock."""

import asyncio
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


def head() -> str:
    """The revision that this code needs."""
    revision = ScriptDirectory.from_config(configuration()).get_current_head()
    assert revision is not None
    return revision


async def upgrade(url: str) -> None:
    """Bring the database at `url` to the head. Safe when several processes do it at once."""
    await asyncio.to_thread(command.upgrade, configuration(url), "head")


async def revision(conn: asyncpg.Connection) -> str | None:
    """The revision the database is at; None when it was never migrated."""
    if await conn.fetchval("SELECT to_regclass('alembic_version')") is None:
        return None
    found: str | None = await conn.fetchval("SELECT version_num FROM alembic_version")
    return found
