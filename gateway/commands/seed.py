"""`licet seed`."""

import asyncio
from pathlib import Path

import typer
from rich.console import Console

from db.clock import system_clock
from gateway import demo_secrets, demo_world, production, serving, telemetry
from gateway.demo_world import Amount
from gateway.serving import INTERRUPTED
from gateway.welcome import Narrator


def run(accounts: int, subscriptions: int, data_dir: Path | None, *, large_account: bool, reset: bool) -> None:
    environment = production.environment()
    telemetry.configure(environment.log_format)
    kept_in = demo_secrets.directory(environment, data_dir)
    amount = Amount(accounts, subscriptions, large_account)
    narrator = Narrator(Console())
    secrets = demo_secrets.keep(kept_in)
    with serving.until_stopped(), demo_world.database(environment, kept_in, narrator) as url:
        keyring = demo_world.demo_settings(url, environment.host, environment.port, secrets).keyring()
        asyncio.run(demo_world.prepare(url, keyring, system_clock, narrator, reset=reset))
        asyncio.run(demo_world.generate(url, keyring, system_clock, narrator, amount))
        return
    raise typer.Exit(INTERRUPTED)
