"""`licet migrate`."""

import asyncio

import typer

from db import migrations, revisions
from gateway import production
from gateway.problems import Problem, explained, place


def run() -> None:
    revision = asyncio.run(migrate(production.database_url()))
    typer.echo(f"The database is at revision {revision}.")


async def migrate(url: str) -> str:
    """Bring the database to this version; the revision it is at then. Raises Problem."""
    async with production.connected(url) as conn:
        if await revisions.current(conn) not in {None, *revisions.known()}:
            raise Problem(f"The database {place(url)} was migrated by a newer licet: install that version.")
    with explained(url):
        await migrations.upgrade(url)
    return revisions.head()
