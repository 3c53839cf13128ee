"""`licet migrate`."""

import asyncio

import typer

from gateway import production


def run() -> None:
    revision = asyncio.run(production.migrate(production.database_url()))
    typer.echo(f"The database is at revision {revision}.")
