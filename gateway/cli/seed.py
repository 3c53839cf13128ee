"""`licet seed`."""

import asyncio
from pathlib import Path

import typer
from rich.console import Console

from db.clock import system_clock
from gateway.demo import database
from gateway.demo import secrets as demo_secrets
from gateway.demo.database import Amount
from gateway.demo.output import Narrator
from gateway.server import preflight
from gateway.server.signals import INTERRUPTED_EXIT_CODE, stop_on_signal
from gateway.telemetry.logging import configure_logging


def run(accounts: int, subscriptions: int, data_dir: Path | None, *, large_account: bool, reset: bool) -> None:
    environment = preflight.load_environment()
    configure_logging(environment.log_format)
    kept_in = demo_secrets.directory(environment, data_dir)
    amount = Amount(accounts, subscriptions, large_account)
    narrator = Narrator(Console())
    secrets = demo_secrets.keep(kept_in)
    with stop_on_signal(), database.database(environment, kept_in, narrator) as url:
        keyring = database.demo_settings(url, environment.host, environment.port, secrets).keyring()
        asyncio.run(database.prepare(url, keyring, system_clock, narrator, reset=reset))
        asyncio.run(database.generate(url, keyring, system_clock, narrator, amount))
        return
    raise typer.Exit(INTERRUPTED_EXIT_CODE)
