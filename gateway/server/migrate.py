"""The database brought to the revision of this code."""

from db import migrations, revisions
from gateway.server import preflight
from gateway.startup_errors import StartupError, database_location, translate_database_errors


async def migrate(url: str) -> str:
    """Bring the database to this version; the revision it is at then. Raises StartupError."""
    async with preflight.connect(url) as conn:
        if await revisions.current(conn) not in {None, *revisions.known()}:
            raise StartupError(
                f"The database {database_location(url)} was migrated by a newer licet: install that version."
            )
    with translate_database_errors(url):
        await migrations.upgrade(url)
    return revisions.head()
