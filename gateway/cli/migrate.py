"""`licet migrate`."""

import asyncio

import typer

from gateway.server import preflight
from gateway.server.migrate import migrate


def run() -> None:
    revision = asyncio.run(migrate(preflight.database_url()))
    typer.echo(f"The database is at revision {revision}.")
