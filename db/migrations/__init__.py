"""The history of the tables, run by Alembic under one lock."""

import asyncio
from pathlib import Path

from alembic import command
from alembic.config import Config


def configuration(url: str | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["url"] = url
    return config


async def upgrade(url: str) -> None:
    """Bring the database at `url` to the head. Safe when several processes do it at once."""
    await asyncio.to_thread(command.upgrade, configuration(url), "head")
