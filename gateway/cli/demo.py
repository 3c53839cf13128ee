"""`licet demo`."""

import asyncio
import socket
from pathlib import Path

from rich.console import Console

from db.clock import system_clock
from db.seed.demo.people import PEOPLE
from gateway.demo import database
from gateway.demo import secrets as demo_secrets
from gateway.demo.output import DemoBanner, ProgressReporter
from gateway.demo.payment_processor import DemoProcessor
from gateway.demo.sign_in import TOKEN_LIFETIME, Signer, routes
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
    directory = demo_secrets.resolve_data_dir(environment, data_dir)
    with stop_on_signal(), process.bind(host, environment.port if port is None else port) as listener:
        _run(environment, directory, host, listener, reset=reset)


def _run(environment: Environment, data_dir: Path, host: str, listener: socket.socket, *, reset: bool) -> None:
    reporter = ProgressReporter(Console())
    secrets = demo_secrets.load_or_create(data_dir)
    with database.open_database(environment, data_dir, reporter) as url:
        settings = database.demo_settings(url, host, listener.getsockname()[1], secrets)
        summary = asyncio.run(database.prepare(url, settings.keyring(), system_clock, reporter, reset=reset))
        signer = Signer(secrets.token_private_key, system_clock)
        app = create_app(
            settings,
            system_clock,
            extra_routes=routes(PEOPLE, signer, settings.demo_hosts),
            processor=DemoProcessor(system_clock),
        )
        reporter.print_banner(
            DemoBanner(
                version=VERSION,
                origin=process.origin(host, listener),
                people=PEOPLE,
                token=signer.token(PEOPLE[0]).text,
                token_days=TOKEN_LIFETIME.days,
                account_id=f"acc_{summary.account_id}",
                keys=summary.keys,
                seeded_on=summary.seeded_on,
                data_dir=data_dir if environment.database_url is None else None,
            )
        )
        process.run(app, listener, request_timeout=settings.request_timeout)
