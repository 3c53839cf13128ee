"""`licet demo`."""

import asyncio
import socket
from pathlib import Path

from rich.console import Console

from db.clock import system_clock
from db.seed.people import PEOPLE
from gateway.demo import database
from gateway.demo import secrets as demo_secrets
from gateway.demo.output import Card, Narrator
from gateway.demo.payment_processor import DemoProcessor
from gateway.demo.sign_in import LIFETIME, Signer, routes
from gateway.server import preflight, process
from gateway.server.app import create_app
from gateway.server.signals import stop_on_signal
from gateway.settings import Environment
from gateway.telemetry.logging import configure_logging
from gateway.version import VERSION


def run(host: str | None, port: int | None, data_dir: Path | None, *, reset: bool) -> None:
    environment = preflight.load_environment()
    configure_logging(environment.log_format)
    host = host or environment.host
    kept_in = demo_secrets.directory(environment, data_dir)
    with stop_on_signal(), process.bind(host, environment.port if port is None else port) as listener:
        _run(environment, kept_in, host, listener, reset=reset)


def _run(environment: Environment, data_dir: Path, host: str, listener: socket.socket, *, reset: bool) -> None:
    narrator = Narrator(Console())
    secrets = demo_secrets.keep(data_dir)
    with database.database(environment, data_dir, narrator) as url:
        settings = database.demo_settings(url, host, listener.getsockname()[1], secrets)
        to_try = asyncio.run(database.prepare(url, settings.keyring(), system_clock, narrator, reset=reset))
        signer = Signer(secrets.token_private_key, system_clock)
        served = create_app(
            settings,
            system_clock,
            extra_routes=routes(PEOPLE, signer, settings.demo_hosts),
            processor=DemoProcessor(system_clock),
        )
        narrator.show(
            Card(
                version=VERSION,
                origin=process.origin(host, listener),
                people=PEOPLE,
                token=signer.token(PEOPLE[0]).text,
                token_days=LIFETIME.days,
                account_id=f"acc_{to_try.account_id}",
                keys=to_try.keys,
                made_on=to_try.made_on,
                data_dir=data_dir if environment.database_url is None else None,
            )
        )
        process.run(served, listener, request_timeout=settings.request_timeout)
