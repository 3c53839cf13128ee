"""`licet seed`."""

import asyncio
from pathlib import Path

import typer
from rich.console import Console

from db.clock import system_clock
from gateway.demo import database
from gateway.demo import secrets as demo_secrets
from gateway.demo.database import SeedSize
from gateway.demo.output import ProgressReporter
from gateway.server import preflight
from gateway.server.signals import INTERRUPTED_EXIT_CODE, stop_on_signal
from gateway.telemetry.logging import configure_logging


def run(accounts: int, subscriptions: int, data_dir: Path | None, *, large_account: bool, reset: bool) -> None:
    environment = preflight.load_environment()
    configure_logging(environment.log_format)
    directory = demo_secrets.resolve_data_dir(environment, data_dir)
    size = SeedSize(accounts, subscriptions, large_account)
    reporter = ProgressReporter(Console())
    secrets = demo_secrets.load_or_create(directory)
    with stop_on_signal(), database.open_database(environment, directory, reporter) as url:
        keyring = database.demo_settings(url, environment.host, environment.port, secrets).keyring()
        asyncio.run(database.prepare(url, keyring, system_clock, reporter, reset=reset))
        asyncio.run(database.generate(url, keyring, system_clock, reporter, size))
        return
    raise typer.Exit(INTERRUPTED_EXIT_CODE)
