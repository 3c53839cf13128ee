"""The database brought to the revision of this code."""

from db import migrations, revisions
from gateway.server import preflight
from gateway.startup_errors import Problem, explained, place


async def migrate(url: str) -> str:
    """Bring the database to this version; the revision it is at then. Raises Problem."""
    async with preflight.connected(url) as conn:
        if await revisions.current(conn) not in {None, *revisions.known()}:
            raise Problem(f"The database {place(url)} was migrated by a newer licet: install that version.")
    with explained(url):
        await migrations.upgrade(url)
    return revisions.head()
